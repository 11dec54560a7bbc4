"""Tickets: list, open, show, change their own fields, and why each promise is due when it is."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import (
    branch_of,
    category_of,
    customer_of,
    held_ticket,
    shown_ticket,
    team_of,
    ticket_of,
)
from halkhata.doors.api.own_fields import (
    CustomFilter,
    CustomIn,
    CustomOut,
    TagFilter,
    TagsIn,
    narrowed,
    own_fields_of,
    with_own_fields,
)
from halkhata.doors.api.shapes import Body, Id, Instant, Number, PageOut, change, listed, listing, read, write
from halkhata.doors.api.versions import note_version, require_match
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.selectors.explain import explain_item
from halkhata.foundation.core.clock import now

router = Router(tags=["tickets"])
State = Literal[
    "new", "open", "waiting_customer", "waiting_manufacturer", "waiting_internal", "resolved", "closed", "merged"
]
Kind = Literal["complaint", "question", "request"]
Level = Literal["low", "medium", "high"]
PriorityCode = Literal["urgent", "high", "normal", "low"]
ORDERS = {
    "-opened_at": Order(column="opened_at", descending=True),
    "opened_at": Order(column="opened_at"),
    "-updated_at": Order(column="last_activity_at", descending=True),
    "updated_at": Order(column="last_activity_at"),
    "due_at": Order(column="next_due_at", nullable=True),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}


class TicketOut(Schema):
    """One ticket. `updated_at` is when something last happened on it."""

    id: int
    number: str
    kind: str
    subject: str
    description: str
    state: str
    state_flag: str
    priority: str
    impact: str
    urgency: str
    channel: str
    category: str | None
    serial: str
    caller_name: str
    safety_words: list[str]
    customer_id: int | None
    branch_id: int
    team_id: int | None
    owner_id: int
    owner: str
    opened_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    next_due_at: datetime | None
    is_late: bool
    is_breached: bool
    escalation_level: int
    reopen_count: int
    merged_into_id: int | None
    parent_id: int | None
    version: int


class TicketFull(TicketOut):
    """One ticket with the fields of the shop's own and the tags."""

    custom: CustomOut
    tags: list[str]


class TicketPage(PageOut):
    """A page of tickets."""

    items: list[TicketFull]


class TicketFilters(Page):
    """Which tickets. Several filters narrow together."""

    state: State | None = None
    state_flag: Literal["open", "paused", "resolved"] | None = None
    kind: Kind | None = None
    priority: PriorityCode | None = None
    channel: Literal["email", "web_form", "phone", "counter", "api", "internal"] | None = None
    customer_id: Id | None = None
    owner_id: Id | None = None
    team_id: Id | None = None
    branch_id: Id | None = None
    category: Annotated[str, Field(max_length=40)] | None = None
    serial: Annotated[str, Field(max_length=60)] | None = None
    late: bool | None = None
    opened_since: Instant | None = None
    opened_before: Instant | None = None
    updated_since: Instant | None = None
    tag: TagFilter = None
    custom: CustomFilter = []
    order: Literal["-opened_at", "opened_at", "-updated_at", "updated_at", "due_at", "-id", "id"] = "-opened_at"


class TicketIn(Body):
    """A new ticket. The branch is that of the key's user unless another inside its reach is named."""

    subject: Annotated[str, Field(min_length=1, max_length=200, examples=["Fridge does not cool"])]
    description: Annotated[str, Field(max_length=20_000)] = ""
    kind: Kind = "complaint"
    customer_id: Id | None = None
    branch_id: Id | None = None
    team_id: Id | None = None
    category: Annotated[str, Field(max_length=40, description="The code of a category.")] | None = None
    impact: Level = "medium"
    urgency: Level = "medium"
    serial: Annotated[str, Field(max_length=60)] = ""
    caller_name: Annotated[str, Field(max_length=120)] = ""
    custom: CustomIn = {}
    tags: TagsIn = []
    acknowledge: Annotated[bool, Field(description="Whether the customer gets the automatic acknowledgement.")] = True


class TicketPatch(Body):
    """What is to be changed; what is left out, or null, stays. State, owner and priority have roads of their own."""

    subject: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    serial: Annotated[str, Field(max_length=60)] | None = None
    caller_name: Annotated[str, Field(max_length=120)] | None = None
    category: Annotated[str, Field(max_length=40)] | None = None
    impact: Level | None = None
    urgency: Level | None = None
    custom: CustomIn | None = None
    tags: TagsIn | None = None


class SlaOut(Schema):
    """Each promise clock, stretch by stretch: spans in seconds, reasons in words."""

    number: str
    kind: str
    planned_at: str | None = None
    policy: dict[str, Any] | None = None
    clocks: list[dict[str, Any]]


