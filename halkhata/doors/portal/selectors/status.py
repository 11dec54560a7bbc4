"""What a customer sees of a ticket: plain steps, what comes next, what was promised. A closed list of fields (B19)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.tickets.choices import Remedy, TicketState
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.states import may_reopen
from halkhata.doors.portal.selectors.delays import Delay, delay_of
from halkhata.doors.portal.selectors.gone_up import WentUp, gone_up
from halkhata.engines.work.choices import ClockState, Metric, StateFlag, WorkEventKind
from halkhata.engines.work.models import SlaClock, WorkEvent, WorkItem
from halkhata.foundation.core.clock import now
from halkhata.oversight.automation.customer_time import told_time


@dataclass(frozen=True, slots=True)
class Step:
    """One step that the customer may know of."""

    code: str
    words: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it was solved, in the words of the letter that tells so."""

    action: str
    remedy: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Status:
    """Everything that the page says about where a ticket stands. Times in words are in the customer's zone."""

    number: str
    subject: str
    opened_at: datetime
    state: str
    headline: str
    next_steps: list[str]
    steps: list[Step]
    # To whom above it went, one line for each level.
    went_up: list[WentUp] = field(default_factory=list)
    delay: Delay | None = None
    outcome: Outcome | None = None
    # Until when "still not solved" opens the same ticket again; later it opens a linked one.
    reopens_until: str = ""
    may_say_not_solved: bool = False
    asks_survey: bool = False
    is_over: bool = False
    # Part of another customer's ticket: nothing of that one is told.
    is_joined: bool = False
    serial: str = ""
    safety: bool = False


HEADLINES: dict[str, Any] = {
    TicketState.NEW: lambda: _("We have received it."),
    TicketState.OPEN: lambda: _("We are looking into it."),
    TicketState.WAITING_CUSTOMER: lambda: _("We are waiting for your answer."),
    TicketState.WAITING_MANUFACTURER: lambda: _("We are waiting for the manufacturer."),
    # Which colleague waits for which is our own affair.
    TicketState.WAITING_INTERNAL: lambda: _("We are looking into it."),
    TicketState.RESOLVED: lambda: _("We think it is solved."),
    TicketState.CLOSED: lambda: _("It is closed."),
    # Whose the other report is, and how it stands, is no affair of this customer's.
    TicketState.MERGED: lambda: _("We look into it together with another report of the same matter."),
}


def status_of_ticket(ticket: Ticket, *, language: str, zone: str = "") -> Status:
    """The status in the active language; times are told in ``language`` and ``zone`` (IANA, the customer's)."""
    at, state = now(), TicketState(ticket.state)
    is_joined = ticket.merged_into_id is not None
    is_over = ticket.state_flag == StateFlag.RESOLVED and not is_joined
    clocks = list(SlaClock.objects.filter(item_id=ticket.pk).exclude(state=ClockState.CANCELLED))
    delay = None if is_over or is_joined else delay_of(ticket, clocks, language=language, zone=zone, at=at)
    reopens = may_reopen(ticket, at)
    events = list(WorkEvent.objects.filter(item_id=ticket.pk).order_by("at", "id"))
    return Status(
        number=ticket.number,
        subject=ticket.subject,
        opened_at=ticket.opened_at,
        state=ticket.state,
        headline=HEADLINES[state](),
        next_steps=_next_steps(ticket, state, clocks, language=language, zone=zone, at=at, is_late=delay is not None),
        steps=_steps(events),
        went_up=gone_up(events),
        delay=delay,
        outcome=_outcome(ticket) if is_over else None,
        reopens_until=_reopens_until(ticket, language, zone) if reopens else "",
        may_say_not_solved=is_over or delay is not None,
        asks_survey=is_over and open_invitation(ticket) is not None,
        is_over=is_over,
        is_joined=is_joined,
        serial=ticket.serial,
        safety=bool(ticket.safety_words) and not is_over and not is_joined,
    )


def open_invitation(ticket: Ticket) -> SurveyInvitation | None:
    """The newest question about this ticket that is not answered and still waits for an answer."""
    return (
        SurveyInvitation.objects.select_related("survey", "item", "customer")
        .filter(item_id=ticket.pk, expires_at__gt=now(), response__isnull=True)
        .order_by("-created_at", "-pk")
        .first()
    )


