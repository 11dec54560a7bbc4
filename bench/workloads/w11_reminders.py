"""W11: a day's service reminders of N units computed, batch by batch (US-15 AC 5: 10,000 units within 60 seconds).

python -m bench.workloads.w11_reminders [--units 100000]    (in an empty install of its own; prints JSON)

Half of the units have readings, a third a free service that is open; on a first day about half are due for a step. The
second run of the same day measures what a worker costs that finds everything done.
"""

import argparse
import json
import random
import sys
import time
from datetime import date, timedelta
from typing import Any

TITLE = "Service reminders of a day computed, batch by batch; the same day once more"
UNITS = 100_000
# 10,000 units in 60 seconds (US-15 AC 5); as seconds for each 10,000.
BAR_SECONDS = 60.0
EACH = 10_000
SEED = 15
PART = 2_000


def fill(units: int) -> None:
    """Write the units with readings, free services and the lives of half of them."""
    from bench.ground import make_shop
    from halkhata.desks.aftercare.models import ServiceRule
    from halkhata.foundation.core.clock import now
    from halkhata.records.catalog.days import moment_of, today
    from halkhata.records.catalog.models import Brand, Product, ProductKind, Reading, Unit, UnitLife
    from halkhata.records.customers.models import Customer
    from halkhata.records.warranty.models import Coupon

    dice = random.Random(SEED)
    shop, day = make_shop(), today()
    kind = ProductKind.objects.create(
        code="bench", name_en="Motorcycle", usage_unit="km", identifiers=[{"code": "chassis", "required": True}]
    )
    brand = Brand.objects.create(code="bench", name_en="Bench")
    products = [
        Product.objects.create(brand=brand, kind=kind, name_en=f"Bike {number}", folded=f"BIKE {number}")
        for number in range(20)
    ]
    ServiceRule.objects.create(kind=kind, months=3, usage_every=3000)
    people = Customer.objects.bulk_create(
        Customer(name_en=f"Owner {number}", branch=shop.branches[number % len(shop.branches)])
        for number in range(max(1, units // 4))
    )

    def sold(number: int) -> date:
        return day - timedelta(days=dice.randint(5, 900))

    for start in range(0, units, PART):
        rows = Unit.objects.bulk_create(
            Unit(
                number=f"U-{start + number}", product=products[number % 20], state="sold", sold_on=sold(number),
                branch=shop.branches[number % len(shop.branches)], owner=people[(start + number) % len(people)],
            )
            for number in range(min(PART, units - start))
        )  # fmt: skip
        reads, coupons, lives = [], [], []
        for unit in rows:
            age = (day - unit.sold_on).days
            if unit.pk % 2:
                first, last = sorted(dice.sample(range(1, age + 1), 2)) if age > 2 else (1, age)
                a_day = dice.randint(5, 60)
                reads += [
                    Reading(unit=unit, value=a_day * one, read_on=unit.sold_on + timedelta(days=one), source="counter")
                    for one in (first, last)
                ]
            if unit.pk % 3 == 0:
                until = day + timedelta(days=dice.randint(1, 120))
                coupons.append(
                    Coupon(unit=unit, number=1, from_on=until - timedelta(days=30), to_on=until, to_usage=90_000)
                )
            if unit.pk % 4 == 0:
                at = moment_of(day - timedelta(days=dice.randint(1, age)))
                lives.append(UnitLife(unit=unit, at=min(at, now()), verb="job.delivered", data={}))
        Reading.objects.bulk_create(reads)
        Coupon.objects.bulk_create(coupons)
        UnitLife.objects.bulk_create(lives)


def measure(units: int = UNITS) -> dict[str, Any]:
    """Fill an empty install, compute, and compute again."""
    from bench.ground import fresh_install

    with fresh_install():
        fill(units)
        from django.db import connection, reset_queries
        from django.test.utils import CaptureQueriesContext

        from halkhata.desks.aftercare.models import Reminder, ReminderRun
        from halkhata.desks.aftercare.services.planning import BATCH, plan_reminders

        begun, processor = time.perf_counter(), time.process_time()
        made = plan_reminders()
        seconds, processor = time.perf_counter() - begun, time.process_time() - processor
        rows = Reminder.objects.count()
        if rows != made or not made:
            raise SystemExit(f"{made} reminders said to be made, {rows} in the ledger")
        ReminderRun.objects.all().delete()
        reset_queries()
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as seen:
            again = plan_reminders()
        again_seconds = time.perf_counter() - begun
        if again or Reminder.objects.count() != rows:
            raise SystemExit(f"{again} reminders made twice")
        database = connection.vendor
    each = seconds * EACH / units
    return {
        "title": TITLE,
        "database": database,
        "units": units,
        "made": made,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(processor, 2),
        "seconds_for_10000": round(each, 2),
        "again_seconds": round(again_seconds, 2),
        "statements_a_batch": round(len(seen) / max(1, -(-units // BATCH)), 1),
        "bar": BAR_SECONDS,
        "met": each <= BAR_SECONDS,
    }


def main() -> None:
    """Take the number of units, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=UNITS)
    json.dump(measure(parser.parse_args().units), sys.stdout)


if __name__ == "__main__":
    main()
