"""Tickets that were solved in a span of days: what the reports on causes and stages stand on."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.selectors.products import named_by
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.selectors.rows import ItemRow, item_rows
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_condition
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.promise_filters import NONE, is_id

PAGE_SIZE = 50
MOST = 10_000
"""Tickets whose histories are added up for one page; beyond that the reader is asked for fewer days."""
AT_ONCE = 2_000
COLUMNS = {"branch": "branch_id", "team": "team_id", "person": "owner_id", "category": "category_id"}


@dataclass(frozen=True, kw_only=True)
class SolvedFilters:
    """What a report on solved tickets is narrowed to; empty means "any". Text as it stands in the address."""

    branch: str = ""
    team: str = ""
    person: str = ""
    category: str = ""
    channel: str = ""
    # The month's first day: "2026-11-01".
    month: str = ""
    # The code of a root cause.
    cause: str = ""
    # The id of the product whose unit the ticket names by its serial number.
    product: str = ""

    @classmethod
    def read(cls, values: Any) -> "SolvedFilters":
        """From a query string; what cannot be is left out, never an error."""
        text = {f.name: clean_text(str(values.get(f.name) or ""), max_length=60) for f in fields(cls)}
        for name in COLUMNS:
            if text[name] != NONE and not is_id(text[name]):
                text[name] = ""
        if text["product"] != NONE and not is_id(text["product"]):
            text["product"] = ""
        if text["channel"] not in Channel.values:
            text["channel"] = ""
        return cls(**text)

    def query(self, **changes: str) -> dict[str, str]:
        """What stands in the address, with changes; empty values left out."""
        values = {**{f.name: getattr(self, f.name) for f in fields(self)}, **changes}
        return {name: value for name, value in values.items() if value}


def solved_tickets(user: User | None, period: Period, filters: SolvedFilters) -> QuerySet[Ticket]:
    """Tickets solved in the period and not opened again, in the reader's scope (None: the whole shop), unordered."""
    begin, end = period.begin, period.end
    if filters.month:
        inside = {month.isoformat(): (a, b) for month, a, b in period.months()}
        begin, end = inside.get(filters.month, (end, end))
    wanted = Q(state_flag=StateFlag.RESOLVED, resolved_at__gte=begin, resolved_at__lt=end)
    for name, column in COLUMNS.items():
        value = getattr(filters, name)
        if value == NONE:
            wanted &= Q(**{f"{column.removesuffix('_id')}__isnull": True})
        elif value:
            wanted &= Q(**{column: int(value)})
    if filters.channel:
        wanted &= Q(channel=filters.channel)
    tickets = Ticket.objects.filter(wanted)
    if filters.cause:
        standing = Resolution.objects.filter(ticket=OuterRef("pk"), undone_at__isnull=True)
        named = standing if filters.cause == NONE else standing.filter(root_cause=filters.cause)
        tickets = tickets.filter(~Exists(named) if filters.cause == NONE else Exists(named))
    if user is not None:
        tickets = tickets.filter(scope_condition(user))
    return tickets.filter(pk__in=_of_product(tickets, filters.product)) if filters.product else tickets


def _of_product(tickets: QuerySet[Ticket], product: str) -> list[int]:
    """The ids of those about a product: a serial number is kept as it was written, and read here. Two statements."""
    serials = dict(tickets.order_by().values_list("pk", "serial"))
    named = named_by(serials)
    if product == NONE:
        return [pk for pk in serials if pk not in named]
    return [pk for pk, what in named.items() if what.made.product == int(product)]


@dataclass(frozen=True)
class SolvedPage:
    """One page; ``older`` is the cursor of the next one, "" at the end."""

    rows: list[ItemRow]
    total: int
    older: str


def solved_page(user: User, period: Period, filters: SolvedFilters, before: str = "") -> SolvedPage:
    """One page of these tickets, the last solved first: two statements."""
    tickets = solved_tickets(user, period, filters)
    total = tickets.order_by().count()
    moment, _dot, key = before.rpartition(".")
    if is_id(key):
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            tickets = tickets.filter(Q(resolved_at__lt=at) | Q(resolved_at=at, pk__lt=int(key)))
    found = list(tickets.select_related("customer", "owner").order_by("-resolved_at", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    older = "" if last is None or last.resolved_at is None else f"{last.resolved_at.isoformat()}.{last.pk}"
    return SolvedPage(rows=item_rows(shown), total=total, older=older)


def in_parts(rows: list[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """The rows a few at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
