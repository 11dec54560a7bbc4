"""W8: the sweep of due clocks with tens of thousands of open items, one per cent of them breaking a promise.

    python -m bench.sweep [--items 60000] [--breaching 600]

Prints JSON. ``cpu_seconds`` is the time of this process on its one core; the bar is 5 seconds for 600 breaches, and the
cost has to follow the breaches, not the open items: the same breaches are swept among a tenth of the items, too.
"""

import argparse
import gc
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.ground import Shop, fresh_install, make_shop

# A Sunday, 14:30 in Dhaka: opened at the same hour the working day before (Saturday), ten working hours have passed.
SWEPT_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
_BATCH = 2000


def open_template(shop: Shop, number: int, opened_at: datetime, until: datetime) -> Any:
    """An item opened through the services, and swept up to ``until`` as the scheduler would have done."""
    from django.db import transaction
    from django.db.models import Min

    from halkhata.engines.work.models import SlaClock, WorkItem
    from halkhata.engines.work.services.items import new_item_values, open_item
    from halkhata.engines.work.services.promises import sweep_due
    from halkhata.foundation.core.clock import moved_to

    place = number % len(shop.branches)
    with moved_to(opened_at), transaction.atomic():
        values = new_item_values(
            actor=None,
            kind="complaint",
            subject=f"Refrigerator does not cool {number}",
            customer=None,
            branch=shop.branches[place],
            team=shop.teams[place],
            channel="phone",
        )
        item = WorkItem.objects.create(**values)
        open_item(actor=None, item=item)
    while True:
        upcoming = SlaClock.objects.filter(item=item).aggregate(first=Min("next_check_at"))["first"]
        if upcoming is None or upcoming > until:
            break
        with moved_to(upcoming):
            sweep_due(upcoming)
    item.refresh_from_db()
    return item


def copy_items(shop: Shop, templates: list[Any], count: int) -> None:
    """Copies of the templates, each with history, clocks and what was told already, shared out among the agents."""
    from django.db import transaction

    from halkhata.engines.work.models import EscalationFiring, SlaClock, SlaWarning, WorkEvent, WorkItem

    history = {item.pk: list(WorkEvent.objects.filter(item=item)) for item in templates}
    clocks = {item.pk: list(SlaClock.objects.filter(item=item)) for item in templates}
    warnings = {item.pk: list(SlaWarning.objects.filter(clock__item=item)) for item in templates}
    firings = {item.pk: list(EscalationFiring.objects.filter(item=item)) for item in templates}
    agents = {branch.pk: [user for user in shop.agents if user.branch_id == branch.pk] for branch in shop.branches}
    first = WorkItem.objects.count() * 10
    for start in range(0, count, _BATCH):
        origins = [templates[place % len(templates)] for place in range(start, min(start + _BATCH, count))]
        with transaction.atomic():
            items = WorkItem.objects.bulk_create(
                _copy(
                    origin,
                    number=f"B-{first + start + place}",
                    owner=agents[origin.branch_id][(start + place) % len(agents[origin.branch_id])],
                )
                for place, origin in enumerate(origins)
            )
            pairs = list(zip(items, origins, strict=True))
            WorkEvent.objects.bulk_create(_copy(row, item=item) for item, was in pairs for row in history[was.pk])
            copied = [(row, item, was) for item, was in pairs for row in clocks[was.pk]]
            made = SlaClock.objects.bulk_create(_copy(row, item=item) for row, item, _was in copied)
            twin = {(item.pk, row.pk): new for new, (row, item, _was) in zip(made, copied, strict=True)}
            SlaWarning.objects.bulk_create(
                _copy(row, clock=twin[item.pk, row.clock_id]) for item, was in pairs for row in warnings[was.pk]
            )
            EscalationFiring.objects.bulk_create(
                _copy(row, item=item, clock=twin[item.pk, row.clock_id] if row.clock_id else None)
                for item, was in pairs
                for row in firings[was.pk]
            )


def _copy(row: Any, **changes: Any) -> Any:
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    for name in changes:
        values.pop(f"{name}_id", None)
    return type(row)(**{**values, **changes})


def fill(shop: Shop, *, items: int, breaching: int, first: int = 0) -> None:
    """Open items of which ``breaching`` break their first answer by SWEPT_AT and the others have nothing due."""
    soon = [
        open_template(
            shop,
            first + number,
            SWEPT_AT - timedelta(days=1, minutes=1, seconds=20 * number),
            SWEPT_AT - timedelta(days=1, minutes=1, seconds=20 * number) + timedelta(hours=23),
        )
        for number in range(8)
    ]
    calm = [
        open_template(shop, first + 100 + number, SWEPT_AT - timedelta(minutes=number + 1), SWEPT_AT)
        for number in range(40)
    ]
    copy_items(shop, soon, breaching - len(soon))
    copy_items(shop, calm, items - breaching - len(calm))


def sweep_once() -> dict[str, Any]:
    """One sweep at SWEPT_AT: what it dealt with and what that cost."""
    from django.db import connection, reset_queries

    from halkhata.engines.work.models import SlaClock, WorkItem
    from halkhata.engines.work.services.promises import sweep_due
    from halkhata.foundation.core.clock import moved_to

    due = SlaClock.objects.filter(next_check_at__lte=SWEPT_AT).values("item").distinct().count()
    gc.collect()
    reset_queries()
    wall, cpu = time.perf_counter(), time.process_time()
    with moved_to(SWEPT_AT):
        touched = sweep_due(SWEPT_AT)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    left = SlaClock.objects.filter(next_check_at__lte=SWEPT_AT).count()
    if left:
        raise SystemExit(f"{left} clocks are still due after the sweep")
    return {
        "database": connection.vendor,
        "open_items": WorkItem.objects.unfinished().count(),
        "due_items": due,
        "clocks_touched": touched,
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "cpu_ms_each": round(1000 * cpu / due, 2) if due else None,
    }


def main() -> None:
    """Sweep the breaches among a tenth of the items, then as many among all of them, then with nothing due."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=60_000)
    parser.add_argument("--breaching", type=int, default=600)
    wanted = parser.parse_args()
    with fresh_install():
        shop = make_shop()
        runs = {}
        tenth = max(wanted.items // 10, wanted.breaching + 100)
        fill(shop, items=tenth, breaching=wanted.breaching)
        runs["a tenth of the items"] = sweep_once()
        fill(shop, items=wanted.items - tenth, breaching=wanted.breaching, first=1000)
        runs["all items"] = sweep_once()
        runs["nothing due"] = sweep_once()
    json.dump({"workload": "W8", "bar_cpu_seconds": 5, "runs": runs}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
