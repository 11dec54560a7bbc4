"""Shops that were set up before: the rights of ready roles."""

from django.db import migrations

from halkhata.foundation.accounts.ready_rights import giving

RIGHTS = {
    "owner": ["promise.edit"],
    "head_office": ["promise.edit"],
    "manager": ["promise.edit"],
    "team_lead": ["promise.edit"],
    "complaint_officer": ["promise.edit"],
    "front_desk": ["promise.edit"],
    "service_advisor": ["promise.edit"],
}


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0002_steps_only_grow"), ("accounts", "0005_lists_in_and_out")]
    operations = [migrations.RunPython(*giving(RIGHTS))]
