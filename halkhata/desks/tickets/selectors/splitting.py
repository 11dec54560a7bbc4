"""Which messages of a ticket can become a ticket of their own (A52.14)."""

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.selectors.merged import family

# More are not offered on one page.
MOST = 100


def movable_messages(ticket: Ticket) -> list[Message]:
    """What the customer wrote or said after the message that opened the ticket, oldest first, in one query.

    Our own answers and notes stay where they were written, machines' mail asks for nothing.
    """
    inbound = (
        Message.objects.filter(
            conversation__item__in=family(ticket.pk), direction=Direction.INBOUND, is_automatic=False
        )
        .select_related("conversation__item", "author")
        .prefetch_related("attachments__file")
        .defer("raw_html", "full_text", "references")
        .order_by("at", "pk")[: MOST + 1]
    )
    return list(inbound)[1:]
