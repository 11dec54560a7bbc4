"""Shops in Bangladesh that were set up before: an answer to a complaint comes within 72 hours of the clock (A52.16).

Only promises that may be made for a complaint get the limit, and none that has one. What they promise is a new version
of them, so that the history of running items says what moved. Clocks that would be due later than that are looked at in
the next sweep, which reckons them anew; all others stay as they are.
"""

from datetime import timedelta

from django.db import migrations
from django.db.models import F

from halkhata.foundation.accounts.ready_rights import shop_in_use

COUNTRY, HOURS = "BD", 72


def limit(apps, schema_editor):
    install = shop_in_use(apps)
    if install is None or install.country != COUNTRY:
        return
    policies = apps.get_model("work", "SlaPolicy").objects
    changed = [
        policy.pk
        for policy in policies.filter(ceiling_hours__isnull=True)
        if policy.is_default or "complaint" in ((policy.conditions or {}).get("kind") or ["complaint"])
    ]
    policies.filter(pk__in=changed).update(ceiling_hours=HOURS, version=F("version") + 1)
    clocks = apps.get_model("work", "SlaClock").objects.filter(policy_id__in=changed, state="running")
    late = clocks.filter(metric__in=["first", "next"], due_at__gt=F("started_at") + timedelta(hours=HOURS))
    late.update(next_check_at=F("started_at"))


class Migration(migrations.Migration):
    dependencies = [("work", "0015_conditions_and_ceiling"), ("core", "0002_shop_page")]
    operations = [migrations.RunPython(limit, migrations.RunPython.noop)]
