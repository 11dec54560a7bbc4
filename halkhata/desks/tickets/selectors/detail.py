"""Everything the page of one ticket shows, in a fixed number of queries whatever the length of its story."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Call, Resolution, Ticket
from halkhata.engines.messaging.models import Conversation, TextMessage
from halkhata.engines.work.choices import ClockState, Metric
from halkhata.engines.work.models import ChecklistItem, SlaClock, WorkEvent, WorkItem
from halkhata.engines.work.selectors.minutes import minutes_here, minutes_of
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.kept_sql import SOME_ID, SOME_TEXT, hold_related, kept_objects
from halkhata.foundation.fields.selectors.schema import stamp_of
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.selectors.customers import contact_points_of


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Who it is and how to reach the person."""

    customer: Customer
    phones: list[ContactPoint]
    emails: list[ContactPoint]


def ticket_for(user: User, number: str, *, with_hints: bool = False) -> Ticket:
    """The ticket with this number, in any way to type it. Raises NotFound outside the user's scope, too.

    ``with_hints`` adds, in the same query, what lets its page leave out the questions that have no answer (_hints).
    """
    found = kept_objects(
        ("ticket", scope_key(user), with_hints),
        lambda: _by_number(user, with_hints=with_hints),
        {SOME_TEXT: parse_ref(number) or number},
    )
    if not found:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found[0]


def _by_number(user: User, *, with_hints: bool) -> QuerySet[Ticket]:
    # Without the ticket that this one follows or may belong to: few have either, and every reader would pay the joins.
    tickets = Ticket.objects.visible_to(user)
    return (
        (tickets.annotate(**_hints()) if with_hints else tickets)
        .select_related("customer", "customer__organization", "owner", "branch", "team", "category", "taken_by")
        .filter(number=SOME_TEXT)[:1]
    )


def _hints() -> dict[str, Any]:
    """Most tickets have no calls, no short texts, no kin and no resolution: each is a lookup by index in one query."""
    here = OuterRef("pk")
    unjoined = Call.objects.filter(customer=OuterRef("customer_id"), message__isnull=True, system__isnull=False)
    return {
        "hint_event": Subquery(WorkEvent.objects.filter(item=here).order_by("-pk").values("pk")[:1]),
        "hint_address": Subquery(Conversation.objects.filter(item=here).values("customer_address")[:1]),
        "hint_calls": Exists(Call.objects.filter(item=here)) | Exists(unjoined),
        "hint_texts": Exists(TextMessage.objects.filter(item=here)),
        "fields_token": stamp_of("ticket"),
        "hint_resolutions": Exists(Resolution.objects.filter(ticket=here)),
        "hint_below": Exists(WorkItem.objects.filter(parent=here))
        | Exists(WorkItem.objects.filter(parent__merged_into=here)),
        "hint_minutes": minutes_here(),
        "hint_merged": Exists(WorkItem.objects.filter(merged_into=here)),
    }


def customer_card(ticket: Ticket) -> CustomerCard | None:
    """The customer with all ways to be reached, in one query; None for a caller who stayed unknown."""
    if ticket.customer is None:
        return None
    # Kept with the customer: the composer asks for the addresses, too.
    hold_related(ticket.customer, contact_points=contact_points_of(ticket.customer.pk))
    points = list(ticket.customer.contact_points.all())
    return CustomerCard(
        ticket.customer,
        [point for point in points if point.kind == ContactKind.PHONE],
        [point for point in points if point.kind == ContactKind.EMAIL],
    )


# The first answer before the next, the next before the resolution.
_METRIC_ORDER = {Metric.FIRST_RESPONSE: 0, Metric.NEXT_RESPONSE: 1, Metric.RESOLUTION: 2}


def promise_clocks(ticket: Ticket) -> list[SlaClock]:
    """The promises worth showing: of each metric the last that was not cancelled."""
    latest: dict[str, SlaClock] = {}
    for clock in kept_objects("clocks of a ticket", _clocks, {SOME_ID: ticket.pk}):
        latest[clock.metric] = clock
    return sorted(latest.values(), key=lambda clock: _METRIC_ORDER[Metric(clock.metric)])


def _clocks() -> QuerySet[SlaClock]:
    return SlaClock.objects.filter(item_id=SOME_ID).exclude(state=ClockState.CANCELLED).order_by("cycle")


def is_late_unexplained(ticket: Ticket, clocks: list[SlaClock]) -> bool:
    """Whether a promise was broken, or breaks by now, and nobody has said why. ``clocks``: those of the page."""
    at = now()
    return ticket.unexplained_delays > 0 or any(
        clock.stopped_at is None and clock.explained_at is None and clock.due_at is not None and clock.due_at < at
        for clock in clocks
    )


def checklist_of(ticket: Ticket) -> list[ChecklistItem]:
    """The lines of the ticket's checklist with who ticked them."""
    return kept_objects("checklist of a ticket", _checklist, {SOME_ID: ticket.pk})


def _checklist() -> QuerySet[ChecklistItem]:
    return ChecklistItem.objects.filter(item_id=SOME_ID).select_related("done_by")


def resolutions_of(ticket: Ticket) -> QuerySet[Resolution]:
    """How it was solved, newest first; those undone by a reopen too."""
    if getattr(ticket, "hint_resolutions", True) is False:
        return Resolution.objects.none()
    return ticket.resolutions.select_related("told_by", "resolved_by")


def written_minutes(ticket: Ticket) -> int:
    """The minutes of work that were written down; no query where the page's own has brought them."""
    if hasattr(ticket, "hint_minutes"):
        return ticket.hint_minutes or 0
    return minutes_of([ticket.pk]).get(ticket.pk, 0)


def standing_resolution(resolutions: list[Resolution]) -> Resolution | None:
    """The resolution that still holds."""
    return next((resolution for resolution in resolutions if resolution.undone_at is None), None)


def checklist_progress(lines: list[ChecklistItem]) -> dict[str, Any]:
    """How far the checklist is, for the line above it."""
    done = sum(line.done_at is not None for line in lines)
    return {
        "done": done,
        "total": len(lines),
        "is_complete": all(line.done_at or not line.is_required for line in lines),
    }
