"""A stretch of the ticket's conversation: the newest messages first seen, older ones on demand."""

from dataclasses import dataclass

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Conversation
from halkhata.engines.messaging.selectors.thread import ThreadEntry, thread_of
from halkhata.foundation.accounts.models import User

PAGE = 30


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Messages, oldest first. ``older`` is the id before which to go on, 0 at the beginning of the story."""

    entries: list[ThreadEntry]
    older: int
    hidden: int


def thread_page(ticket: Ticket, viewer: User, *, before: str | None = None, size: int = PAGE) -> ThreadPage:
    """The last ``size`` messages before the message with id ``before``; nonsense there shows the newest."""
    entries = thread_of(ticket, viewer)
    end = len(entries)
    if before and before.isascii() and before.isdigit():
        end = next((place for place, entry in enumerate(entries) if entry.pk == int(before[:18])), end)
    start = max(0, end - size)
    shown = entries[start:end]
    return ThreadPage(shown, older=shown[0].pk if start else 0, hidden=start)


def reply_address(ticket: Ticket, card_emails: list[str]) -> str:
    """The address a public answer goes to, as the conversation keeps it; "" when there is none to write to."""
    kept = Conversation.objects.filter(item_id=ticket.pk).values_list("customer_address", flat=True).first()
    return kept or (card_emails[0] if card_emails else "") or ""

