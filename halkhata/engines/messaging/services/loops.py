"""The back-stop against two machines that write to each other (A52.4, A52.5, F27)."""

from datetime import timedelta

from django.db.models import QuerySet

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.engines.messaging.selectors.limits import mail_limits
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.kept_sql import SOME_ID, SOME_MOMENT, kept_objects
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
    recent = kept_objects(
        "what a customer mailed lately", _mailed, {SOME_ID: customer.pk, SOME_MOMENT: now() - LOOP_WINDOW}
    )
    return sum(1 for one in recent if one.subject == title and one.full_text.strip() == wanted) >= LOOP_LIMIT


def _mailed() -> QuerySet[Message]:
    inbound = {"direction": Direction.INBOUND, "channel": Channel.EMAIL}
    rows = Message.objects.filter(customer=SOME_ID, at__gt=SOME_MOMENT, **inbound).order_by("-at")
    return rows.only("subject", "full_text")[:20]


def reopened_too_often(conversation: Conversation) -> bool:
    """Whether mail reopened this thread so often within the last hour that a machine must be at work."""
    return (
        WorkEvent.objects.filter(
            item_id=conversation.item_id, kind=WorkEventKind.REOPENED, at__gt=now() - LOOP_WINDOW
        ).count()
        >= mail_limits().reopenings
    )
