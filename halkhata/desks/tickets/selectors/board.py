"""The list of all tickets: every state, newest first."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.selectors.keyset import Page, page_by_time
from halkhata.records.customers.selectors.prefix import prefix_condition

WAITING = (TicketState.WAITING_CUSTOMER, TicketState.WAITING_MANUFACTURER, TicketState.WAITING_INTERNAL)
# What the tabs of the board show. The counts beside them are of exactly these rows.
VIEWS: dict[str, tuple[str, ...]] = {
    "working": (TicketState.NEW, TicketState.OPEN, *WAITING),
    "waiting": WAITING,
    "resolved": (TicketState.RESOLVED,),
    "closed": (TicketState.CLOSED,),
    "all": tuple(state.value for state in TicketState if state is not TicketState.MERGED),
}
FIRST_VIEW = "working"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to."""

    view: str = FIRST_VIEW
    kind: str = ""
    category: int | None = None
    mine: bool = False


def board_page(
    user: User, wanted: BoardFilter, *, before: str | None = None, after: str | None = None, size: int = 25
) -> Page[Ticket]:
    """One page of tickets by the time they were opened."""
    rows = _narrowed(user, wanted).filter(state__in=VIEWS[wanted.view])
    return page_by_time(
        rows.select_related("customer", "owner", "category"), field="opened_at", before=before, after=after, size=size
    )


def board_counts(user: User, wanted: BoardFilter) -> dict[str, int]:
    """How many tickets each tab would show under the same filter, in one query."""
    return _narrowed(user, wanted).aggregate(
        **{name: Count("pk", filter=Q(state__in=states)) for name, states in VIEWS.items()}
    )


def _narrowed(user: User, wanted: BoardFilter) -> QuerySet[Ticket]:
    rows = Ticket.objects.visible_to(user)
    if wanted.kind:
        rows = rows.filter(ticket_kind=wanted.kind)
    if wanted.category:
        rows = rows.filter(category_id=wanted.category)
    if wanted.mine:
        rows = rows.filter(owner=user)
    return rows


def find_tickets(user: User, text: str, limit: int = 10) -> list[Ticket]:
    """Tickets by number in any spelling, by bare digits of the number, or by the beginning of a serial number."""
    typed = fold_digits(clean_text(text)).upper()
    if not typed:
        return []
    numbers = {parse_ref(typed)} - {None}
    if typed.isascii() and typed.isdigit() and len(typed) <= 9:
        numbers.add(f"K-{int(typed)}")
    # A look-up by index for each: as one condition over two tables, the database would read every ticket.
    ids = WorkItem.objects.filter(number__in=numbers).order_by().values("pk")
    if len(typed) >= 3:
        serials = Ticket.objects.exclude(serial="").filter(prefix_condition("serial", typed))
        ids = ids.union(serials.order_by().values("pk"), all=True)
    return list(
        Ticket.objects.filter(as_value(scope_condition(user)), pk__in=ids)
        .select_related("customer")
        .order_by("-opened_at")[:limit]
    )
