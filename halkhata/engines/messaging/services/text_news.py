"""Automatic short texts about an item: once per cause, shown in its thread, no more to one number than is sane."""

from django.db import transaction

from halkhata.engines.messaging.choices import Direction, TemplateCode
from halkhata.engines.messaging.models import Message, TextMessage
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.news_texts import news_words
from halkhata.engines.messaging.services.text_caps import over_limit
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, record_event
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.customers.services.locking import lock_values


def send_automatic_text(
    *, item: WorkItem, code: str, number: str, cause: str, context: dict[str, str] | None = None, language: str
) -> TextMessage | None:
    """Prepare one automatic short text for ``cause``; a second call with the same cause changes nothing.

    None when there are no words for the occasion, or when the number had as many automatic texts lately as are allowed:
    then the owner is told. Asking how it was passes the gate for questions and may be held.
    """
    known = TextMessage.objects.filter(cause=cause).first()
    if known is not None:
        return known
    words, made_from = news_words(item, code, language=language, context=context or {})
    if not words:
        return None
    return put_text(item=item, number=number, words=words, cause=cause, code=code, language=language, version=made_from)


@transaction.atomic
def put_text(
    *, item: WorkItem, number: str, words: str, cause: str, code: str, language: str, version: int | None = None
) -> TextMessage | None:
    """The text with its line in the thread, in one transaction. Raises nothing; see ``send_automatic_text``."""
    hold(item)
    known = TextMessage.objects.filter(cause=cause).first()
    if known is not None:
        return known
    at = now()
    # Two workers at once must not both count four and send the fifth and the sixth.
    lock_values([f"automatic:{number}"])
    if over_limit(number):
        notify(
            user=item.owner, verb="message.rate_limited", item=item, data={"address": number},
            cause=f"rate-limit:{number}:{at:%Y-%m-%d-%H}"[:120],
        )  # fmt: skip
        return None
    text = prepare_text(
        item=item, channel=TextChannel.SMS, to_address=number, text=words, cause=cause, language=language,
        purpose=TextPurpose.SURVEY if code == TemplateCode.FEEDBACK else TextPurpose.NOTICE,
    )  # fmt: skip
    message = Message.objects.create(
        conversation=conversation_of(item),
        direction=Direction.OUTBOUND,
        channel=Channel.SMS,
        at=at,
        customer=item.customer,
        to_addresses=[number],
        text=text.text,
        is_automatic=True,
        template_version_id=version,
    )
    text.message = message
    text.save(update_fields=["message"])
    record_event(
        actor=SYSTEM,
        item=item,
        kind=WorkEventKind.AUTOMATIC_REPLY,
        at=at,
        data={"message": message.pk, "occasion": str(code), "blocked": ""},
    )
    return text
