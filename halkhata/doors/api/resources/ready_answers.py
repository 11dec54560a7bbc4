"""Ready-made answers that the key's user may use, and how they read for one ticket (A52.19)."""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from halkhata.desks.tickets.models import CannedReply, Ticket
from halkhata.desks.tickets.selectors.canned import counted, filled_rows, usable_by
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import ticket_of
from halkhata.doors.api.shapes import IdPath, PageOut, answers, read

router = Router(tags=["ready answers"])
ORDERS = {"id": Order(column="pk"), "-id": Order(column="pk", descending=True)}
TicketNumber = Annotated[
    str, Field(min_length=1, max_length=20, description="A ticket's number: the texts come filled in for it.")
]


class LinkOut(Schema):
    """A page of help that goes along."""

    label: str
    url: str


class FilledOut(Schema):
    """How it reads for the ticket that was named, in the language of its customer."""

    text: str
    language: str


class ReadyAnswerOut(Schema):
    """A ready-made answer. `scope`: whose it is, the whole shop's, a team's or one's own. `category`: offered for
    tickets of this category only. `sets_state`, `sets_category`: what it does to the ticket beside. `used`: in how many
    sent answers it was. `filled`: null unless a ticket is named."""

    id: int
    title_bn: str
    title_en: str
    text_bn: str
    text_en: str
    scope: Literal["shop", "team", "own"]
    team_id: int | None
    category: str | None
    links: list[LinkOut]
    sets_state: str | None
    sets_category: str | None
    used: int
    filled: FilledOut | None


class ReadyAnswerPage(PageOut):
    """A page of ready-made answers."""

    items: list[ReadyAnswerOut]


class ReadyAnswerFilters(Page):
    """Which of them. With `ticket` only those that fit its category."""

    ticket: TicketNumber | None = None
    category: Annotated[str, Field(max_length=40, description="The code of a category.")] | None = None
    scope: Literal["shop", "team", "own"] | None = None
    order: Literal["id", "-id"] = "id"


class ReadyAnswerFor(Schema):
    """For which ticket."""

    ticket: TicketNumber | None = None


@router.get("", response=answers({200: ReadyAnswerPage, 304: None}, 404), summary="List ready-made answers")
def list_ready_answers(request: KeyRequest, filters: Query[ReadyAnswerFilters]) -> dict[str, Any]:
    """Those in use that the key's user may send: the shop's, those of the user's departments, and the user's own."""
    ticket = _ticket(request, filters.ticket)
    rows = counted(usable_by(request.user).filter(is_active=True)).filter(_conditions(filters, ticket))
    items, following, previous = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    return {"items": _out(request, items, ticket), "next": following, "previous": previous}


@router.get("/{answer_id}", response=read(ReadyAnswerOut), summary="Show a ready-made answer")
def show_ready_answer(request: KeyRequest, answer_id: IdPath, query: Query[ReadyAnswerFor]) -> dict[str, Any]:
    """One of them, filled in when a ticket is named."""
    ticket = _ticket(request, query.ticket)
    row = counted(usable_by(request.user).filter(is_active=True, pk=answer_id)).first()
    if row is None:
        raise Http404
    return _out(request, [row], ticket)[0]


def _ticket(request: KeyRequest, number: str | None) -> Ticket | None:
    require_scope(request, "ticket.view")
    require_scope(request, "ticket.reply")
    return ticket_of(request, number) if number is not None else None


def _conditions(filters: ReadyAnswerFilters, ticket: Ticket | None) -> Q:
    wanted = Q()
    if ticket is not None:
        wanted &= Q(for_category__isnull=True) | Q(for_category_id=ticket.category_id)
    if filters.category is not None:
        wanted &= Q(for_category__code=filters.category)
    if filters.scope is not None:
        wanted &= {
            "shop": Q(team__isnull=True, owner__isnull=True),
            "team": Q(team__isnull=False),
            "own": Q(owner__isnull=False),
        }[filters.scope]
    return wanted


def _out(request: KeyRequest, rows: list[CannedReply], ticket: Ticket | None) -> list[dict[str, Any]]:
    filled = filled_rows(request.user, ticket, rows) if ticket is not None and rows else []
    texts = {one.reply.pk: {"text": one.text, "language": one.language} for one in filled}
    return [
        {
            **{name: getattr(row, name) for name in ("id", "title_bn", "title_en", "text_bn", "text_en", "team_id")},
            "links": row.links,
            "scope": "own" if row.owner_id else "team" if row.team_id else "shop",
            "category": row.for_category.code if row.for_category else None,
            "sets_state": row.sets_state or None,
            "sets_category": row.sets_category.code if row.sets_category else None,
            "used": getattr(row, "used", 0),
            "filled": texts.get(row.pk),
        }
        for row in rows
    ]
