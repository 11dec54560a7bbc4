"""The conversation of a ticket: messages both ways, answers to the customer, notes among staff."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.answering import add_internal_note, add_public_note, answer_ticket
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import held_ticket, ticket_of
from halkhata.doors.api.resources.file_shapes import FileOut, file_out
from halkhata.doors.api.shapes import Body, Id, IdPath, Number, PageOut, answers, listed, read, write
from halkhata.doors.api.uploads import take_uploads
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.selectors.shown_text import shown_text
from halkhata.engines.work.selectors.merged import family

router = Router(tags=["messages"])
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
ORDERS = {
    "at": Order(column="at"),
    "-at": Order(column="at", descending=True),
}


class MadeFrom(Schema):
    """The text of automatic messages that a message was made from, and the number of its version."""

    text_id: int
    version_number: int


class MessageOut(Schema):
    """One message. `direction`: `in` from the customer, `out` to the customer, `note` sent to nobody. `visibility`:
    `internal` for staff only, `public` for what the customer can read, too. `made_from`: null for what somebody wrote
    freely."""

    id: int
    direction: str
    visibility: Literal["internal", "public"]
    channel: str
    at: datetime
    author_id: int | None
    author: str
    from_address: str
    to_addresses: list[str]
    cc_addresses: list[str]
    subject: str
    text: str
    is_automatic: bool
    made_from: MadeFrom | None
    delivery_state: str | None
    delivery_reason: str | None
    files: list[FileOut]


class MessagePage(PageOut):
    """A page of messages."""

    items: list[MessageOut]


class MessageFilters(Page):
    """Which messages."""

    direction: Literal["in", "out", "note"] | None = None
    order: Literal["at", "-at"] = "at"


class NoteFilters(Page):
    """Which notes."""

    visibility: Literal["internal", "public"] | None = None
    order: Literal["at", "-at"] = "at"


class ReplyIn(Body):
    """An answer to the customer, sent by e-mail. `file_ids` are of files sent up before."""

    text: Text
    next_state: Literal["open", "waiting_customer", "waiting_manufacturer", "waiting_internal"] | None = None
    file_ids: Annotated[list[Id], Field(max_length=10)] = []


class NoteIn(Body):
    """A note: `internal` only staff see; `public` the customer reads on the own page, and nothing is sent."""

    text: Text
    visibility: Literal["internal", "public"] = "internal"
    file_ids: Annotated[list[Id], Field(max_length=10)] = []


_LIST = answers({200: MessagePage, 304: None}, 404)


@router.get("/{number}/messages", response=_LIST, summary="List messages")
def list_messages(request: KeyRequest, number: Number, filters: Query[MessageFilters]) -> dict[str, Any]:
    """The conversation of a ticket, notes included, oldest first."""
    require_scope(request, "ticket.view")
    rows = _messages(ticket_of(request, number))
    if filters.direction:
        rows = rows.filter(direction=filters.direction)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), message_out)


@router.get("/{number}/messages/{message_id}", response=read(MessageOut), summary="Show a message")
def show_message(request: KeyRequest, number: Number, message_id: IdPath) -> dict[str, Any]:
    """One message of a ticket."""
    require_scope(request, "ticket.view")
    message = _messages(ticket_of(request, number)).filter(pk=message_id).first()
    if message is None:
        raise Http404
    return message_out(message)


@router.post("/{number}/replies", response=write(MessageOut, 201), summary="Answer the customer")
def reply(request: KeyRequest, number: Number, body: ReplyIn) -> Status:
    """Sends a public answer. Send `If-Match`, so that two do not answer unseen of each other."""
    require_scope(request, "ticket.reply")
    ticket = held_ticket(request, number)
    message = answer_ticket(
        actor=request.user,
        ticket=ticket,
        text=body.text,
        next_state=body.next_state,
        files=take_uploads(request.user, body.file_ids),
    )
    return Status(201, message_out(message))


@router.get("/{number}/notes", response=_LIST, summary="List notes", tags=["notes"])
def list_notes(request: KeyRequest, number: Number, filters: Query[NoteFilters]) -> dict[str, Any]:
    """The notes on a ticket, oldest first."""
    require_scope(request, "ticket.view")
    rows = _messages(ticket_of(request, number)).filter(direction=Direction.NOTE)
    if filters.visibility:
        rows = rows.filter(is_public=filters.visibility == "public")
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), message_out)


@router.post("/{number}/notes", response=write(MessageOut, 201), summary="Write a note", tags=["notes"])
def add_note(request: KeyRequest, number: Number, body: NoteIn) -> Status:
    """Writes a note that only staff see, or, with `visibility` `public`, one that the customer can read.

    A public note speaks to the customer and asks for `ticket.reply` besides.
    """
    require_scope(request, "ticket.note")
    if body.visibility == "public":
        require_scope(request, "ticket.reply")
    ticket = held_ticket(request, number)
    files = take_uploads(request.user, body.file_ids)
    if body.visibility == "public":
        message = add_public_note(actor=request.user, ticket=ticket, text=body.text, files=files)
    else:
        message = add_internal_note(actor=request.user, ticket=ticket, text=body.text, files=files)
    return Status(201, message_out(message))


def _messages(ticket: Ticket) -> "QuerySet[Message]":
    return (
        Message.objects.filter(conversation__item__in=family(ticket.pk))
        .select_related("author", "delivery", "template_version")
        .prefetch_related("attachments__file")
        .defer("references", "raw_html", "full_text", "template_version__body", "template_version__links")
    )


def message_out(message: Message) -> dict[str, Any]:
    """The message as it is answered. Links that speak for the customer are left out."""
    delivery = getattr(message, "delivery", None)
    made_from = message.template_version
    names = (
        "id", "direction", "channel", "at", "author_id", "from_address", "to_addresses", "cc_addresses", "subject",
        "is_automatic",
    )  # fmt: skip
    return {
        **{name: getattr(message, name) for name in names},
        "author": message.author.audit_label if message.author else message.author_label,
        "visibility": "internal" if message.direction == Direction.NOTE and not message.is_public else "public",
        "text": shown_text(message.text),
        "made_from": {"text_id": made_from.template_id, "version_number": made_from.number} if made_from else None,
        "delivery_state": delivery.state if delivery is not None else None,
        "delivery_reason": (delivery.block_reason or None) if delivery is not None else None,
        "files": [file_out(part.file) for part in message.attachments.all()],
    }
