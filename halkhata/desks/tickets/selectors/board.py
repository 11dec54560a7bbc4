"""The list of all tickets: every state, newest first."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition, scope_key
from halkhata.foundation.core.capped import CappedCount
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects, kept_row
from halkhata.foundation.core.models import Installation, NumberSequence
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.core.trigrams import MIN_PART, TextTable
from halkhata.foundation.core.trigrams import parameters as text_parameters
from halkhata.records.customers.selectors.keyset import Page, page_by_time

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

# Serial numbers are stored in capitals; any part of one is looked up here.
SERIALS = TextTable(table="tickets_ticket", column="serial", key="workitem_ptr_id")
# So many of each are looked at; nobody reads more hits than this.
SERIAL_HITS, NUMBER_HITS = 300, 200
# A number as written, the bare digits of one; no ticket has NO_NUMBER. _SOME_PART stands for what is typed.
FEW_NUMBERS, NO_NUMBER, _SOME_PART = 2, "-", SOME_TEXT * MIN_PART


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
    rows = _narrowed(user, wanted).filter(_in_view(wanted.view))
    return page_by_time(
        rows.select_related("customer", "owner", "category"), field="opened_at", before=before, after=after, size=size
    )


def board_counts(user: User, wanted: BoardFilter) -> dict[str, int]:
    """How many tickets each tab would show under the same filter, each up to COUNTED, in one query."""
    rows = _narrowed(user, wanted)
    counted = {f"n_{name}": CappedCount.of(rows.filter(_in_view(name))) for name in VIEWS}
    found = Installation.objects.filter(pk=1).annotate(**counted).values_list(*counted).first()
    return {name: count or 0 for name, count in zip(VIEWS, found or (0,) * len(VIEWS), strict=True)}


def _in_view(name: str) -> Q:
    """The condition of a tab, in the words of the index that has its tickets in order."""
    if name == "all":
        return ~Q(state=TicketState.MERGED)
    if name == "working":
        return ~Q(state_flag=StateFlag.RESOLVED)
    return Q(state__in=VIEWS[name])


def _narrowed(user: User, wanted: BoardFilter) -> QuerySet[Ticket]:
    # Read in order and then looked at: the alternatives of a scope would be read whole and sorted.
    rows = Ticket.objects.filter(as_value(scope_condition(user)))
    if wanted.kind:
        rows = rows.filter(ticket_kind=wanted.kind)
    if wanted.category:
        rows = rows.filter(category_id=wanted.category)
    if wanted.mine:
        rows = rows.filter(owner=user)
    return rows


def find_tickets(user: User, text: str, limit: int = 10) -> list[Ticket]:
    """Tickets by number in any spelling, by its bare digits or its last three or more, or by a part of a serial number.

    The newest first. Any three letters of a serial number are enough.
    """
    typed = fold_digits(clean_text(text)).upper()
    if not typed:
        return []
    numbers = [number for number in (parse_ref(typed),) if number]
    if typed.isascii() and typed.isdigit() and len(typed) <= 9:
        numbers += [f"K-{int(typed)}", *_numbers_ending_in(typed)]
    is_part = len(typed) >= MIN_PART
    if not (numbers or is_part):
        return []
    # One statement for few numbers and one for many: the places that are left over repeat the first.
    room = FEW_NUMBERS if len(numbers) <= FEW_NUMBERS else FEW_NUMBERS + NUMBER_HITS
    numbers = [*numbers, *[numbers[0] if numbers else NO_NUMBER] * (room - len(numbers))]
    places = [f"{SOME_TEXT}{place}" for place in range(room)]
    values = dict(zip(places, numbers, strict=True))
    if is_part:
        values |= dict(zip(text_parameters([_SOME_PART]), text_parameters([typed]), strict=True))
    return kept_objects(
        ("found tickets", scope_key(user), room, is_part, limit),
        lambda: _found(user, places, _SOME_PART if is_part else "")[:limit],
        values,
    )


def _found(user: User, numbers: list[str], part: str) -> QuerySet[Ticket]:
    # A look-up by index for each: as one condition over two tables, the database would read every ticket.
    ids = WorkItem.objects.filter(number__in=numbers).order_by().values("pk")
    if part:
        held = SERIALS.holding(part, SERIAL_HITS)
        ids = ids.union(Ticket.objects.filter(pk__in=held).order_by().values("pk"), all=True)
    found = Ticket.objects.filter(as_value(scope_condition(user)), pk__in=ids)
    return found.select_related("customer").order_by("-opened_at")


def _numbers_ending_in(digits: str) -> list[str]:
    """The newest numbers that end in these digits: people read the last ones aloud. Counted, not searched for."""
    if len(digits) < MIN_PART:
        return []
    row = kept_row("last ticket", lambda: NumberSequence.objects.filter(pk="K").values_list("last_value"), {})
    last = row[0] if row else 0
    step = 10 ** len(digits)
    newest = last - (last - int(digits)) % step
    return [f"K-{number}" for number in range(newest, 0, -step)[:NUMBER_HITS]]
