"""What segments may ask of a customer's tickets (A54.3), and what of a ticket moves somebody in or out of one."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.events import TicketChanged, TicketClosed, TicketOpened, TicketReopened, TicketResolved
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.engines.segments.parts import codes_of, newest_between, rows_hold, rows_text
from halkhata.engines.segments.registry import Asking, SegmentField, segment_fields
from halkhata.engines.segments.services.membership import review_customer
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on

TICKETS = _("Tickets")
LINK = "customer_id"


def tickets() -> "QuerySet[Ticket]":
    """All tickets but those that became part of another."""
    return Ticket.objects.filter(merged_into__isnull=True)


def open_tickets() -> "QuerySet[Ticket]":
    """Those about which something is to be done."""
    return tickets().exclude(state_flag=StateFlag.RESOLVED)


def open_complaints() -> "QuerySet[Ticket]":
    """Open ones in which somebody complains."""
    return open_tickets().filter(ticket_kind=TicketKind.COMPLAINT)


def number_between(asking: Asking, low: Any, high: Any) -> Q:
    """So many tickets. Nobody's are none: whoever has no ticket has the number 0."""

    def with_at_least(least: int) -> Q:
        rows = tickets().filter(customer__isnull=False)
        if asking.for_one:
            # Counted within the one customer: the group is read by the customer's own index.
            counted = (
                rows.filter(customer_id=OuterRef("pk")).order_by().values(LINK).annotate(n=Count("pk")).values("n")
            )
            number = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
            return Q(GreaterThanOrEqual(number, Value(least)))
        return Q(pk__in=rows.order_by().values(LINK).annotate(n=Count("pk")).filter(n__gte=least).values(LINK))

    found = ~Q(pk__in=())
    if low is not None and low > 0:
        found &= with_at_least(ceil(low))
    if high is not None:
        found &= Q(pk__in=()) if high < 0 else ~with_at_least(floor(high) + 1)
    return found


def category_one_of(asking: Asking, codes: Sequence[str]) -> Q:
    """A ticket of one of these categories, whenever."""
    return asking.has(tickets().filter(category_id__in=codes_of(codes)), LINK)


def register() -> None:
    """Tell the registry."""
    for field in (
        SegmentField(
            code="ticket.open", label=_("Has an open ticket"), group=TICKETS, kind="yes_no", order=60,
            holds=rows_hold(open_tickets, LINK),
        ),
        SegmentField(
            code="ticket.open_complaint", label=_("Has an open complaint"), group=TICKETS, kind="yes_no", order=61,
            holds=rows_hold(open_complaints, LINK),
        ),
        SegmentField(
            code="ticket.number", label=_("Number of tickets"), group=TICKETS, kind="number", order=62,
            between=number_between, holds=lambda _asking: ~Q(pk__in=()),
        ),
        SegmentField(
            code="ticket.last", label=_("Last ticket"), group=TICKETS, kind="date", order=63,
            between=newest_between(tickets, LINK, "opened_at"), holds=rows_hold(tickets, LINK),
        ),
        SegmentField(
            code="ticket.category", label=_("Categories of tickets"), group=TICKETS, kind="several", order=64,
            choices=lambda: [(str(one.pk), one.name) for one in Category.objects.filter(is_active=True)],
            one_of=category_one_of, holds=rows_hold(lambda: tickets().filter(category__isnull=False), LINK),
        ),
        SegmentField(
            code="ticket.serial", label=_("Serial number in a ticket"), group=TICKETS, kind="text", order=65,
            text=rows_text(tickets, LINK, "serial"), holds=rows_hold(lambda: tickets().exclude(serial=""), LINK),
        ),
    ):  # fmt: skip
        segment_fields.register(field.code, field)


def _review(ticket_id: int) -> None:
    review_customer(WorkItem.objects.filter(pk=ticket_id).values_list("customer_id", flat=True).first())


@on(TicketOpened)
def place_customer_of_new_ticket(event: TicketOpened) -> None:
    """A new ticket moves its customer."""
    review_customer(event.customer_id)


@on(TicketResolved)
def place_customer_of_resolved_ticket(event: TicketResolved) -> None:
    """So does one that is solved."""
    review_customer(event.customer_id)


@on(TicketReopened)
def place_customer_of_reopened_ticket(event: TicketReopened) -> None:
    """Or open again."""
    _review(event.ticket_id)


@on(TicketClosed)
def place_customer_of_closed_ticket(event: TicketClosed) -> None:
    """Or closed without a solution."""
    _review(event.ticket_id)


@on(TicketChanged)
def place_customer_of_changed_ticket(event: TicketChanged) -> None:
    """Or whose category or serial number is another."""
    _review(event.ticket_id)
