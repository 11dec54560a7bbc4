"""Shops that were set up before: the ready roles get the rights of this desk."""

from django.db import migrations

ALL = ["aftercare.view", "aftercare.call", "recall.manage"]
CALLS = ["aftercare.view", "aftercare.call"]
RIGHTS = {
    "owner": ALL, "head_office": ALL, "manager": ALL, "team_lead": CALLS, "front_desk": CALLS, "service_advisor": CALLS,
    "call_agent": CALLS, "reviewer": ["aftercare.view"],
}


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        # Whoever manages staff gets them, too: nobody can give away what they have not got.
        wanted = ALL if "users.edit" in role.permissions else RIGHTS.get(role.code, []) if role.is_system else []
        missing = [right for right in wanted if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


def take(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        kept = [right for right in role.permissions if right not in ALL]
        if kept != role.permissions:
            role.permissions = kept
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("aftercare", "0001_initial"), ("accounts", "0005_lists_in_and_out")]
    operations = [migrations.RunPython(give, take)]
