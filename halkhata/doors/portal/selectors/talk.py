"""The public part of a conversation: what the customer wrote and what we answered. Never an internal note (B19)."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Conversation, Message, MessageAttachment
from halkhata.engines.messaging.selectors.shown_text import shown_text
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.selectors.merged import family
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.choices import ContactKind

MOST = 50
# So many small pictures stand on a page, which has to stay light; the others are links.
MOST_PICTURES = 6
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


@dataclass(frozen=True, kw_only=True)
class PublicFile:
    """A file on a public message; ``size`` in bytes, ``picture`` the address of its small picture or ""."""

    name: str
    size: int
    url: str
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicMessage:
    """``side``: "you" or "we"; ``way``: how it was said ("phone", "email", "note", "page"); a call has no words here.

    A "note" was written for this page and sent to nobody.
    """

    side: str
    way: str
    at: datetime
    text: str
    files: list[PublicFile] = field(default_factory=list)


def talk_of(ticket: Ticket) -> list[PublicMessage]:
    """What was said in public, newest first, at most MOST messages."""
    staff = _staff_addresses()
    pictures = MOST_PICTURES
    talk = []
    for message in _public(ticket).prefetch_related("attachments__file").order_by("-at", "-pk")[:MOST]:
        files = []
        for part in message.attachments.all():
            if part.is_inline:
                continue
            url = reverse("portal:file", args=[ticket.number, part.file_id])
            shown = part.file.is_image and pictures > 0
            pictures -= shown
            files.append(
                PublicFile(
                    name=part.file.original_name, size=part.file.size, url=url, picture=f"{url}?small" if shown else ""
                )
            )
        # What staff wrote down about a call are words about the customer, not to the customer.
        is_call = message.channel in {Channel.PHONE, Channel.COUNTER}
        ways = {Channel.PHONE: "phone", Channel.COUNTER: "counter", Channel.EMAIL: "email"}
        talk.append(
            PublicMessage(
                side="you" if message.direction == Direction.INBOUND else "we",
                way="note" if message.is_public else ways.get(Channel(message.channel), "page"),
                at=message.at,
                text="" if is_call else _without(staff, shown_text(message.text)),
                files=files,
            )
        )
    return talk


def newest_public_notes(ticket_ids: Collection[int]) -> dict[int, PublicMessage]:
    """The last note written for the customer's page on each of these tickets, by id: two queries however many."""
    rows = Message.objects.filter(
        conversation__item__in=ticket_ids, conversation__item__customer_id=F("customer_id"), is_public=True
    )
    newest = {row.conversation.item_id: row for row in rows.select_related("conversation").order_by("at", "pk")}
    staff = _staff_addresses() if newest else set()
    return {
        item_id: PublicMessage(side="we", way="note", at=row.at, text=_without(staff, shown_text(row.text)))
        for item_id, row in newest.items()
    }


def public_file(ticket: Ticket, file_id: int) -> StoredFile | None:
    """The file, when it hangs on a public message of this very ticket; None otherwise."""
    part = (
        MessageAttachment.objects.select_related("file")
        .filter(file_id=file_id, is_inline=False, message__in=_public(ticket))
        .first()
    )
    return part.file if part else None


def _public(ticket: Ticket) -> QuerySet[Message]:
    """Messages between the customer and us, public notes with them.

    Left out: internal notes, machines' mail, letters, and what others wrote to us.
    Of what was merged into the ticket, only what is this customer's.
    """
    own = {
        point.value.lower() for point in ticket.customer.contact_points.all() if point.kind == ContactKind.EMAIL
    } if ticket.customer else set()  # fmt: skip
    conversation = Conversation.objects.filter(item_id=ticket.pk).first()
    if conversation is not None and conversation.customer_address:
        own.add(conversation.customer_address.lower())
    theirs = Q(direction=Direction.INBOUND) & (~Q(channel=Channel.EMAIL) | Q(from_address__in=own))
    return Message.objects.filter(
        Q(direction=Direction.OUTBOUND) | Q(direction=Direction.NOTE, is_public=True) | theirs,
        conversation__item__in=family(ticket.pk),
        conversation__item__customer_id=ticket.customer_id,
        is_automatic=False,
    )


def _staff_addresses() -> set[str]:
    return {email.lower() for email in User.objects.exclude(email="").values_list("email", flat=True)}


def _without(staff: set[str], text: str) -> str:
    """The text without the private addresses of staff, should one have come into it with a signature."""
    return _ADDRESS.sub(lambda match: "…" if match.group().lower().rstrip(".") in staff else match.group(), text)
