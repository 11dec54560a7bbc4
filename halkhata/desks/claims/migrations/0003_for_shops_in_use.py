"""Shops that were set up before: the rights of ready roles, the promise of claims."""

from django.db import migrations

from halkhata.desks.claims.services.defaults import CLAIM_PROMISE
from halkhata.foundation.accounts.ready_rights import giving, shop_in_use

RIGHTS = {
    "owner": ["claim.view", "claim.edit", "claim.decide"],
    "head_office": ["claim.view", "claim.edit", "claim.decide"],
    "manager": ["claim.view", "claim.edit", "claim.decide"],
    "team_lead": ["claim.view", "claim.edit"],
    "service_advisor": ["claim.view", "claim.edit"],
    "reviewer": ["claim.view"],
}


def furnish(apps, schema_editor):
    if shop_in_use(apps) is not None:
        CLAIM_PROMISE.add(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0002_guards"),
        ("work", "0014_list_indexes"),
        ("accounts", "0005_lists_in_and_out"),
        ("core", "0002_shop_page"),
    ]
    operations = [
        migrations.RunPython(*giving(RIGHTS)),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
