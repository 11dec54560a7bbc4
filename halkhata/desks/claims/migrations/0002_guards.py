from django.db import migrations

from halkhata.desks.claims.guards import ClaimGuards
from halkhata.foundation.core.append_only import AppendOnly

_LOOK, _WORK = ["claim.view"], ["claim.view", "claim.edit"]
_ALL = ["claim.view", "claim.edit", "claim.decide"]
RIGHTS = {
    "owner": _ALL, "head_office": _ALL, "manager": _ALL, "team_lead": _WORK, "service_advisor": _WORK,
    "reviewer": _LOOK,
}  # fmt: skip


def give(apps, schema_editor):
    """The rights for ready roles of shops that were set up before."""
    for role in apps.get_model("accounts", "Role").objects.all():
        # Whoever manages staff gets them, too: nobody can give away what they have not got.
        wanted = _ALL if "users.edit" in role.permissions else RIGHTS.get(role.code, []) if role.is_system else []
        missing = [right for right in wanted if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


def take(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        kept = [right for right in role.permissions if right not in _ALL]
        if kept != role.permissions:
            role.permissions = kept
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """What the database itself keeps about claims, and the rights of shops in use."""

    dependencies = [("claims", "0001_initial"), ("accounts", "0005_lists_in_and_out")]
    operations = [
        AppendOnly("claims_companycredit"),
        ClaimGuards(),
        migrations.RunPython(give, take),
    ]
