"""Minutes of work on a ticket: a ledger that is only added to."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from halkhata.desks.tickets.services.minutes import take_ticket_minutes_back, write_ticket_minutes
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import held_ticket, ticket_of
from halkhata.doors.api.shapes import Body, Day, IdPath, Number, act, read, write
from halkhata.engines.work.models import WorkMinutes
from halkhata.engines.work.selectors.minutes import ledger

router = Router(tags=["ticket steps"])


class MinutesIn(Body):
    """Work of the key's user. `worked_on`: the day at the branch; today when left out."""

    minutes: Annotated[int, Field(ge=1, le=1440, examples=[25])]
    what: Annotated[str, Field(min_length=1, max_length=300, examples=["Called the workshop"])]
    worked_on: Day | None = None


class MinutesOut(Schema):
    """One line. `takes_back`: the line that it undoes, with minutes below zero. `number`: the ticket it was written on,
    which may have been merged into this one."""

    id: int
    number: str
    minutes: int
    what: str
    worked_on: date
    person_id: int | None
    person: str
    takes_back: int | None
    at: datetime


class Ledger(Schema):
    """Every line, oldest first, and their sum."""

    total_minutes: int
    items: list[MinutesOut]


@router.get("/{number}/minutes", response=read(Ledger), summary="Minutes of work")
def list_minutes(request: KeyRequest, number: Number) -> dict[str, Any]:
    """The ledger of the ticket and of what was merged into it."""
    require_scope(request, "ticket.view")
    return _ledger_out(ticket_of(request, number).pk)


@router.post("/{number}/minutes", response=write(Ledger, 201), summary="Write down minutes of work")
def add_minutes(request: KeyRequest, number: Number, body: MinutesIn) -> Status:
    """Adds a line of the key's user. A line cannot be changed; a wrong one is taken back."""
    require_scope(request, "ticket.note")
    ticket = held_ticket(request, number)
    write_ticket_minutes(actor=request.user, ticket=ticket, **body.dict())
    return Status(201, _ledger_out(ticket.pk))


@router.post("/{number}/minutes/{minutes_id}/reversal", response=act(Ledger, 201), summary="Take a line back")
def take_back(request: KeyRequest, number: Number, minutes_id: IdPath) -> Status:
    """Adds the line that undoes this one: one's own, or with the right to give work to others anybody's."""
    require_scope(request, "ticket.note")
    ticket = held_ticket(request, number)
    take_ticket_minutes_back(actor=request.user, ticket=ticket, line_id=minutes_id)
    return Status(201, _ledger_out(ticket.pk))


def _ledger_out(ticket_id: int) -> dict[str, Any]:
    lines = list(ledger(ticket_id))
    return {"total_minutes": sum(line.minutes for line in lines), "items": [_line_out(line) for line in lines]}


def _line_out(line: WorkMinutes) -> dict[str, Any]:
    return {
        "id": line.pk,
        "number": line.item.number,
        "minutes": line.minutes,
        "what": line.what,
        "worked_on": line.worked_on,
        "person_id": line.actor_id_then,
        "person": line.actor_label,
        "takes_back": line.takes_back_id,
        "at": line.at,
    }
