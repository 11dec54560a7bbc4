"""What was said since somebody last looked."""

from django.db.models import Q, QuerySet

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.selectors.merged import family


def public_messages_after(ticket: Ticket, seen: int) -> QuerySet[Message]:
    """What the customer wrote, was told or can read after the message with the id ``seen``, oldest first.

    Notes among staff, our automatic messages and machines' mail are left out: they change no answer. A message gets its
    id while the ticket's row is held, so that of two messages of one ticket the later has the higher one.
    """
    return (
        Message.objects.filter(conversation__item__in=family(ticket.pk), pk__gt=seen, is_automatic=False)
        .filter(~Q(direction=Direction.NOTE) | Q(is_public=True))
        .order_by("pk")
    )


def newest_message_id(ticket: Ticket) -> int:
    """The id of the ticket's newest message of any kind, 0 for none: what ``public_messages_after`` counts from."""
    messages = Message.objects.filter(conversation__item__in=family(ticket.pk)).order_by("-pk")
    return messages.values_list("pk", flat=True).first() or 0
