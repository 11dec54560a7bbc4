"""What was promised stays as it was; the rights for ready roles of installs set up before."""

from django.db import migrations

from halkhata.records.warranty.frozen import COUPON_COLUMNS, COVER_COLUMNS, TERM_COLUMNS, Frozen

_ALL = ["warranty.view", "warranty.register", "warranty.void", "warranty.settings", "coupon.use"]
_COUNTER = ["warranty.view", "warranty.register", "coupon.use"]
RIGHTS = {
    "owner": _ALL, "head_office": _ALL, "manager": _ALL, "team_lead": _COUNTER, "front_desk": _COUNTER,
    "service_advisor": _COUNTER, "cashier": _COUNTER, "complaint_officer": ["warranty.view"],
    "call_agent": ["warranty.view"], "reviewer": ["warranty.view"], "viewer": ["warranty.view"],
}


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(is_system=True, code__in=RIGHTS):
        missing = [right for right in RIGHTS[role.code] if right not in role.permissions]
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
    dependencies = [("warranty", "0001_initial")]
    operations = [
        # A pending cover gets its days when the unit is installed; a coupon's window moves with them.
        Frozen("warranty_cover", COVER_COLUMNS, "OLD.state = 'pending'"),
        Frozen("warranty_policyterm", TERM_COLUMNS),
        Frozen("warranty_policycoupon", COUPON_COLUMNS),
        migrations.RunPython(give, take),
    ]
