"""Counts the statements of each page, keeps their plans, and times the slowest one as raw SQL (baseline S).

    python -m bench.statements FACTS.json    (facts of prepare.py; prints JSON)

Runs in process on the measured database, so that each statement can be seen.
"""

import json
import statistics
import sys
import time
from typing import Any

from bench.workloads import module_of

READING_WORKLOADS = ("w2", "w3", "w5", "w6", "w12")
REPEATS = 30
# Tables that grow with the customers: a plan that walks through one of them is worth a look.
GROWING = (
    "customers_",
    "work_workitem",
    "work_workevent",
    "work_slaclock",
    "tickets_ticket",
    "messaging_message",
    "messaging_delivery",
    "messaging_conversation",
    "audit_",
    "core_outbox",
    "core_eventdelivery",
    "catalog_unit",
    "catalog_purchase",
    "catalog_ownership",
    "catalog_reading",
    "warranty_cover",
    "warranty_coupon",
    "warranty_registration",
    "warranty_card",
    "service_servicejob",
    "service_jobline",
    "service_handover",
    "stock_movement",
    "stock_unitposition",
    "aftercare_reminder",
)


class Watch:
    """Sees every statement of a connection."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any, float]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seen.append((sql, params, time.perf_counter() - begun))


def look(facts: dict[str, Any]) -> dict[str, Any]:
    """For each case that only reads: statements, database time, S, plans that walk through a growing table."""
    from django.db import connection
    from django.test import Client

    found: dict[str, Any] = {}
    for workload in READING_WORKLOADS:
        for case in module_of(workload).cases(facts):
            client = Client(headers={"cookie": facts["cookies"][case.who], "host": "127.0.0.1"})
            request = case.requests[0]
            for _warm in range(2):
                client.get(request.path, headers=request.headers)
            counts, watch = [], Watch()
            for request in case.requests[:12]:
                watch = Watch()
                with connection.execute_wrapper(watch):
                    answer = client.get(request.path, headers=request.headers)
                if answer.status_code != 200:
                    raise SystemExit(f"{case.name}: {request.path} answers {answer.status_code}")
                counts.append(len(watch.seen))
            reads = [(sql, params, seconds) for sql, params, seconds in watch.seen if sql.lstrip().startswith("SELECT")]
            slowest = max(reads, key=lambda one: one[2])
            plans = [{"sql": sql[:400], "plan": explain(connection, sql, params)} for sql, params, _seconds in reads]
            found[f"{workload}: {case.name}"] = {
                "statements": max(counts),
                "allowed": case.statements,
                "met": case.statements is None or max(counts) <= case.statements,
                "database_ms": round(1000 * sum(seconds for _sql, _params, seconds in watch.seen), 3),
                "S_ms": raw_ms(connection, slowest[0], slowest[1]),
                "S_sql": slowest[0][:600],
                "walks": [one for one in plans if walks(connection, one["plan"])],
                "plans": plans,
            }
    found["search"] = search_beside_raw(facts)
    return found


def search_beside_raw(facts: dict[str, Any]) -> dict[str, Any]:
    """W5's second bar: the search function of the box against its own slowest statement as raw SQL, interleaved."""
    from django.db import connection

    from halkhata.foundation.accounts.models import User
    from halkhata.records.customers.selectors.search import search_customer_rows

    owner = User.objects.select_related("role", "branch").get(username="owner")
    result = {}
    for name, texts in (("Bengali", facts["names_bn"]), ("Latin", facts["names_en"]), ("phone", facts["phone_tails"])):
        ours, raw = [], []
        for text in (texts * REPEATS)[:REPEATS]:
            watch = Watch()
            with connection.execute_wrapper(watch):
                search_customer_rows(owner, text)
            slowest = max(watch.seen, key=lambda one: one[2])
            begun = time.perf_counter()
            search_customer_rows(owner, text)
            ours.append(time.perf_counter() - begun)
            raw.append(raw_seconds(connection, slowest[0], slowest[1]))
        ratio = statistics.median(ours) / statistics.median(raw)
        result[name] = {
            "search_ms": round(1000 * statistics.median(ours), 3),
            "S_ms": round(1000 * statistics.median(raw), 3),
            "ratio": round(ratio, 2),
            "bar": 10.0,
            "met": ratio <= 10.0,
        }
    return result


def raw_ms(connection: Any, sql: str, params: Any) -> float:
    """The median of one statement through the driver, all rows fetched."""
    taken = [raw_seconds(connection, sql, params) for _turn in range(REPEATS)]
    return round(1000 * statistics.median(taken), 3)


def raw_seconds(connection: Any, sql: str, params: Any) -> float:
    """How long one statement takes through the driver, all rows fetched."""
    connection.ensure_connection()
    driver = connection.connection
    if connection.vendor == "sqlite":
        sql = sql.replace("%%", "\0").replace("%s", "?").replace("\0", "%")
    begun = time.perf_counter()
    cursor = driver.cursor()
    cursor.execute(sql, params or ())
    cursor.fetchall()
    return time.perf_counter() - begun


def explain(connection: Any, sql: str, params: Any) -> list[str]:
    """The plan, a line each."""
    words = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS) "
    with connection.cursor() as cursor:
        cursor.execute(words + sql, params)
        return [str(row[-1]) for row in cursor.fetchall()]


def walks(connection: Any, plan: list[str]) -> bool:
    """Whether the plan walks through a whole growing table, or sorts what an index should have in order."""
    for line in plan:
        text = line.strip()
        grows = any(f" {table}" in text or f'"{table}' in text for table in GROWING)
        if connection.vendor == "sqlite":
            # An index of parts is a virtual table: "INDEX n:M…" is a question it answers (MATCH), not a walk.
            answered = "VIRTUAL TABLE INDEX" in text and ":M" in text
            if text.startswith("SCAN ") and "USING" not in text and grows and not answered:
                return True
        elif "Seq Scan on" in text and grows and "never executed" not in text and _rows_read(text) > 1000:
            return True
    return False


def _rows_read(line: str) -> int:
    if "rows=" not in line:
        return 0
    return int(line.rsplit("rows=", 1)[1].split()[0].split(".")[0])


if __name__ == "__main__":
    import django

    django.setup()
    with open(sys.argv[1]) as stream:
        json.dump(look(json.load(stream)), sys.stdout)
