"""Bounces: mark addresses, stop later mail, tell the owner, reopen nothing (A52.6)."""

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.mime.classify import parse_bounce
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Conversation, Delivery, InboundRaw, Suppression
from halkhata.engines.messaging.services.matching import conversation_of_message_ids
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.clock import now
from halkhata.records.customers.services.contacts import mark_unreachable


def note_bounce(*, raw: InboundRaw, parsed: ParsedMail) -> Conversation | None:
    """Act on a bounce. Returns the conversation of the mail that came back, or None when that is unknown.

    Only an address that we really wrote to is marked: anyone can send a forged bounce.
    """
    report = parse_bounce(parsed)
    ids = [report.original_message_id] if report.original_message_id else []
    if parsed.in_reply_to:
        ids.append(parsed.in_reply_to)
    ids.extend(reversed(parsed.references))
    conversation = conversation_of_message_ids([one for one in ids if one])
    for recipient in report.recipients:
        address = recipient.address.lower()
        delivery = (
            Delivery.objects.filter(to_address__iexact=address, state__in=[OutboundState.SENT, OutboundState.IN_DOUBT])
            .select_related("message__conversation__item__owner")
            .order_by("-id")
            .first()
        )
        if delivery is None or (conversation is not None and delivery.message.conversation_id != conversation.pk):
            delivery = _delivery_in(conversation, address)
        if delivery is None:
            continue
        conversation = conversation or delivery.message.conversation
        if recipient.permanent:
            suppress(address=address, reason=f"{recipient.status} {recipient.diagnostic}".strip())
            Delivery.objects.filter(pk=delivery.pk).update(
                state=OutboundState.FAILED, last_error=f"{recipient.status} {recipient.diagnostic}"[:2000]
            )
            item = delivery.message.conversation.item
            notify(
                user=item.owner,
                verb="message.bounced",
                item=item,
                data={"address": address, "number": item.number},
                cause=f"bounce:{raw.pk}:{address}",
            )
    return conversation


def suppress(*, address: str, reason: str) -> None:
    """Send nothing automatic to this address any more, and show it as undeliverable on the customer's card."""
    Suppression.objects.get_or_create(address=address.lower(), defaults={"reason": reason[:200], "since": now()})
    mark_unreachable(address=address.lower(), reason=reason[:200])


def _delivery_in(conversation: Conversation | None, address: str) -> Delivery | None:
    if conversation is None:
        return None
    return (
        Delivery.objects.filter(message__conversation=conversation, to_address__iexact=address)
        .select_related("message__conversation__item__owner")
        .order_by("-id")
        .first()
    )
