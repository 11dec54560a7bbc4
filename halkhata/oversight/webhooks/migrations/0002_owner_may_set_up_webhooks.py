"""The owner's role gets the new right in installs that were set up before it existed."""

from django.db import migrations

RIGHT = "webhook.edit"


def give(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    for role in Role.objects.filter(code="owner", is_system=True):
        if RIGHT not in role.permissions:
            role.permissions = [*role.permissions, RIGHT]
            role.save(update_fields=["permissions"])


def take(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    for role in Role.objects.all():
        if RIGHT in role.permissions:
            role.permissions = [right for right in role.permissions if right != RIGHT]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]
    operations = [migrations.RunPython(give, take)]
