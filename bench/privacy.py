"""Times what privacy asks of a large book: ``python -m bench.privacy --erase 10``, on a COPY of a generated database.

The database is the one of HALKHATA_DATABASE_URL. Prints JSON: seconds of one erasure, how much of it holds the write
lock, the tidying-up after it, one question of ``may_contact``, and the nightly look over the book.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import django


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and slowest, in milliseconds."""
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 2), "max_ms": round(max(seconds) * 1000, 2),
    }  # fmt: skip


def finished_people(count: int) -> list[Any]:
    """Customers with tickets and without open work, from all over the book."""
    from halkhata.engines.work.models import WorkItem
    from halkhata.records.customers.models import Customer

    last = Customer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found: dict[int, Any] = {}
    for turn in range(count * 50):
        place = (turn * 7919 * 101) % last
        customer = Customer.objects.filter(pk__gte=place, merged_into__isnull=True, work_items__isnull=False).first()
        if customer is not None and not WorkItem.objects.unfinished().filter(customer=customer).exists():
            found[customer.pk] = customer
        if len(found) == count:
            break
    return list(found.values())


def erasures(people: list[Any]) -> dict[str, Any]:
    """Erase them, each as the page does."""
    from django.db import transaction

    from halkhata.records.privacy.services import erasing

    held: list[float] = []
    inner = erasing._erase

    def watched(*arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        transaction.on_commit(lambda: held.append(time.perf_counter() - began))
        return inner(*arguments, **options)

    erasing._erase = watched
    whole = [timed(lambda who=who: erasing.erase_person(actor=None, customer=who)) for who in people]
    erasing._erase = inner
    return {"people": len(people), "whole": spread(whole), "in_transaction": spread(held)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--erase", type=int, default=0, help="so many people are erased for good: only on a copy")
    parser.add_argument("--ask", type=int, default=1000, help="questions of may_contact")
    parser.add_argument("--look", type=int, default=20_000, help="customers of the nightly look")
    options = parser.parse_args()
    django.setup()
    from halkhata.foundation.core.jobs.worker import run_until_quiet
    from halkhata.records.customers.models import Customer
    from halkhata.records.data_quality.services.looking import look_at_changed
    from halkhata.records.privacy.services.contacting import may_contact

    people = list(Customer.objects.order_by("-pk")[: options.ask])
    result: dict[str, Any] = {
        "may_contact": spread([timed(lambda who=who: may_contact(who, "marketing", "sms")) for who in people])
    }
    if options.look:
        result["look_per_second"] = round(options.look / timed(lambda: look_at_changed(options.look)))
    if options.erase:
        result["erasure"] = erasures(finished_people(options.erase))
        result["erasure"]["tidying_s"] = round(timed(run_until_quiet), 2)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
