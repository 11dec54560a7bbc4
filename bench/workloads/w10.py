"""W10: the live count of a segment beside S, the same question as SQL by hand; and what one customer's change costs.

python -m bench.workloads.w10    (on the measured database; prints JSON and writes nothing into it)
"""

import json
import statistics
import sys
import time
from datetime import date, timedelta
from typing import Any

TITLE = "Segment count beside the same question as SQL by hand; one customer looked at for all segments"
# The count itself beside S, as search has it (W5): conditions read, SQL made, asked.
BAR_RAW = 3.0
# Lines that are asked of one customer at once: as twenty segments of two lines have.
REVIEWED_LINES = 40
# So long a question is repeated before its median counts, and at least so often.
SECONDS, LEAST, MOST = 6.0, 5, 30
_OPEN = (
    "SELECT w.customer_id FROM work_workitem w JOIN tickets_ticket t ON t.workitem_ptr_id = w.id "
    "WHERE w.merged_into_id IS NULL AND w.state_flag <> 'resolved' AND t.ticket_kind = 'complaint' "
    "AND w.customer_id IS NOT NULL"
)
_LAST = (
    "SELECT w.customer_id FROM work_workitem w JOIN tickets_ticket t ON t.workitem_ptr_id = w.id "
    "WHERE w.merged_into_id IS NULL AND w.opened_at >= {since}"
)
_PHONE = (
    "SELECT customer_id FROM customers_contactpoint WHERE kind = 'phone' AND is_reachable AND customer_id IS NOT NULL"
)
_BASE = "SELECT COUNT(*) FROM customers_customer c WHERE c.merged_into_id IS NULL"


def line(field: str, op: str, value: Any = None) -> dict[str, Any]:
    """One line of conditions as the API takes it."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def questions(branch: int, today: date) -> list[tuple[str, dict[str, Any], str, list[Any]]]:
    """(name, conditions, the same as SQL by hand, its values)."""
    from halkhata.engines.segments.parts import first_moment

    half_a_year = first_moment(today - timedelta(days=180))
    last = _LAST.format(since="%s")
    return [
        ("a column: language", line("language", "is", "bn"), f"{_BASE} AND c.language = %s", ["bn"]),
        (
            "a branch and an open complaint",
            {"all": [line("branch", "is", str(branch)), line("ticket.open_complaint", "yes")]},
            f"{_BASE} AND c.branch_id = %s AND c.id IN ({_OPEN})",
            [branch],
        ),
        (
            "silent for 180 days, reachable by phone",
            {"all": [line("ticket.last", "not_in_last_days", 180), line("has_phone", "yes")]},
            f"{_BASE} AND c.id IN ({_PHONE}) AND NOT EXISTS ({last} AND w.customer_id = c.id)",
            [half_a_year],
        ),
        (
            "nested any, none, all",
            {
                "any": [
                    line("ticket.open_complaint", "yes"),
                    {"all": [line("language", "is", "en"), {"none": [line("has_phone", "yes")]}]},
                ]
            },
            f"{_BASE} AND (c.id IN ({_OPEN}) OR (c.language = 'en' AND NOT (c.id IN ({_PHONE}))))",
            [],
        ),
    ]


def measure() -> dict[str, Any]:
    """Each question both ways in turn; the answers must be the same number."""
    from django.db import connection

    from halkhata.engines.segments.compiling import read_conditions
    from halkhata.engines.segments.selectors.segments import count_fitting, today
    from halkhata.foundation.accounts.models import User
    from halkhata.records.customers.models import Customer

    owner = User.objects.select_related("role", "branch").get(username="owner")
    branch = Customer.objects.order_by("-pk").values_list("branch_id", flat=True)[0]

    def by_hand(sql: str, values: list[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                sql, [connection.ops.adapt_datetimefield_value(v) if hasattr(v, "hour") else v for v in values]
            )
            return int(cursor.fetchone()[0])

    counts = []
    for name, conditions, sql, values in questions(branch, today()):
        ours: list[float] = []
        raw: list[float] = []
        found, wanted = count_fitting(read_conditions(conditions), owner), by_hand(sql, values)
        if found != wanted:
            raise SystemExit(f"{name}: {found} customers, by hand {wanted}")
        until = time.perf_counter() + SECONDS
        while len(ours) < LEAST or (time.perf_counter() < until and len(ours) < MOST):
            begun = time.perf_counter()
            count_fitting(read_conditions(conditions), owner)
            ours.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            by_hand(sql, values)
            raw.append(time.perf_counter() - begun)
        ratio = statistics.median(ours) / statistics.median(raw)
        counts.append(
            {
                "name": name,
                "customers": found,
                "count_ms": round(1000 * statistics.median(ours), 2),
                "S_ms": round(1000 * statistics.median(raw), 2),
                "ratio": round(ratio, 2),
                "bar": BAR_RAW,
                "met": ratio <= BAR_RAW,
                "n": len(ours),
            }
        )
    return {"title": TITLE, "counts": counts, "one_customer": _one_customer(branch)}


def _one_customer(branch: int) -> dict[str, Any]:
    """What an event costs: all lines of all segments asked of one customer (A54.3: it never rescans all)."""
    from halkhata.engines.segments.compiling import read_conditions
    from halkhata.engines.segments.registry import Asking, all_fields
    from halkhata.engines.segments.selectors.segments import today
    from halkhata.engines.segments.selectors.truth import lines_true_of
    from halkhata.foundation.fields.conditions.tree import lines_of
    from halkhata.records.customers.models import Customer

    lines = [
        found
        for days in range(1, REVIEWED_LINES // 4 + 1)
        for data in (
            line("ticket.last", "not_in_last_days", days),
            line("ticket.number", "ge", days),
            line("since", "in_last_days", days),
            {"all": [line("branch", "is", str(branch))]},
        )
        for found in lines_of(read_conditions(data))
    ]
    fields, asking = all_fields(), Asking(today=today(), for_one=True)
    ids = list(Customer.objects.active().order_by("-pk").values_list("pk", flat=True)[:MOST])
    taken = []
    for pk in ids:
        begun = time.perf_counter()
        if lines_true_of(pk, lines, fields, asking) is None:
            raise SystemExit(f"customer {pk} is not there")
        taken.append(time.perf_counter() - begun)
    return {"lines": len(lines), "ms": round(1000 * statistics.median(taken), 2), "n": len(taken)}


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(measure(), sys.stdout)
