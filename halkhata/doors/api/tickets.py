"""Tickets: list, open, show, and why each promise is due when it is."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router, Status

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.cursors import PageQuery, slice_page
from halkhata.doors.api.schemas import Problem, TicketIn, TicketOut, TicketPage
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.selectors.explain import explain_item
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.accounts.policies import within_reach
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.customers.models import Customer

router = Router(tags=["tickets"])
REFUSALS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
Number = Annotated[str, Path(max_length=20)]


@router.get("", response={200: TicketPage, **REFUSALS})
def list_tickets(request: KeyRequest, page: PageQuery, state: str = "") -> dict[str, Any]:
    """The tickets inside the key's reach, newest first; ``state`` narrows to one state code."""
    require_scope(request, "ticket.view")
    rows = Ticket.objects.visible_to(request.user).select_related("owner")
    if state:
        rows = rows.filter(state=state[:24])
    found, following = slice_page(rows, page)
    return {"items": [_out(ticket) for ticket in found], "next": following}


@router.post("", response={201: TicketOut, **REFUSALS})
def create_ticket(request: KeyRequest, body: TicketIn) -> Status:
    """Open a ticket; it gets number, owner and promises like any other."""
    require_scope(request, "ticket.create")
    values = body.dict()
    customer_id, branch_id = values.pop("customer_id"), values.pop("branch_id")
    customer = None
    if customer_id is not None:
        customer = Customer.objects.visible_to(request.user).filter(pk=customer_id).first()
        if customer is None:
            raise Http404
    branch = request.user.branch
    if branch_id is not None:
        chosen = Branch.objects.filter(pk=branch_id, is_active=True).first()
        if chosen is None or not within_reach(request.user, chosen):
            raise Http404
        branch = chosen
    ticket = open_ticket(actor=request.user, customer=customer, channel=Channel.API, branch=branch, **values)
    return Status(201, _out(ticket))


@router.get("/{number}", response={200: TicketOut, **REFUSALS})
def show_ticket(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One ticket by its number, in Latin or Bengali."""
    require_scope(request, "ticket.view")
    return _out(_ticket(request, number))


@router.get("/{number}/sla", response={200: dict[str, Any], **REFUSALS})
def explain_ticket(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Each promise clock of the ticket, interval by interval."""
    require_scope(request, "ticket.view")
    return explain_item(_ticket(request, number))


def _ticket(request: KeyRequest, number: str) -> Ticket:
    canonical = parse_ref(number)
    ticket = Ticket.objects.visible_to(request.user).select_related("owner").filter(number=canonical or "").first()
    if ticket is None:
        raise Http404
    return ticket


def _out(ticket: Ticket) -> dict[str, Any]:
    names = (
        "id",
        "number",
        "subject",
        "description",
        "state",
        "state_flag",
        "priority",
        "channel",
        "serial",
        "customer_id",
        "branch_id",
        "team_id",
        "owner_id",
        "opened_at",
        "first_response_at",
        "resolved_at",
        "closed_at",
        "next_due_at",
        "version",
    )
    late = ticket.state_flag != "resolved" and ticket.next_due_at is not None and ticket.next_due_at < now()
    return {
        **{name: getattr(ticket, name) for name in names},
        "kind": ticket.ticket_kind,
        "owner": ticket.owner.audit_label,
        "is_late": late,
    }
