"""What was promised and not kept: reasons of delay, sending up, confirming, and where the time went."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field, StrictBool

from halkhata.desks.tickets import policies
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import held_ticket, shown_ticket, ticket_of
from halkhata.doors.api.resources.tickets import TicketOut, ticket_out
from halkhata.doors.api.shapes import Body, Instant, Number, act, answers, read, write
from halkhata.engines.work.models import DelayNote
from halkhata.engines.work.selectors.delays import delay_notes, delay_reasons
from halkhata.engines.work.selectors.minutes import minutes_of
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.engines.work.services.confirming import confirm_escalation, send_up
from halkhata.engines.work.services.delays import explain_delay

router = Router(tags=["ticket steps"])
reasons = Router(tags=["ticket steps"])


class DelayIn(Body):
    """Why it is late. `promised_at`: by when the customer hears from us instead."""

    reason: Annotated[str, Field(min_length=1, max_length=40, examples=["part_missing"])]
    note: Annotated[str, Field(max_length=500)] = ""
    promised_at: Instant | None = None
    tell_customer: StrictBool = True


class SendUpIn(Body):
    """A word for the person above."""

    note: Annotated[str, Field(max_length=300)] = ""


class DelayOut(Schema):
    """What was said about one broken promise."""

    id: int
    metric: str
    cycle: int
    reason: str
    note: str
    promised_at: datetime | None
    at: datetime


class Delays(Schema):
    """What was said, oldest first. `owed`: broken promises that wait for their reason."""

    owed: int
    items: list[DelayOut]


class ReasonOut(Schema):
    """A reason of delay. `needs_note`: a sentence must stand beside it."""

    code: str
    label: str
    needs_note: bool


class Reasons(Schema):
    """The reasons in use, in their order."""

    items: list[ReasonOut]


class ConfirmedOut(Schema):
    """How many steps were confirmed just now."""

    confirmed: int
    ticket: TicketOut


class StayOut(Schema):
    """One stay in one state, in seconds of clock time and of opening hours."""

    state: str
    side: str
    started_at: datetime
    ended_at: datetime
    seconds: int
    working_seconds: int


class SideOut(Schema):
    """Whose time: ours, customer, manufacturer, internal; `ended` is the time before it was opened again."""

    side: str
    seconds: int
    working_seconds: int


class Stages(Schema):
    """Where the time went, from the opening to the end or until now. `written_minutes`: work that people typed in."""

    is_over: bool
    seconds: int
    working_seconds: int
    written_minutes: int
    sides: list[SideOut]
    stays: list[StayOut]


@reasons.get("", response=answers({200: Reasons, 304: None}), summary="Reasons of delay")
def list_delay_reasons(request: KeyRequest) -> dict[str, Any]:
    """The reasons a shop knows. Their codes never change."""
    require_scope(request, "ticket.view")
    return {
        "items": [
            {"code": reason.code, "label": reason.label, "needs_note": reason.needs_note} for reason in delay_reasons()
        ]
    }


@router.get("/{number}/delays", response=read(Delays), summary="Why it was late")
def list_delays(request: KeyRequest, number: Number) -> dict[str, Any]:
    """What was said about its broken promises, and how many still wait for a reason."""
    require_scope(request, "ticket.view")
    ticket = ticket_of(request, number)
    return {"owed": ticket.unexplained_delays, "items": [_delay_out(note) for note in delay_notes(ticket)]}


@router.post("/{number}/delays", response=write(Delays, 201), summary="Say why it is late")
def explain(request: KeyRequest, number: Number, body: DelayIn) -> Status:
    """Gives the reason for every broken promise that has none. With a new time the customer is told, where the
    department sends such letters."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    policies.require(request.user, "ticket.edit", ticket)
    notes = explain_delay(actor=request.user, item=ticket, **body.dict())
    shown = shown_ticket(request, ticket)
    return Status(201, {"owed": shown.unexplained_delays, "items": [_delay_out(note) for note in notes]})


@router.post("/{number}/escalation", response=write(TicketOut), summary="Send it up")
def escalate(request: KeyRequest, number: Number, body: SendUpIn) -> dict[str, Any]:
    """Tells the next person up the ladder, who has to confirm in time."""
    require_scope(request, "work.escalate")
    ticket = held_ticket(request, number)
    policies.require(request.user, "work.escalate", ticket)
    send_up(actor=request.user, item=ticket, note=body.note)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/confirmation", response=act(ConfirmedOut), summary="Confirm what was sent up")
def confirm(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Confirms the steps that were sent up to the key's user; a second time confirms nothing."""
    require_scope(request, "ticket.view")
    ticket = held_ticket(request, number)
    done = confirm_escalation(actor=request.user, item=ticket)
    return {"confirmed": done, "ticket": ticket_out(shown_ticket(request, ticket))}


@router.get("/{number}/stages", response=read(Stages), summary="Where the time went")
def list_stages(request: KeyRequest, number: Number) -> dict[str, Any]:
    """How long it stood in each state, and whose time that was."""
    require_scope(request, "ticket.view")
    ticket = ticket_of(request, number)
    times = stage_times([ticket.pk])[ticket.pk]
    return {
        "is_over": times.is_over,
        "seconds": int(times.life.total.total_seconds()),
        "working_seconds": int(times.life.working.total_seconds()),
        "written_minutes": minutes_of([ticket.pk]).get(ticket.pk, 0),
        "sides": [
            {
                "side": side.value,
                "seconds": int(span.total.total_seconds()),
                "working_seconds": int(span.working.total_seconds()),
            }
            for side, span in times.sides.items()
        ],
        "stays": [
            {
                "state": stay.state,
                "side": stay.side.value,
                "started_at": stay.start,
                "ended_at": stay.end,
                "seconds": int(stay.span.total.total_seconds()),
                "working_seconds": int(stay.span.working.total_seconds()),
            }
            for stay in times.spans
        ],
    }


def _delay_out(note: DelayNote) -> dict[str, Any]:
    return {
        "id": note.pk,
        "metric": note.clock.metric,
        "cycle": note.clock.cycle,
        "reason": note.reason,
        "note": note.note,
        "promised_at": note.promised_at,
        "at": note.at,
    }
