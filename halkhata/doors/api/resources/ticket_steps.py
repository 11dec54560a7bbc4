"""What can be done with a ticket: state, owner, priority, call, resolution, reopening, closing. Verbs are resources."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StrictBool

from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.services.answering import log_ticket_call
from halkhata.desks.tickets.services.resolving import record_told, resolve_ticket
from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket, reopen_ticket
from halkhata.desks.tickets.services.work import assign_ticket, set_ticket_priority
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import category_of, held_ticket, person_of, shown_ticket
from halkhata.doors.api.resources.messages import MessageOut, message_out
from halkhata.doors.api.resources.tickets import PriorityCode, TicketOut, ticket_out
from halkhata.doors.api.shapes import Body, Id, Instant, Number, act, write

router = Router(tags=["ticket steps"])
Reason = Annotated[str, Field(max_length=200)]
# The product's own (product_defect, part_unavailable, service_delay, workmanship, wrong_information, behaviour,
# billing, delivery, misuse, no_fault, other) and those of the shop's register.
RootCauseCode = Annotated[
    str,
    Field(min_length=1, max_length=20, pattern=r"^[-a-zA-Z0-9_]+$", description="A code of the register of causes."),
]
RemedyCode = Literal["repaired", "replaced", "refunded", "explained", "apology", "discount", "refused", "other"]
ToldHowCode = Literal["phone", "person", "email", "sms", "letter"]


class StateIn(Body):
    """A working state. Resolving, reopening and closing have roads of their own."""

    state: Literal["open", "waiting_customer", "waiting_manufacturer", "waiting_internal"]


class AssignmentIn(Body):
    """Who is to own it."""

    owner_id: Id
    reason: Reason = ""


class PriorityIn(Body):
    """How soon."""

    priority: PriorityCode
    reason: Reason = ""


class TicketCallIn(Body):
    """A phone call. One that we made and the customer took counts as an answer."""

    outbound: StrictBool
    answered: StrictBool
    text: Annotated[str, Field(max_length=20_000)] = ""


class ResolutionIn(Body):
    """How it was solved. `told_at` and `told_how` when the customer has been told already."""

    root_cause: RootCauseCode
    action: Annotated[str, Field(min_length=1, max_length=20_000, examples=["Compressor replaced"])]
    remedy: RemedyCode
    category: Annotated[str, Field(max_length=40)] | None = None
    told_at: Instant | None = None
    told_how: ToldHowCode | None = None
    # Needed when a promise was broken and nobody has said why yet (problem `delay_reason_missing`).
    delay_reason: Annotated[str, Field(max_length=40, examples=["part_missing"])] = ""
    delay_note: Annotated[str, Field(max_length=500)] = ""


class ToldIn(Body):
    """When and how the customer was told how it ended."""

    told_at: Instant
    told_how: ToldHowCode


class ResolutionOut(Schema):
    """A resolution."""

    id: int
    root_cause: str
    action: str
    remedy: str
    told_at: datetime | None
    told_how: str
    told_by_id: int
    resolved_by_id: int
    resolved_at: datetime
    ticket: TicketOut


@router.post("/{number}/state", response=write(TicketOut), summary="Put it into another state")
def set_state(request: KeyRequest, number: Number, body: StateIn) -> dict[str, Any]:
    """Puts the ticket into another working state. A step that the state machine does not have is refused (409)."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    change_ticket_state(actor=request.user, ticket=ticket, state=body.state)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/assignment", response=write(TicketOut), summary="Give it to somebody")
def assign(request: KeyRequest, number: Number, body: AssignmentIn) -> dict[str, Any]:
    """Gives the ticket to a member of staff."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    if body.owner_id != request.user.pk:
        require_scope(request, "ticket.assign")
    assign_ticket(actor=request.user, ticket=ticket, owner=person_of(request, body.owner_id), reason=body.reason)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/priority", response=write(TicketOut), summary="Set its priority")
def set_priority(request: KeyRequest, number: Number, body: PriorityIn) -> dict[str, Any]:
    """Sets the priority by hand; the promises follow."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    set_ticket_priority(actor=request.user, ticket=ticket, priority=body.priority, reason=body.reason)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/calls", response=write(MessageOut, 201), summary="Write a call down")
def log_call(request: KeyRequest, number: Number, body: TicketCallIn) -> Status:
    """Writes a phone call down."""
    require_scope(request, "ticket.reply")
    ticket = held_ticket(request, number)
    return Status(201, message_out(log_ticket_call(actor=request.user, ticket=ticket, **body.dict())))


@router.post("/{number}/resolution", response=write(ResolutionOut, 201), summary="Resolve it")
def resolve(request: KeyRequest, number: Number, body: ResolutionIn) -> Status:
    """Resolves the ticket. Root cause, what was done, remedy and a category are needed; where a promise was broken that
    nobody has explained, a reason of delay, too."""
    require_scope(request, "ticket.resolve")
    ticket = held_ticket(request, number)
    values = body.dict()
    category = values.pop("category")
    values["told_how"] = values["told_how"] or ""
    resolution = resolve_ticket(
        actor=request.user,
        ticket=ticket,
        category=category_of(category) if category is not None else None,
        **values,
    )
    return Status(201, _resolution_out(request, resolution))


@router.post("/{number}/resolution/told", response=write(ResolutionOut), summary="The customer has been told")
def tell(request: KeyRequest, number: Number, body: ToldIn) -> dict[str, Any]:
    """Writes down, after resolving, when and how the customer was told how it ended."""
    require_scope(request, "ticket.resolve")
    ticket = held_ticket(request, number)
    resolution = record_told(actor=request.user, ticket=ticket, told_at=body.told_at, told_how=body.told_how)
    return _resolution_out(request, resolution)


@router.post("/{number}/reopening", response=act(TicketOut), summary="Open it again")
def reopen(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Opens a resolved ticket again; its clock goes on."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    reopen_ticket(actor=request.user, ticket=ticket)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/closing", response=act(TicketOut), summary="Close it for good")
def close(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Closes a resolved ticket for good: its checklist is complete and the customer has been told."""
    require_scope(request, "ticket.resolve")
    ticket = held_ticket(request, number)
    close_ticket(actor=request.user, ticket=ticket)
    return ticket_out(shown_ticket(request, ticket))


def _resolution_out(request: KeyRequest, resolution: Resolution) -> dict[str, Any]:
    names = (
        "id", "root_cause", "action", "remedy", "told_at", "told_how", "told_by_id", "resolved_by_id", "resolved_at",
    )  # fmt: skip
    return {
        **{name: getattr(resolution, name) for name in names},
        "ticket": ticket_out(shown_ticket(request, resolution.ticket)),
    }