@router.get("", response=listing(TicketPage), summary="List tickets")
def list_tickets(request: KeyRequest, filters: Query[TicketFilters]) -> dict[str, Any]:
    """The tickets inside the key's reach."""
    require_scope(request, "ticket.view")
    rows = Ticket.objects.visible_to(request.user).select_related("owner", "category").filter(_conditions(filters))
    rows = narrowed(request, "ticket", rows, tag=filters.tag, custom=filters.custom)
    found = listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), ticket_out)
    return with_own_fields(request, "ticket", found)


@router.post("", response=write(TicketFull, 201), summary="Open a ticket")
def create_ticket(request: KeyRequest, body: TicketIn, response: HttpResponse) -> Status:
    """Opens a ticket; it gets number, owner and promises like any other."""
    require_scope(request, "ticket.create")
    values = body.dict()
    customer_id, branch_id, team_id, category = (
        values.pop(name) for name in ("customer_id", "branch_id", "team_id", "category")
    )
    ticket = open_ticket(
        actor=request.user,
        channel=Channel.API,
        customer=customer_of(request, customer_id) if customer_id is not None else None,
        branch=branch_of(request, branch_id) if branch_id is not None else request.user.branch,
        team=team_of(request, team_id) if team_id is not None else None,
        category=category_of(category) if category is not None else None,
        **values,
    )
    response["Location"] = f"/api/v1/tickets/{ticket.number}"
    return Status(201, own_fields_of(request, "ticket", ticket_out(shown_ticket(request, ticket))))


@router.get("/{number}", response=read(TicketFull), summary="Show a ticket")
def show_ticket(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One ticket by its number, in Latin or Bengali."""
    require_scope(request, "ticket.view")
    ticket = ticket_of(request, number)
    note_version(request, ticket.version)
    return own_fields_of(request, "ticket", ticket_out(ticket))


@router.patch("/{number}", response=change(TicketFull), summary="Change a ticket's fields")
def patch_ticket(request: KeyRequest, number: Number, body: TicketPatch) -> dict[str, Any]:
    """Changes what is sent. `If-Match` must name the version that was read."""
    require_scope(request, "ticket.edit")
    ticket = held_ticket(request, number)
    require_match(request, ticket.version)
    changes = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    if "category" in changes:
        changes["category"] = category_of(changes["category"])
    changes.setdefault("custom", {})
    change_ticket(actor=request.user, ticket=ticket, version=ticket.version, **changes)
    return own_fields_of(request, "ticket", ticket_out(shown_ticket(request, ticket)))


@router.get("/{number}/sla", response=read(SlaOut), summary="Explain a ticket's promises")
def explain_ticket(request: KeyRequest, number: Number) -> dict[str, Any]:
    """Each promise of the ticket, stretch by stretch: when its clock ran, when it stood still, and why."""
    require_scope(request, "ticket.view")
    return explain_item(ticket_of(request, number), request.user)


def _conditions(filters: TicketFilters) -> Q:
    wanted = Q()
    equal = {
        "state": "state", "state_flag": "state_flag", "kind": "ticket_kind", "priority": "priority",
        "channel": "channel", "customer_id": "customer_id", "owner_id": "owner_id", "team_id": "team_id",
        "branch_id": "branch_id", "category": "category__code",
    }  # fmt: skip
    for name, column in equal.items():
        if (value := getattr(filters, name)) is not None:
            wanted &= Q(**{column: value})
    if filters.serial is not None:
        wanted &= Q(serial=filters.serial.strip().upper())
    if filters.late is not None:
        late = ~Q(state_flag=StateFlag.RESOLVED) & Q(next_due_at__lt=now())
        wanted &= (
            late
            if filters.late
            else Q(state_flag=StateFlag.RESOLVED) | Q(next_due_at__isnull=True) | Q(next_due_at__gte=now())
        )
    if filters.opened_since:
        wanted &= Q(opened_at__gte=filters.opened_since)
    if filters.opened_before:
        wanted &= Q(opened_at__lt=filters.opened_before)
    if filters.updated_since:
        wanted &= Q(last_activity_at__gte=filters.updated_since)
    return wanted


def ticket_out(ticket: Ticket) -> dict[str, Any]:
    """The ticket as it is answered: a closed list of fields."""
    names = (
        "id", "number", "subject", "description", "state", "state_flag", "priority", "impact", "urgency", "channel",
        "serial", "caller_name", "safety_words", "customer_id", "branch_id", "team_id", "owner_id", "opened_at",
        "first_response_at", "resolved_at", "closed_at", "next_due_at", "is_breached", "escalation_level",
        "reopen_count", "merged_into_id", "parent_id", "version",
    )  # fmt: skip
    late = ticket.state_flag != StateFlag.RESOLVED and ticket.next_due_at is not None and ticket.next_due_at < now()
    return {
        **{name: getattr(ticket, name) for name in names},
        "kind": ticket.ticket_kind,
        "category": ticket.category.code if ticket.category else None,
        "owner": ticket.owner.audit_label,
        "updated_at": ticket.last_activity_at,
        "is_late": late,
    }
