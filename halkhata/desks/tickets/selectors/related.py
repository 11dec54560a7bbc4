"""What belongs around a ticket: follow-up work, what came before, what came after."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from halkhata.desks.tickets.choices import ENDED, TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.merged import family
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.records.customers.models import Customer

# The same unit, complained about again within this time, is shown as a repeat (US-11).
REPEAT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Around:
    """Tickets around this one. ``repeats``: earlier ones about the same unit, within REPEAT_WITHIN."""

    earlier: list[Ticket]
    repeats: list[Ticket]
    followed_by: list[Ticket]
    still_open: list[Ticket]


def around(user: User, ticket: Ticket, limit: int = 6) -> Around:
    """The customer's other tickets, those of the same unit and what follows this one, newest first, in one query."""
    # A look-up by index for each: as one condition over two tables, the database would read every ticket.
    wanted = [Ticket.objects.filter(follows_id=ticket.pk)]
    if ticket.serial:
        wanted.append(Ticket.objects.filter(serial=ticket.serial))
    ids = [rows.order_by().values("pk") for rows in wanted]
    if ticket.customer_id:
        ids.append(WorkItem.objects.filter(customer_id=ticket.customer_id).order_by().values("pk"))
    first = Case(
        When(follows_id=ticket.pk, then=Value(0)),
        # Before those that ended, so that none of the customer's open ones is cut off.
        When(~Q(state__in=ENDED), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Ticket.objects.filter(as_value(scope_condition(user)), pk__in=ids[0].union(*ids[1:], all=True))
    rows = rows.exclude(pk=ticket.pk).select_related("owner")
    found = sorted(rows.order_by(first, "-opened_at")[: limit + 6], key=lambda other: other.opened_at, reverse=True)
    since = ticket.opened_at - REPEAT_WITHIN
    return Around(
        earlier=[other for other in found if other.follows_id != ticket.pk][:limit],
        repeats=[
            other
            for other in found
            if ticket.serial and other.serial == ticket.serial and since <= other.opened_at <= ticket.opened_at
        ],
        followed_by=[other for other in found if other.follows_id == ticket.pk],
        still_open=[other for other in found if other.customer_id == ticket.customer_id and other.state not in ENDED][
            :5
        ],
    )


def tasks_of(user: User, ticket: Ticket) -> list[WorkItem]:
    """Planned calls and recovery that hang on the ticket, in the order they are due."""
    return list(
        WorkItem.objects.visible_to(user)
        .filter(parent__in=family(ticket.pk))
        .exclude(kind__in=TicketKind.values)
        .select_related("owner")
        .order_by("planned_at", "pk")
    )


def open_tickets_of(user: User, customer: Customer, limit: int = 5) -> list[Ticket]:
    """What is open with this customer, newest first: a caller may be speaking of one of them (US-07)."""
    return list(
        Ticket.objects.visible_to(user)
        .filter(customer=customer)
        .exclude(state__in=ENDED)
        .select_related("owner")
        .order_by("-opened_at")[:limit]
    )


def tickets_of_customer(user: User, customer: Customer) -> QuerySet[Ticket]:
    """All the customer's tickets the user may see: open ones first, then the newest."""
    ended = Case(When(state__in=ENDED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return (
        Ticket.objects.visible_to(user).filter(customer=customer).select_related("owner").order_by(ended, "-opened_at")
    )
