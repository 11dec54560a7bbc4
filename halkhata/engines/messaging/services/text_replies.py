"""Answers that go by SMS. One that is only prepared has answered nobody: the promise runs on until it went (US-08)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message, TextMessage
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.text_writing import numbers_of
from halkhata.engines.messaging.services.texting_settings import refuse_words
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextState
from halkhata.engines.messaging.texting.segments import sms_form
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.privacy.selectors.hours import phone_country

# As many texts as a busy shop writes in weeks.
SWEPT = 5000
# In all other states it has left the house, as a gateway says or whoever sent it by hand.
NOT_GONE = (
    TextState.PREPARED, TextState.HELD, TextState.QUEUED, TextState.SENDING, TextState.FAILED, TextState.IN_DOUBT,
    TextState.WITHDRAWN, TextState.REFUSED,
)  # fmt: skip


def send_text_reply(
    *, actor: User, item: WorkItem, number: str, text: str, at: datetime | None = None
) -> tuple[Message, TextMessage]:
    """Answer by SMS to one of the customer's numbers. Without a gateway the text stays prepared, for staff to send.

    Raises DomainError: ``empty`` or ``too_long`` at "text", ``not_theirs`` at "number".
    """
    words = sms_form(text)
    if not words:
        raise DomainError("empty", _("Write an answer first."), field="text")
    if number not in {point.value for point in numbers_of(item)}:
        raise DomainError("not_theirs", _("This is no number of the customer's."), field="number")
    refuse_words(text=words, purpose=TextPurpose.NOTICE, country=phone_country(number) or "")
    moment = at or now()
    with transaction.atomic():
        hold(item)
        message = Message.objects.create(
            conversation=conversation_of(item),
            direction=Direction.OUTBOUND,
            channel=Channel.SMS,
            at=moment,
            author=actor,
            author_label=actor.audit_label,
            customer=item.customer,
            to_addresses=[number],
            text=words,
        )
        sent = prepare_text(
            item=item, channel=TextChannel.SMS, to_address=number, text=words, cause=f"message:{message.pk}:sms",
            language=item.customer.language if item.customer else "bn",
        )  # fmt: skip
        sent.message = message
        sent.save(update_fields=["message"])
        record_event(actor=actor, item=item, kind=WorkEventKind.NOTE, at=moment, data={"message": message.pk})
        record(actor=actor, action="message.send", record=item, after={"message": message.pk, "channel": "sms"})
    return message, sent


def note_answers_gone(*, only: int | None = None, limit: int = 200) -> int:
    """Answers whose text has gone keep the promise from that moment on; each once. Returns how many.

    Called right after a text went, and by the timetable for what was missed in between (a process that died).
    """
    waiting = TextMessage.objects.filter(
        message__isnull=False, message__is_automatic=False, message__counts_as_answer=False
    ).exclude(state__in=NOT_GONE)
    if only is not None:
        waiting = waiting.filter(pk=only)
    else:
        # The sweep looks at the newest alone, so that it costs the same however many there are.
        newest = TextMessage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        waiting = waiting.filter(pk__gt=newest - SWEPT)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(_note_gone(pk) for pk in ids)


@transaction.atomic
def _note_gone(pk: int) -> int:
    text = TextMessage.objects.select_related("item__customer", "message__author", "settled_by").get(pk=pk)
    if text.item is None or text.message is None:
        return 0
    item = text.item
    hold(item)
    # One UPDATE decides who counts it: of two workers one.
    mine = Message.objects.filter(pk=text.message.pk, counts_as_answer=False).update(counts_as_answer=True)
    if not mine:
        return 0
    actor, at = text.message.author or text.settled_by, text.settled_at or now()
    record_event(
        actor=actor, item=item, kind=WorkEventKind.HUMAN_REPLY, at=at, data={"message": text.message.pk}, is_update=True
    )
    record_activity(
        customer=item.customer,
        verb="message.sent",
        data={"number": item.number, "channel": str(Channel.SMS)},
        url=f"/work/{item.number}/",
        actor=actor,
        at=at,
    )
    return 1
