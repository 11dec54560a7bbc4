"""Shops that were set up before: the rights of ready roles, the promise of job cards, the checklist of the bench."""

from django.db import migrations

from halkhata.desks.service.services.defaults import BENCH_CHECKLIST, JOB_PROMISE
from halkhata.foundation.accounts.ready_rights import giving, shop_in_use

RIGHTS = {
    "owner": ["job.view", "job.create", "job.edit", "job.deliver"],
    "head_office": ["job.view", "job.create", "job.edit", "job.deliver"],
    "manager": ["job.view", "job.create", "job.edit", "job.deliver"],
    "team_lead": ["job.view", "job.create", "job.edit", "job.deliver"],
    "complaint_officer": ["job.view"],
    "front_desk": ["job.view", "job.create", "job.deliver"],
    "service_advisor": ["job.view", "job.create", "job.edit", "job.deliver"],
    "call_agent": ["job.view"],
    "cashier": ["job.view", "job.deliver"],
    "reviewer": ["job.view"],
    "viewer": ["job.view"],
}


def furnish(apps, schema_editor):
    if shop_in_use(apps) is not None:
        JOB_PROMISE.add(apps)
        BENCH_CHECKLIST.add(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("service", "0003_parts_from_the_shelf"),
        ("work", "0014_list_indexes"),
        ("accounts", "0005_lists_in_and_out"),
        ("core", "0002_shop_page"),
    ]
    operations = [
        migrations.RunPython(*giving(RIGHTS)),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
