"""What belongs around a ticket: follow-up work, what came before, what came after."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from halkhata.desks.tickets.choices import ENDED, TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.merged import family
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition, scope_key
from halkhata.foundation.core.kept_sql import ANOTHER_ID, SOME_ID, SOME_TEXT, kept_objects
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
    wanted: dict[Any, Any] = {SOME_ID: ticket.pk}
    if ticket.customer_id:
        wanted[ANOTHER_ID] = ticket.customer_id
    if ticket.serial:
        wanted[SOME_TEXT] = ticket.serial
    near = kept_objects(
        ("around a ticket", scope_key(user), limit, *wanted), lambda: _near(user, set(wanted), limit + 6), wanted
    )
    found = sorted(near, key=lambda other: other.opened_at, reverse=True)
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


def _near(user: User, known: set[Any], limit: int) -> QuerySet[Ticket]:
    """What follows the ticket SOME_ID, is about the unit SOME_TEXT or the customer ANOTHER_ID, if they are known."""
    # A look-up by index for each: as one condition over two tables, the database would read every ticket.
    ids: list[QuerySet[Any, Any]] = [Ticket.objects.filter(follows_id=SOME_ID).order_by().values("pk")]
    if SOME_TEXT in known:
        # The index leaves out tickets without a serial number: the condition says so, too.
        ids.append(Ticket.objects.exclude(serial="").filter(serial=SOME_TEXT).order_by().values("pk"))
    if ANOTHER_ID in known:
        ids.append(WorkItem.objects.filter(customer_id=ANOTHER_ID).order_by().values("pk"))
    first = Case(
        When(follows_id=SOME_ID, then=Value(0)),
        # Before those that ended, so that none of the customer's open ones is cut off.
        When(~Q(state__in=ENDED), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Ticket.objects.filter(as_value(scope_condition(user)), pk__in=ids[0].union(*ids[1:], all=True))
    return rows.exclude(pk=SOME_ID).select_related("owner").order_by(first, "-opened_at")[:limit]


def tasks_of(user: User, ticket: Ticket) -> list[WorkItem]:
    """Planned calls and recovery that hang on the ticket, in the order they are due."""
    return kept_objects(("tasks of a ticket", scope_key(user)), lambda: _tasks(user), {SOME_ID: ticket.pk})


def _tasks(user: User) -> QuerySet[WorkItem]:
    return (
        WorkItem.objects.visible_to(user)
        .filter(parent__in=family(SOME_ID))
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
