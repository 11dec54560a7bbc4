"""Shops that were set up before: the rights of ready roles."""

from django.db import migrations

from halkhata.foundation.accounts.ready_rights import giving

RIGHTS = {
    "owner": ["stock.view", "stock.move", "stock.release"],
    "head_office": ["stock.view", "stock.move", "stock.release"],
    "manager": ["stock.view", "stock.move", "stock.release"],
    "team_lead": ["stock.view", "stock.move"],
    "front_desk": ["stock.view"],
    "service_advisor": ["stock.view", "stock.move"],
    "reviewer": ["stock.view"],
}


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_ledger_rules"), ("accounts", "0005_lists_in_and_out")]
    operations = [migrations.RunPython(*giving(RIGHTS))]
