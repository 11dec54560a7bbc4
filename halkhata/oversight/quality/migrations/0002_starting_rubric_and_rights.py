"""The rubric a shop begins with, and the new rights for the ready roles of installs that were set up before."""

from django.db import migrations
from django.utils import timezone

from halkhata.oversight.quality.starting_texts import RUBRIC

RIGHTS = ("training.edit", "quality.score")
ROLES = ("owner", "head_office", "manager", "team_lead")


def begin(apps, schema_editor):
    Rubric = apps.get_model("quality", "Rubric")
    RubricLine = apps.get_model("quality", "RubricLine")
    rubric = Rubric.objects.create(version=1, made_at=timezone.now())
    for place, (name_bn, name_en, about_bn, about_en) in enumerate(RUBRIC, start=1):
        RubricLine.objects.create(
            rubric=rubric, position=place, name_bn=name_bn, name_en=name_en, about_bn=about_bn, about_en=about_en
        )
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=ROLES, is_system=True):
        missing = [right for right in RIGHTS if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


def end(apps, schema_editor):
    apps.get_model("quality", "Rubric").objects.all().delete()
    for role in apps.get_model("accounts", "Role").objects.all():
        if set(RIGHTS) & set(role.permissions):
            role.permissions = [right for right in role.permissions if right not in RIGHTS]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("accounts", "0004_private_fields")]
    operations = [migrations.RunPython(begin, end)]
