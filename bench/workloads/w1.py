"""W1: loading customers. The import comes with issue 4; until then what exists is measured and held to no bar:
customers made through the service and the API, one after another, beside the bulk load of the same rows (C).

    python -m bench.workloads.w1 COUNT    (on the database of the environment; prints JSON)
"""

import itertools
import json
import sys
import time
import uuid
from typing import Any

from bench.case import Facts
from bench.client import Connection, Request

TITLE = "Load customers, validated, checked for duplicates, searchable (service and API; the import does not exist yet)"

# Ids of the rows that C loads; they are taken away again.
COPIES_FROM = 500_000_000


def through_service(count: int) -> dict[str, Any]:
    """``count`` customers by the service in this process, then the same rows by the database's bulk load."""
    from django.db import connection

    from bench.baselines.load import load_again
    from bench.bulk import set_sequences
    from bench.names import person
    from halkhata.foundation.accounts.models import User
    from halkhata.records.customers.models import Activity, ContactPoint, Customer, SearchKey
    from halkhata.records.customers.services.customers import create_customer

    agent = User.objects.select_related("role", "branch").get(username="agent1x1")
    first = int(time.time()) % 1_000_000 * 50
    people = [person(first + number, 11) for number in range(count)]
    made = []
    begun = time.perf_counter()
    for who in people:
        customer = create_customer(
            actor=agent,
            name_bn=who.name_bn,
            name_en=who.name_en,
            phones=[f"011{who.subscriber}"],
            confirm_duplicate="measuring",
        )
        made.append(customer.pk)
    seconds = time.perf_counter() - begun
    rows = [
        (Customer, list(Customer.objects.filter(pk__in=made))),
        (ContactPoint, list(ContactPoint.objects.filter(customer__in=made))),
        (SearchKey, list(SearchKey.objects.filter(customer__in=made))),
        (Activity, list(Activity.objects.filter(customer__in=made))),
    ]
    if len(rows[0][1]) != count:
        raise SystemExit(f"{count} customers were made, {len(rows[0][1])} are there")
    loading = load_again(connection, rows, ids_from=COPIES_FROM)
    for model, found in reversed(rows):
        ids = [row.pk for row in found]
        model.objects.filter(pk__gte=min(ids) + COPIES_FROM, pk__lte=max(ids) + COPIES_FROM).delete()
    # SQLite goes on counting from the highest id it has seen.
    set_sequences(connection, {model._meta.db_table: max(row.pk for row in found) for model, found in rows})
    return {
        "customers": count,
        "rows": sum(len(found) for _model, found in rows),
        "service_per_second": round(count / seconds, 1),
        "C_per_second": round(count / loading, 1),
        "share_of_C": round(loading / seconds, 4),
    }


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


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(through_service(int(sys.argv[1])), sys.stdout)
