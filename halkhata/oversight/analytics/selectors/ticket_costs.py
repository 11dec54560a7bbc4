"""What complaints cost the shop in money: the repairs, returns and claims they led to, and goodwill (A52.22).

No desk writes down which complaint a repair belongs to, so it is told by what is known: work that hangs under the
ticket, and job cards and returns of the unit whose serial number the ticket names, opened while the ticket was open.
Each of these counts once, for the ticket opened first. What a company did not pay for them counts with them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from halkhata.desks.claims.models import Claim
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.selectors.products import named_by
from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.models import Goodwill
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.models import Installation


@dataclass(frozen=True)
class Solved:
    """A ticket of the report. ``customer_id`` None: nobody knows whose it is."""

    pk: int
    serial: str
    customer_id: int | None
    opened_at: datetime
    resolved_at: datetime


def costs_of_tickets(user: User | None, tickets: Sequence[Solved]) -> dict[int, Decimal]:
    """What each of these tickets cost, in the shop's own currency, as far as ``user`` may see it (None: all of it).

    A fixed number of statements, whatever the number of tickets. Amounts in another currency are left out.
    """
    currency = Installation.current().currency
    belongs = _work_of(user, tickets)
    totals: dict[int, Decimal] = {}
    for kind in {one.kind for one in belongs.values()}:
        known = item_kinds.find(kind)
        if known is None or known.costs_of is None:
            continue
        ids = [pk for pk, one in belongs.items() if one.kind == kind]
        for pk, cost in known.costs_of(ids).items():
            ticket = belongs[pk].ticket
            totals[ticket] = totals.get(ticket, Decimal(0)) + cost.get(currency, Decimal(0))
    # Goodwill that pays for a line of a job card is counted there.
    given = Goodwill.objects.filter(item__in=[one.pk for one in tickets], state=GoodwillState.GRANTED)
    given = given.filter(currency=currency, job_lines__isnull=True).order_by()
    for pk, amount in given.values_list("item").annotate(amount=Sum("cost")):
        totals[pk] = totals.get(pk, Decimal(0)) + amount
    return totals


@dataclass(frozen=True)
class _Work:
    kind: str
    ticket: int


def _work_of(user: User | None, tickets: Sequence[Solved]) -> dict[int, _Work]:
    """The pieces of work that belong to the tickets, by id."""
    found: dict[int, _Work] = {}
    here = {one.pk: one for one in tickets}
    children = _seen(user, WorkItem.objects.filter(parent__in=list(here), merged_into__isnull=True))
    for pk, kind, parent in children.order_by("pk").values_list("pk", "kind", "parent_id"):
        found[pk] = _Work(kind, parent)
    of_unit: dict[int, list[Solved]] = {}
    for pk, named in named_by({one.pk: one.serial for one in tickets}).items():
        if named.unit is not None:
            of_unit.setdefault(named.unit, []).append(here[pk])
    for model in (ServiceJob, ReturnRequest) if of_unit else ():
        rows = _seen(user, model.objects.filter(unit__in=list(of_unit)))
        for pk, kind, unit, customer, opened_at in rows.order_by("pk").values_list(
            "pk", "kind", "unit_id", "customer_id", "opened_at"
        ):
            ticket = _first(of_unit[unit], customer, opened_at)
            if ticket is not None:
                found.setdefault(pk, _Work(kind, ticket))
    if found:
        claims = _seen(user, Claim.objects.filter(about__in=list(found)))
        for pk, kind, about in claims.order_by("pk").values_list("pk", "kind", "about_id"):
            found.setdefault(pk, _Work(kind, found[about].ticket))
    return found


def _first(tickets: Iterable[Solved], customer: int | None, at: datetime) -> int | None:
    """The ticket opened first of those that were open then, of the same customer where the ticket has one."""
    fitting = [
        one
        for one in tickets
        if one.opened_at <= at <= one.resolved_at and (one.customer_id is None or one.customer_id == customer)
    ]
    return min(fitting, key=lambda one: (one.opened_at, one.pk)).pk if fitting else None


def _seen(user: User | None, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows if user is None else rows.filter(Q(pk__in=WorkItem.objects.visible_to(user).order_by().values("pk")))
