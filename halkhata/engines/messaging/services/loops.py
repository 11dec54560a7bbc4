"""The back-stop against two machines that write to each other (A52.4, A52.5, F27)."""

from datetime import timedelta

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.engines.messaging.selectors.limits import mail_limits
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer

# So many equal mails of one sender within an hour are a machine talking to us.
LOOP_LIMIT = 5
LOOP_WINDOW = timedelta(hours=1)
MAX_TEXT = 100_000


def stored_form(text: str) -> str:
    """``text`` as ``Message.full_text`` keeps it, for comparing."""
    return clean_text(text, multiline=True)[:MAX_TEXT].strip()


def says_the_same_again(customer: Customer, *, subject: str, text: str) -> bool:
    """Whether the customer's address sent this subject and text LOOP_LIMIT times within the last hour already."""
    wanted, title = stored_form(text), clean_text(subject, max_length=255)
    recent = (
        Message.objects.filter(
            customer=customer, direction=Direction.INBOUND, channel=Channel.EMAIL, at__gt=now() - LOOP_WINDOW
        )
        .order_by("-at")
        .values_list("subject", "full_text")[:20]
    )
    return sum(1 for known_title, known in recent if known_title == title and known.strip() == wanted) >= LOOP_LIMIT


def reopened_too_often(conversation: Conversation) -> bool:
    """Whether mail reopened this thread so often within the last hour that a machine must be at work."""
    return (
        WorkEvent.objects.filter(
            item_id=conversation.item_id, kind=WorkEventKind.REOPENED, at__gt=now() - LOOP_WINDOW
        ).count()
        >= mail_limits().reopenings
    )