def _reopens_until(ticket: Ticket, language: str, zone: str) -> str:
    assert ticket.resolved_at is not None
    return told_time(ticket.resolved_at + desk_rules().reopen_window, item=ticket, language=language, zone=zone)


def _next_steps(
    ticket: Ticket,
    state: TicketState,
    clocks: Sequence[SlaClock],
    *,
    language: str,
    zone: str,
    at: datetime,
    is_late: bool,
) -> list[str]:
    """What happens next, one sentence each; the first matters most."""
    if state == TicketState.MERGED:
        return [_("You hear from us about it. If you want to tell us more, write a new complaint, or call us.")]
    if state == TicketState.CLOSED:
        return [
            _("If something is not right after all, write below: it becomes a new complaint that points to this one.")
        ]
    if state == TicketState.RESOLVED:
        return [_("Is it right for you, too? Then there is nothing to do. If not, tell us below.")]
    lines = []
    if state == TicketState.WAITING_CUSTOMER:
        lines.append(_("Please answer our question below, or call us. We go on as soon as we hear from you."))
    if state == TicketState.WAITING_MANUFACTURER:
        lines.append(_("We have asked the manufacturer and tell you as soon as there is an answer."))
    running = [clock for clock in clocks if clock.state == ClockState.RUNNING and clock.due_at and clock.due_at > at]
    answer = min(
        (clock.due_at for clock in running if clock.metric != Metric.RESOLUTION and clock.due_at), default=None
    )
    solved = min(
        (clock.due_at for clock in running if clock.metric == Metric.RESOLUTION and clock.due_at), default=None
    )
    if answer is not None:
        lines.append(
            _("You hear from us %(when)s.") % {"when": told_time(answer, item=ticket, language=language, zone=zone)}
        )
    if solved is not None:
        lines.append(
            _("We mean to have it solved %(when)s.")
            % {"when": told_time(solved, item=ticket, language=language, zone=zone)}
        )
    if not lines and not is_late:
        lines.append(_("Somebody is at work on it and tells you how it goes on."))
    return lines


_OF_STATE = {
    TicketState.OPEN: "looking",
    TicketState.WAITING_INTERNAL: "looking",
    TicketState.WAITING_CUSTOMER: "waiting_you",
    TicketState.WAITING_MANUFACTURER: "waiting_manufacturer",
}


def _steps(events: Sequence[WorkEvent]) -> list[Step]:
    """The public steps of a history, without one that repeats the step before."""
    words = {
        "received": _("Received"),
        "looking": _("Being looked at"),
        "waiting_you": _("Waiting for you"),
        "waiting_manufacturer": _("Waiting for the manufacturer"),
        "solved": _("Solved"),
        "reopened": _("Opened again"),
        "closed": _("Closed"),
    }
    steps: list[Step] = []
    for event in events:
        code = _code_of(event)
        if code and (not steps or steps[-1].code != code):
            steps.append(Step(code, words[code], event.at))
    return steps


def _code_of(event: WorkEvent) -> str:
    kind = event.kind
    fixed = {
        WorkEventKind.OPENED: "received",
        WorkEventKind.RESOLVED: "solved",
        WorkEventKind.REOPENED: "reopened",
        WorkEventKind.CLOSED: "closed",
    }
    if kind in fixed:
        return fixed[WorkEventKind(kind)]
    if kind == WorkEventKind.STATE_CHANGED:
        return _OF_STATE.get(event.data.get("to", ""), "")
    return ""


def _outcome(ticket: Ticket) -> Outcome | None:
    found = Resolution.objects.filter(ticket=ticket, undone_at__isnull=True).first()
    if found is None:
        return None
    # The others ("explained", "refused", "other") say nothing that the words do not say better.
    told = {Remedy.REPAIRED, Remedy.REPLACED, Remedy.REFUNDED, Remedy.DISCOUNT}
    return Outcome(
        action=found.action,
        remedy=str(Remedy(found.remedy).label) if found.remedy in told else "",
        at=found.resolved_at,
    )


def other_tickets(tickets: Sequence[Ticket], shown: Ticket) -> list[Ticket]:
    """The customer's other tickets, as the list below the page names them."""
    return [ticket for ticket in tickets if ticket.pk != shown.pk]


def survivor_of(ticket: Ticket, tickets: Sequence[Ticket]) -> WorkItem | None:
    """Where a merged ticket goes on, if that one is the customer's, too."""
    return next((other for other in tickets if other.pk == ticket.merged_into_id), None)
