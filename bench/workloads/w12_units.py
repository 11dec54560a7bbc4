"""W12: a unit's page and what comes after it, the list, a unit found by its number, the sale, the warranty verdict.

python -m bench.workloads.w12_units COUNT    (on the database of the environment; prints JSON)
"""

import itertools
import json
import random
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from bench.case import Case, Facts, page
from bench.client import Answer, Request
from bench.workloads.w3 import AS_PART, no_cards

TITLE = "Units: page, list, search by number, sale at the counter, warranty verdict"
# As every detail page, list page and search (W3, W2, W5).
BAR_PAGE, BAR_LIST, BAR_SEARCH, BAR_RAW = 6.0, 4.0, 3.0, 10.0
# A sale is a record with all that hangs on it, as a complaint is (W4); a verdict is a small part of pages and lists.
BAR_SALE, BAR_VERDICT = 8.0, 0.25
BLOCKS, SAMPLE, REPEATS = 4, 60, 60
_HIT = re.compile(r"/units/U-\d+/")


def cases(facts: Facts) -> list[Case]:
    """The unit page and its list as a manager sees them, the search box as everybody uses it."""
    units = [Request(f"/units/{number}/") for number in facts["units"]]
    turns, sessions = itertools.cycle(facts["units"]), itertools.cycle(facts["new_sessions"])
    first = [
        Request(f"/units/{next(turns)}/", body=lambda: (b"", {"Cookie": next(sessions)})) for _turn in facts["units"]
    ]
    one, many = page("U-"), page("/units/U-")

    def asked(texts: list[str]) -> list[Request]:
        return [Request(f"/search/?stay=1&q={quote(text)}") for text in texts]

    def found(answer: Answer) -> str:
        return page()(answer) or ("" if _HIT.search(answer.text) else "no unit was found")

    return [
        Case("unit page, a manager's", units, BAR_PAGE, "manager", one, 20),
        Case("unit page, first of a session", first, BAR_PAGE, "manager", one, 20),
        *(
            Case(
                f"unit page, later cards ({column})",
                [Request(f"/units/{number}/panels/{column}/", headers=AS_PART) for number in facts["units"]],
                BAR_PAGE,
                "manager",
                no_cards,
                12,
            )
            for column in ("main", "side")
        ),
        Case("units, first page", [Request("/units/")], BAR_LIST, "owner", many, 12),
        Case("units, first page, a manager's", [Request("/units/")], BAR_LIST, "manager", many, 12),
        Case(
            "units, filtered by product and state",
            [Request(f"/units/?product={product}&state=sold") for product in facts["products"]],
            BAR_LIST,
            "owner",
            many,
            12,
        ),
        Case("serial number, whole", asked(facts["serials"]), BAR_SEARCH, "owner", found, 12),
        Case(
            "last six digits of a serial number",
            asked([serial[-6:] for serial in facts["serials"]]),
            BAR_SEARCH,
            "owner",
            found,
            12,
        ),
    ]


def measure(count: int) -> dict[str, Any]:
    """Sales through the service beside the same rows by hand, then verdicts and searches beside their own SQL."""
    return {"sales": _sales(count), "beside_sql": [*_searches(), _verdicts()]}


