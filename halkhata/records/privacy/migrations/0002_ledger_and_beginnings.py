"""The ledger only grows; the right for ready roles of installs set up before; what data are used for, to begin with."""

from django.db import migrations
from django.utils import timezone

from halkhata.foundation.core.append_only import AppendOnly
from halkhata.records.privacy.starting_texts import ACTIVITIES

RIGHT = "privacy.manage"


def begin(apps, schema_editor):
    activity = apps.get_model("privacy", "ProcessingActivity")
    for name, why, basis, people, data_kinds, kept_for, protection in ACTIVITIES:
        activity.objects.create(
            name=name, why=why, basis=str(basis), people=people, data_kinds=data_kinds, kept_for=kept_for,
            protection=protection, changed_at=timezone.now(),
        )
    for role in apps.get_model("accounts", "Role").objects.filter(code="owner", is_system=True):
        if RIGHT not in role.permissions:
            role.permissions = [*role.permissions, RIGHT]
            role.save(update_fields=["permissions"])


def end(apps, schema_editor):
    apps.get_model("privacy", "ProcessingActivity").objects.all().delete()
    for role in apps.get_model("accounts", "Role").objects.all():
        if RIGHT in role.permissions:
            role.permissions = [name for name in role.permissions if name != RIGHT]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("accounts", "0004_private_fields")]
    operations = [
        AppendOnly("privacy_consentevent"),
        AppendOnly("privacy_consentwording"),
        migrations.RunPython(begin, end),
    ]
