"""Shops that were set up before: the rights of ready roles, and how much each may waive."""

from django.db import migrations

from halkhata.engines.goodwill.services.limits import STARTING_LIMITS
from halkhata.foundation.accounts.ready_rights import giving, shop_in_use

RIGHTS = {
    "owner": ["goodwill.grant"],
    "head_office": ["goodwill.grant"],
    "manager": ["goodwill.grant"],
    "team_lead": ["goodwill.grant"],
    "complaint_officer": ["goodwill.grant"],
    "front_desk": ["goodwill.grant"],
    "service_advisor": ["goodwill.grant"],
}


def furnish(apps, schema_editor):
    install = shop_in_use(apps)
    if install is None:
        return
    roles = {role.code: role for role in apps.get_model("accounts", "Role").objects.filter(is_system=True)}
    for code, per_case, per_month in STARTING_LIMITS:
        if code in roles:
            apps.get_model("goodwill", "GoodwillLimit").objects.get_or_create(
                role=roles[code],
                defaults={"per_case": per_case, "per_month": per_month, "currency": install.currency},
            )


class Migration(migrations.Migration):
    dependencies = [("goodwill", "0001_initial"), ("accounts", "0005_lists_in_and_out"), ("core", "0002_shop_page")]
    operations = [
        migrations.RunPython(*giving(RIGHTS)),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