def _sales(count: int) -> dict[str, Any]:
    from django.db import connection

    from bench.baselines.sale import rows_of, sell_by_hand
    from bench.statements import Watch
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.jobs.worker import Worker
    from halkhata.records.catalog.days import today
    from halkhata.records.catalog.models import Product
    from halkhata.records.catalog.services.purchases import NewLine, record_purchase
    from halkhata.records.customers.models import Customer

    branch = Customer.objects.order_by("-pk").values_list("branch_id", flat=True)[0]
    agent = User.objects.select_related("role", "branch").filter(branch=branch, role__level=1).order_by("pk")[0]
    buyers = itertools.cycle(Customer.objects.active().filter(branch=branch).order_by("-pk")[:SAMPLE])
    product = Product.objects.select_related("brand", "kind").filter(kind__code="appliance").order_by("pk")[0]
    run, turns = uuid.uuid4().hex[:6].upper(), itertools.count()

    def sell() -> Any:
        serial = f"ZZ{run}X{next(turns):05d}"
        line = NewLine(product=product, identifiers={"serial": serial}, unit_price=Decimal(32_500))
        return record_purchase(
            actor=agent, customer=next(buyers), branch=agent.branch, lines=[line], bought_on=today(), key=serial
        )

    worker = Worker(queues=["default"])
    watch = Watch()
    with connection.execute_wrapper(watch):
        pattern = rows_of(sell())
    sell_by_hand(connection, [pattern])
    while worker.work_once():
        pass
    each = max(2, count // BLOCKS)
    taken: list[float] = []
    by_hand = working = 0.0
    for _block in range(BLOCKS):
        for _turn in range(each):
            begun = time.perf_counter()
            sell()
            taken.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        while worker.work_once():
            pass
        working += time.perf_counter() - begun
        by_hand += sell_by_hand(connection, [pattern] * each)
    done = each * BLOCKS
    return {
        "sales": done,
        "rows_each": len(pattern),
        "statements": sum(sql.lstrip()[:7] in {"SELECT ", "INSERT ", "UPDATE ", "DELETE "} for sql, *_ in watch.seen),
        "ms": round(1000 * statistics.median(taken), 2),
        "per_second": round(done / sum(taken), 1),
        "by_hand_ms": round(1000 * by_hand / done, 2),
        "by_hand_per_second": round(done / by_hand, 1),
        "worker_ms_each": round(1000 * working / done, 2),
    }


def _searches() -> list[dict[str, Any]]:
    """The search for units alone, as W5 measures that for people."""
    from halkhata.foundation.accounts.models import User
    from halkhata.records.catalog.selectors.units import find_units

    owner = User.objects.select_related("role", "branch").get(username="owner")
    serials = [unit.identifiers.order_by("pk").values_list("value", flat=True)[0] for unit in _some_units()]
    found = []
    for name, texts in (("whole", serials), ("last six digits", [serial[-6:] for serial in serials])):

        def find(text: str) -> None:
            if not find_units(owner, text):
                raise SystemExit(f"no unit is found by {text}")

        one = _beside_sql(f"search for a serial number, {name}", texts, find, slowest_alone=True)
        found.append({**one, "bar": BAR_RAW, "met": one["ratio"] <= BAR_RAW})
    return found


def _verdicts() -> dict[str, Any]:
    """The warranty verdict of a unit that is read already, beside its statements."""
    from halkhata.records.warranty.selectors.verdict import verdict_of

    def judge(unit: Any) -> None:
        if not verdict_of(unit).lines:
            raise SystemExit(f"{unit.number} has no cover")

    return _beside_sql("warranty verdict", _some_units(), judge, slowest_alone=False)


def _some_units() -> list[Any]:
    from halkhata.records.catalog.models import Unit

    dice = random.Random(11)
    low, high = (Unit.objects.order_by(order).values_list("pk", flat=True).first() for order in ("pk", "-pk"))
    wanted = {dice.randint(low, high) for _turn in range(SAMPLE)}
    return list(Unit.objects.select_related("product__kind").filter(pk__in=wanted).order_by("pk"))


def _beside_sql(name: str, things: list[Any], work: Callable[[Any], None], *, slowest_alone: bool) -> dict[str, Any]:
    """``work`` and its own statements through the driver, in turn: the slowest of them, or all."""
    from django.db import connection

    from bench.statements import Watch, raw_seconds

    ours, raw, statements = [], [], 0
    for thing in itertools.islice(itertools.cycle(things), REPEATS):
        watch = Watch()
        with connection.execute_wrapper(watch):
            work(thing)
        statements = max(statements, len(watch.seen))
        again = [max(watch.seen, key=lambda one: one[2])] if slowest_alone else watch.seen
        begun = time.perf_counter()
        work(thing)
        ours.append(time.perf_counter() - begun)
        raw.append(sum(raw_seconds(connection, sql, params) for sql, params, _seconds in again))
    return {
        "name": name,
        "ms": round(1000 * statistics.median(ours), 3),
        "S_ms": round(1000 * statistics.median(raw), 3),
        "ratio": round(statistics.median(ours) / statistics.median(raw), 2),
        "statements": statements,
        "n": len(ours),
    }


def judged(pages: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Pages and services in one, with the verdict of the bars that stand beside B1 of the same run."""
    b1 = statistics.median(case["B1"]["median_ms"] for case in pages["cases"])
    sales = found["sales"]
    ratio = sales["ms"] / b1
    sales |= {"B1_ratio": round(ratio, 2), "bar": BAR_SALE, "met": ratio <= BAR_SALE}
    beside = []
    for one in found["beside_sql"]:
        if "bar" in one:
            beside.append({**one, "beside": "S"})
        else:
            share = one["ms"] / b1
            bar = {"B1_ratio": round(share, 3), "bar": BAR_VERDICT, "met": share <= BAR_VERDICT}
            beside.append({**one, **bar, "beside": "B1"})
    return {**pages, "sales": sales, "beside_sql": beside}


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(measure(int(sys.argv[1])), sys.stdout)
