"""Shops that were set up before: the rights of ready roles, a first policy, promise and checklist of returns."""

from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

from halkhata.desks.returns.services.defaults import EVERYTHING, FIRST_POLICY, INSPECTION_CHECKLIST, RETURN_PROMISE
from halkhata.foundation.accounts.ready_rights import giving, shop_in_use

RIGHTS = {
    "owner": ["return.view", "return.create", "return.approve", "return.receive", "return.decide"],
    "head_office": ["return.view", "return.create", "return.approve", "return.receive", "return.decide"],
    "manager": ["return.view", "return.create", "return.approve", "return.receive", "return.decide"],
    "team_lead": ["return.view", "return.create", "return.approve", "return.receive"],
    "complaint_officer": ["return.view", "return.create"],
    "front_desk": ["return.view", "return.create", "return.receive"],
    "service_advisor": ["return.view", "return.create", "return.receive"],
    "call_agent": ["return.view", "return.create"],
    "reviewer": ["return.view"],
    "viewer": ["return.view"],
}


def furnish(apps, schema_editor):
    install = shop_in_use(apps)
    if install is None:
        return
    policies = apps.get_model("returns", "ReturnPolicy").objects
    if not policies.filter(scope=EVERYTHING).exists():
        day = timezone.localdate(timezone=ZoneInfo(install.time_zone))
        policies.create(scope=EVERYTHING, version=1, from_on=day, published_on=day, **FIRST_POLICY)
    INSPECTION_CHECKLIST.add(apps)
    RETURN_PROMISE.add(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0002_guard_rules"),
        ("work", "0014_list_indexes"),
        ("accounts", "0005_lists_in_and_out"),
        ("core", "0002_shop_page"),
    ]
    operations = [
        migrations.RunPython(*giving(RIGHTS)),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
