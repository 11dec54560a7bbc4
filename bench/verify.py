"""Looks over a generated database: constraints, rows opened through the services, promises computed once more."""

import random
from datetime import datetime
from typing import Any

SAMPLE = 25
# Written down, sold, covered: so many lines has the life of each unit at least.
LIFE = 3
# SQLite looks every key of every row up: more than an hour for the ninety million rows of a million customers.
CHECKED_UP_TO = 200_000


class Unsound(Exception):
    """The generated rows are not what the product itself would have written."""


def verify(as_of: datetime) -> dict[str, Any]:
    """Check the present database. Raises Unsound; returns what was looked at."""
    from django.db import connection

    from halkhata.engines.work.models import WorkItem
    from halkhata.records.customers.models import Customer

    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    found = _check_constraints(connection, every_row=len(customers) <= CHECKED_UP_TO)
    dice = random.Random(len(customers))
    opened = [pk for pk in dice.sample(customers, min(SAMPLE, len(customers))) if _open_customer(pk)]
    items = list(WorkItem.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    done = list(WorkItem.objects.filter(state_flag="resolved").order_by("pk").values_list("pk", flat=True)[:5000])
    again = [*dice.sample(items, min(SAMPLE, len(items))), *dice.sample(done, min(SAMPLE, len(done)))]
    for pk in again:
        _recompute(pk, as_of)
    units = _look_at_goods(customers)
    return {
        **found,
        "opened_through_services": len(opened),
        "promises_recomputed": len(again),
        "open_items": len(items),
        "units": units,
    }


def _check_constraints(connection: Any, *, every_row: bool) -> dict[str, Any]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated")
            if unchecked := cursor.fetchall():
                raise Unsound(f"constraints that were not checked: {unchecked}")
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
            return {"foreign_keys_checked": cursor.fetchone()[0]}
    if not every_row:
        return {"foreign_key_check": "left out", "integrity_check": "left out"}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchmany(5):
            raise Unsound(f"rows that point nowhere: {broken}")
        cursor.execute("PRAGMA integrity_check")
        if (said := cursor.fetchone()[0]) != "ok":
            raise Unsound(f"integrity check: {said}")
    return {"foreign_key_check": "ok", "integrity_check": "ok"}


def _open_customer(pk: int) -> bool:
    """Find the customer by phone and name, open the record, both tickets and their threads, as the measured person."""
    from halkhata.desks.tickets.models import Ticket
    from halkhata.engines.messaging.models import Message
    from halkhata.engines.work.selectors.explain import explain_item
    from halkhata.foundation.accounts.models import User
    from halkhata.records.customers.models import SearchKey
    from halkhata.records.customers.selectors.customers import customer_for, find_by_contact
    from halkhata.records.customers.selectors.search import search_customers
    from halkhata.records.customers.services.search_index import index_customer

    owner = User.objects.get(username="owner")
    customer = customer_for(owner, pk)
    phone = next(point for point in customer.contact_points.all() if point.kind == "phone")
    if find_by_contact("phone", phone.value) != customer:
        raise Unsound(f"customer {pk} is not found by {phone.value}")
    if pk not in [hit.pk for hit in search_customers(owner, phone.value)]:
        raise Unsound(f"customer {pk} is not found by the search box")
    before = set(SearchKey.objects.filter(customer=customer).values_list("id", "kind", "key"))
    index_customer(customer)
    if before != set(SearchKey.objects.filter(customer=customer).values_list("id", "kind", "key")):
        raise Unsound(f"the search keys of customer {pk} are not those the product writes")
    tickets = list(Ticket.objects.filter(customer=customer))
    if len(tickets) != 2:
        raise Unsound(f"customer {pk} has {len(tickets)} tickets")
    for ticket in tickets:
        explain_item(ticket)
        if (
            Message.objects.filter(conversation__item_id=ticket.pk, customer_id__isnull=False)
            .exclude(customer=pk)
            .exists()
        ):
            raise Unsound(f"{ticket.number} has a message of another customer")
    return True


def _look_at_goods(customers: list[int]) -> int:
    """Each customer owns one unit, and the ledger says so, too; a sample is found by its number, with life and cover.

    Returns how many units there are.
    """
    from django.db.models import Sum

    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.models import NumberSequence
    from halkhata.records.catalog.models import Unit
    from halkhata.records.catalog.selectors.units import find_units
    from halkhata.records.stock.models import Balance
    from halkhata.records.warranty.selectors.verdict import verdict_of

    units = Unit.objects.count()
    with_customers = Balance.objects.filter(place__kind="customer").aggregate(sum=Sum("quantity"))["sum"]
    everywhere = Balance.objects.aggregate(sum=Sum("quantity"))["sum"]
    if not units == len(customers) == with_customers or everywhere:
        raise Unsound(f"{units} units, {with_customers} with customers by the ledger, which sums up to {everywhere}")
    last = Unit.objects.order_by("-pk").values_list("number", flat=True)[0]
    if last != f"U-{NumberSequence.objects.get(pk='U').last_value}":
        raise Unsound(f"the last unit is {last}, and the next one would not follow it")
    owner = User.objects.select_related("role", "branch").get(username="owner")
    dice = random.Random(units)
    for pk in dice.sample(customers, min(SAMPLE, len(customers))):
        unit = Unit.objects.select_related("product__kind").get(owner=pk)
        typed = unit.identifiers.order_by("pk").values_list("value", flat=True)[0]
        if [found.pk for found in find_units(owner, typed)] != [unit.pk]:
            raise Unsound(f"{unit.number} is not found by {typed}")
        sold_on = unit.ownerships.get(to_on__isnull=True).from_on
        covers = list(unit.covers.values_list("starts_on", flat=True))
        if sold_on != unit.sold_on or set(covers) != {sold_on} or len(verdict_of(unit).lines) != len(covers):
            raise Unsound(f"{unit.number} was sold on {unit.sold_on}, is owned since {sold_on}, covered from {covers}")
        if unit.life.count() < LIFE or unit.position.place.branch_id != unit.branch_id:
            raise Unsound(f"{unit.number} has {unit.life.count()} lines of life and lies in {unit.position.place_id}")
    return units


def _recompute(pk: int, as_of: datetime) -> None:
    from django.db import transaction

    from halkhata.engines.work.models import SlaClock, WorkItem
    from halkhata.engines.work.services.promises import recompute
    from halkhata.foundation.core.clock import moved_to

    columns = [
        "metric",
        "cycle",
        "state",
        "started_at",
        "due_at",
        "stopped_at",
        "breached_at",
        "target_minutes",
        "next_check_at",
    ]
    stored = list(SlaClock.objects.filter(item_id=pk).order_by("metric", "cycle").values_list(*columns))
    if not stored:
        raise Unsound(f"item {pk} has no promise")
    with moved_to(as_of), transaction.atomic():
        recompute(WorkItem.objects.get(pk=pk))
        again = list(SlaClock.objects.filter(item_id=pk).order_by("metric", "cycle").values_list(*columns))
        transaction.set_rollback(True)
    if stored != again:
        raise Unsound(f"item {pk}: stored {stored}, computed again {again}")
