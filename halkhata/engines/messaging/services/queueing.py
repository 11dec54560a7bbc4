"""Putting a message in line to be sent, or saying why it is kept back."""

from datetime import timedelta

from halkhata.engines.messaging.choices import BlockReason, OutboundState
from halkhata.engines.messaging.models import Delivery, Mailbox, Message, Suppression
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.backend import enqueue_once

# At most this many automatic mails to one address in this time, whatever asks for them (A52.5, F27).
AUTOMATIC_LIMIT = 5
AUTOMATIC_WINDOW = timedelta(hours=2)


def queue_delivery(
    *,
    message: Message,
    mailbox: Mailbox | None,
    to_address: str,
    cause: str,
    is_demo: bool,
    is_automatic: bool = False,
    block_reason: str = "",
) -> Delivery:
    """Make the delivery in the caller's transaction, queued or blocked with its reason. ``cause`` is unique."""
    at = now()
    reason = block_reason or why_not(
        mailbox=mailbox, to_address=to_address, is_demo=is_demo, is_automatic=is_automatic
    )
    delivery = Delivery.objects.create(
        message=message,
        mailbox=mailbox,
        to_address=to_address,
        cause=cause,
        state=OutboundState.BLOCKED if reason else OutboundState.QUEUED,
        block_reason=reason,
        is_automatic=is_automatic,
        next_try_at=at,
        queued_at=at,
        is_demo=is_demo,
    )
    if not reason:
        wake_sender(delivery)
    return delivery


def wake_sender(delivery: Delivery) -> None:
    """Have a worker send this delivery as soon as the transaction is committed."""
    from halkhata.engines.messaging.jobs import send_delivery

    enqueue_once(send_delivery, f"send:{delivery.pk}", delivery.pk)


def why_not(*, mailbox: Mailbox | None, to_address: str, is_demo: bool, is_automatic: bool) -> str:
    """The reason not to send, or "". Demo data is never sent, whatever else is true."""
    if is_demo:
        return BlockReason.DEMO
    if not to_address:
        return BlockReason.NO_ADDRESS
    if mailbox is None or not mailbox.smtp_host or mailbox.is_demo:
        return BlockReason.NO_MAILBOX
    if is_automatic:
        if Suppression.objects.filter(address=to_address.lower()).exists():
            return BlockReason.SUPPRESSED
        recent = Delivery.objects.filter(
            to_address=to_address,
            is_automatic=True,
            queued_at__gt=now() - AUTOMATIC_WINDOW,
            state__in=[OutboundState.QUEUED, OutboundState.SENDING, OutboundState.SENT, OutboundState.IN_DOUBT],
        )[:AUTOMATIC_LIMIT]
        if len(recent) >= AUTOMATIC_LIMIT:
            return BlockReason.RATE_LIMIT
    return BlockReason.NONE
