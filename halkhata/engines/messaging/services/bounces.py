"""Bounces: mark addresses, stop later mail, tell the owner, reopen nothing (A52.6)."""

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.mime.classify import BouncedRecipient, parse_bounce
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Conversation, Delivery, InboundRaw
from halkhata.engines.messaging.services.matching import conversation_of_own_ids
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.text import clean_text


def note_bounce(*, raw: InboundRaw, parsed: ParsedMail) -> Conversation | None:
    """Act on a bounce. Returns the conversation of the mail that came back, or None when that is unknown.

    Anyone can send a forged bounce. So it counts only when it names a Message-ID that we signed, and only addresses
    that we wrote to in that conversation are marked.
    """
    report = parse_bounce(parsed)
    ids = [report.original_message_id, parsed.in_reply_to, *reversed(parsed.references)]
    conversation = conversation_of_own_ids([one for one in ids if one])
    if conversation is None:
        return None
    for recipient in report.recipients:
        if recipient.permanent:
            _mark(raw, conversation, recipient)
    return conversation


def _mark(raw: InboundRaw, conversation: Conversation, recipient: BouncedRecipient) -> None:
    address = recipient.address.lower()
    delivery = Delivery.objects.filter(message__conversation=conversation, to_address=address).order_by("-id").first()
    if delivery is None:
        return
    words = clean_text(f"{recipient.status} {recipient.diagnostic}")
    suppress(address=address, reason=words)
    Delivery.objects.filter(pk=delivery.pk, state__in=[OutboundState.SENT, OutboundState.IN_DOUBT]).update(
        state=OutboundState.FAILED, last_error=words[:2000]
    )
    item = conversation.item
    notify(
        user=item.owner,
        verb="message.bounced",
        item=item,
        data={"address": address},
        cause=f"bounce:{raw.pk}:{address}",
    )
