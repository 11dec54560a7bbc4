"""Shops that were set up before: the rights of ready roles, and the promise of disputes."""

from django.db import migrations

from halkhata.desks.disputes.services.defaults import DISPUTE_PROMISE
from halkhata.foundation.accounts.ready_rights import giving, shop_in_use

RIGHTS = {
    "owner": ["dispute.view", "dispute.open", "dispute.handle", "dispute.appoint", "dispute.review", "dispute.override", "dispute.outside"],
    "head_office": ["dispute.view", "dispute.open", "dispute.handle", "dispute.appoint", "dispute.review", "dispute.override", "dispute.outside"],
    "manager": ["dispute.view", "dispute.open", "dispute.handle", "dispute.appoint", "dispute.outside"],
    "team_lead": ["dispute.view", "dispute.open", "dispute.handle"],
    "complaint_officer": ["dispute.view", "dispute.open", "dispute.handle"],
    "front_desk": ["dispute.view", "dispute.open"],
    "service_advisor": ["dispute.view", "dispute.open"],
    "call_agent": ["dispute.view", "dispute.open"],
    "reviewer": ["dispute.view", "dispute.review"],
}


def furnish(apps, schema_editor):
    if shop_in_use(apps) is not None:
        DISPUTE_PROMISE.add(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0002_guards"),
        ("work", "0014_list_indexes"),
        ("accounts", "0005_lists_in_and_out"),
        ("core", "0002_shop_page"),
    ]
    operations = [
        migrations.RunPython(*giving(RIGHTS)),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
