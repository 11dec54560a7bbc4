"""Bounces: mark addresses, stop later mail, tell the owner, reopen nothing (A52.6).

A permanent failure (status 5.x.x, RFC 3463) marks the address at once. A temporary one (4.x.x: mailbox full, server
away) is counted: after SOFT_LIMIT mails that met it within SOFT_WINDOW, with none got through in between, the address
is marked as well.
"""

from datetime import datetime, timedelta

from halkhata.engines.messaging.choices import OutboundState, SuppressionKind
from halkhata.engines.messaging.mime.classify import BouncedRecipient, parse_bounce
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Conversation, Delivery, InboundRaw, SoftBounce
from halkhata.engines.messaging.services.mail_errors import CAME_BACK
from halkhata.engines.messaging.services.matching import conversation_of_own_ids
from halkhata.engines.messaging.services.suppression import is_suppressed, suppress
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.locking import lock_values

SOFT_LIMIT = 3
SOFT_WINDOW = timedelta(days=7)
# Servers warn of a mail that they cannot hand on after some hours (RFC 5321 section 4.5.4.1 has them go on for days).
# One that was sent a day ago and of which nothing was heard has got through.
SETTLED_AFTER = timedelta(days=1)


def note_bounce(*, raw: InboundRaw, parsed: ParsedMail) -> Conversation | None:
    """Act on a bounce. Returns the conversation of the mail that came back, or None when that is unknown.

    Anyone can send a forged bounce. So it counts only when it names a Message-ID that we signed, and only addresses
    that we wrote to in that conversation are marked.
    """
    report = parse_bounce(parsed)
    ids = [report.original_message_id, parsed.in_reply_to, *reversed(parsed.references)]
    known = [one for one in ids if one]
    conversation = conversation_of_own_ids(known)
    if conversation is None:
        return None
    for recipient in report.recipients:
        delivery = _delivery_to(recipient.address.lower(), conversation, known)
        if delivery is not None:
            _note(raw, conversation, delivery, recipient)
    return conversation


def _delivery_to(address: str, conversation: Conversation, message_ids: list[str]) -> Delivery | None:
    """The mail that came back; when the bounce names none of ours exactly, the last one to that address."""
    sent = Delivery.objects.filter(message__conversation=conversation, to_address=address).order_by("-id")
    return sent.filter(message__message_id__in=message_ids).first() or sent.first()


def _note(raw: InboundRaw, conversation: Conversation, delivery: Delivery, recipient: BouncedRecipient) -> None:
    address = delivery.to_address
    words = clean_text(f"{recipient.status} {recipient.diagnostic}")
    marked = False
    if recipient.permanent:
        marked = not is_suppressed(address)
        suppress(address=address, kind=SuppressionKind.BOUNCED, reason=words)
    elif _soft_limit_reached(delivery, recipient, words, at=raw.received_at):
        marked = not is_suppressed(address)
        suppress(address=address, kind=SuppressionKind.SOFT, reason=words)
    if recipient.gave_up:
        Delivery.objects.filter(pk=delivery.pk, state__in=[OutboundState.SENT, OutboundState.IN_DOUBT]).update(
            state=OutboundState.FAILED, error_code=CAME_BACK, last_error=words[:2000]
        )
    if recipient.gave_up or marked:
        item = conversation.item
        notify(
            user=item.owner,
            verb="message.bounced",
            item=item,
            data={"address": address},
            cause=f"bounce:{raw.pk}:{address}",
        )


def _soft_limit_reached(delivery: Delivery, recipient: BouncedRecipient, words: str, *, at: datetime) -> bool:
    """Count the mail, once, however often the other side reports on it. Whether the address has now had too many."""
    address = delivery.to_address
    # Two bounces at once must not both count two.
    lock_values([f"bounce:{address}"])
    SoftBounce.objects.get_or_create(
        delivery=delivery,
        defaults={"address": address, "status": recipient.status[:20], "words": words[:200], "at": at},
    )
    bounces = SoftBounce.objects.filter(address=address, at__gt=at - SOFT_WINDOW, at__lte=at)
    got_through = (
        Delivery.objects.filter(
            to_address=address,
            state=OutboundState.SENT,
            sent_at__gt=at - SOFT_WINDOW,
            sent_at__lt=at - SETTLED_AFTER,
            soft_bounce__isnull=True,
        )
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    if got_through is not None:
        # The address worked in between: what came back before that no longer counts.
        bounces = bounces.filter(delivery__sent_at__gt=got_through)
    return bounces.count() >= SOFT_LIMIT
