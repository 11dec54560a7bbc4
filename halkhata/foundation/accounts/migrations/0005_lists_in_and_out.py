from django.db import migrations

NEW = ("customer.import", "customer.export")


def give(apps, schema_editor):
    """Whoever manages the shop may bring lists in and take them out; nobody can give away what they have not got."""
    for role in apps.get_model("accounts", "Role").objects.all():
        has = set(role.permissions)
        if "users.edit" in has or {"settings.edit", "customer.edit", "customer.see_private"} <= has:
            missing = [name for name in NEW if name not in has]
            if missing:
                role.permissions = [*role.permissions, *missing]
                role.save(update_fields=["permissions"])


def take(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        role.permissions = [name for name in role.permissions if name not in NEW]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_private_fields"),
    ]

    operations = [
        migrations.RunPython(give, take),
    ]
