"""W1: loading customers. ``w1_import`` measures the import, ``w1_crowd`` the same with staff working beside it; here
are the bars, and customers through the API, one after another, for which there is none.
"""

import itertools
import json
import time
import uuid
from typing import Any

from bench.case import Facts
from bench.client import Connection, Request
from bench.workloads.w1_crowd import SLOWER
from bench.workloads.w1_import import BAR_WITH_STAFF

TITLE = "Import of customers: validated, checked for duplicates, searchable, in a ledger for its undo"


def judged(lists: dict[str, Any], crowd: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    """What came of it, with the bars: alone by the lists themselves, with staff by the bare load of the CSV list."""
    share = crowd["import_per_second"] / lists["csv"]["C_per_second"]
    crowd = crowd | {
        "share_of_C": round(share, 4), "met": share >= BAR_WITH_STAFF and crowd["slower"] <= SLOWER
    }  # fmt: skip
    return {"title": TITLE, "lists": lists, "crowd": crowd, "api": api}


def through_api(port: int, facts: Facts, count: int) -> dict[str, Any]:
    """``count`` customers by the API, one request after another."""
    from bench.names import person

    numbers = itertools.count(int(time.time()) % 1_000_000 * 50)
    headers = {"Authorization": f"Bearer {facts['key']}", "Content-Type": "application/json"}
    connection = Connection(port, headers)
    begun = time.perf_counter()
    for number in itertools.islice(numbers, count):
        who = person(number, 13)
        body = {
            "name_bn": who.name_bn,
            "name_en": who.name_en,
            "phones": [f"011{who.subscriber}"],
            "confirm_duplicate": "measuring",
        }
        answer = connection.send(
            Request("/api/v1/customers", "POST", {"Idempotency-Key": uuid.uuid4().hex}, json.dumps(body).encode())
        )
        if answer.status != 201:
            raise RuntimeError(f"status {answer.status}: {answer.text[:300]}")
    return {"customers": count, "per_second": round(count / (time.perf_counter() - begun), 1)}
