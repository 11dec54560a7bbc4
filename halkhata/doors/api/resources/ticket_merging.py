"""Tickets that become one, two again, or hang together. Verbs are resources."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Router, Status
from pydantic import Field, StrictBool

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.merging import ticket_typed
from halkhata.desks.tickets.services.batch_problems import set_parent
from halkhata.desks.tickets.services.merging import merge_tickets, unmerge_ticket
from halkhata.desks.tickets.services.splitting import split_ticket
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import category_of, held_ticket, shown_ticket
from halkhata.doors.api.resources.tickets import TicketOut, ticket_out
from halkhata.doors.api.shapes import Body, Id, Number, act, write

router = Router(tags=["ticket steps"])
TicketNumber = Annotated[str, Field(min_length=1, max_length=20, examples=["K-1045"])]


class MergeIn(Body):
    """Into which ticket. When the customers differ, `other_customer_is_right` must say that this is meant."""

    into: TicketNumber
    other_customer_is_right: StrictBool = False
    reason: Annotated[str, Field(max_length=200)] = ""


class SplitIn(Body):
    """Which messages of the customer's leave, and what the new ticket is called."""

    message_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    category: Annotated[str, Field(max_length=40, description="The code of a category.")] | None = None
    acknowledge: Annotated[bool, Field(description="Whether the customer gets the automatic acknowledgement.")] = True


class ParentIn(Body):
    """The number of the ticket that stands for the whole problem; null takes the ticket out."""

    parent: TicketNumber | None


@router.post("/{number}/merge", response=write(TicketOut), summary="Merge it into another ticket")
def merge(request: KeyRequest, number: Number, body: MergeIn) -> dict[str, Any]:
    """The other ticket takes in its messages, its later mail and its earlier promise. Answers with the other ticket."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    into = _named(request, body.into)
    merge_tickets(
        actor=request.user,
        ticket=ticket,
        into=into,
        other_customer_is_right=body.other_customer_is_right,
        reason=body.reason,
    )
    return ticket_out(shown_ticket(request, into))


@router.post("/{number}/unmerge", response=act(TicketOut), summary="Undo its merge")
def unmerge(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Both tickets are as they were before, for 30 days. Mail written for this one since comes back with it."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    unmerge_ticket(actor=request.user, ticket=ticket)
    return ticket_out(shown_ticket(request, ticket))


@router.post("/{number}/split", response=write(TicketOut, 201), summary="Split messages off")
def split(request: KeyRequest, number: Number, body: SplitIn, response: HttpResponse) -> Status:
    """Opens a second ticket with these messages. Its promises count from the oldest of them."""
    for scope in ("ticket.edit", "ticket.create"):
        require_scope(request, scope)
    ticket = held_ticket(request, number)
    new = split_ticket(
        actor=request.user,
        ticket=ticket,
        message_ids=body.message_ids,
        subject=body.subject,
        category=category_of(body.category) if body.category is not None else None,
        acknowledge=body.acknowledge,
    )
    response["Location"] = f"/api/v1/tickets/{new.number}"
    return Status(201, ticket_out(shown_ticket(request, new)))


@router.post("/{number}/parent", response=write(TicketOut), summary="Hang it under another ticket")
def put_under(request: KeyRequest, number: Number, body: ParentIn) -> dict[str, Any]:
    """Says to which larger problem the ticket belongs. There is one level: a child has no children."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    above = _named(request, body.parent) if body.parent is not None else None
    set_parent(actor=request.user, ticket=ticket, parent=above)
    return ticket_out(shown_ticket(request, ticket))


def _named(request: KeyRequest, number: str) -> Ticket:
    found = ticket_typed(request.user, number) if "\x00" not in number else None
    if found is None:
        raise Http404
    return found
