"""Putting a message in line to be sent, or saying why it is kept back."""

from django.utils.module_loading import import_string

from halkhata.engines.messaging.choices import BlockReason, OutboundState
from halkhata.engines.messaging.models import Delivery, Mailbox, Message
from halkhata.engines.messaging.selectors.limits import HOUR, mail_limits
from halkhata.engines.messaging.services.mail_checks import ask_for_mail
from halkhata.engines.messaging.services.send_checks import GO, Gate
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
SEND_TASK = "halkhata.engines.messaging.jobs.send_delivery"

# What counts against the ceilings: mail that went or may still go.
COUNTED = [OutboundState.QUEUED, OutboundState.SENDING, OutboundState.SENT, OutboundState.IN_DOUBT]


def queue_delivery(
    *,
    message: Message,
    mailbox: Mailbox | None,
    to_address: str,
    cause: str,
    is_demo: bool,
    is_automatic: bool = False,
    block_reason: str = "",
    purpose: str = Purpose.SERVICE,
) -> Delivery:
    """Make the delivery in the caller's transaction, queued or blocked with its reason. ``cause`` is unique.

    Any other ``purpose`` than service passes the checks of services/send_checks.py, and may wait in line.
    """
    at = now()
    to_address = to_address.strip().lower()
    if is_automatic and to_address:
        # Two workers at once must not both count four and send the fifth and the sixth.
        lock_values([f"automatic:{to_address}"])
    customer_id, verdict = message.conversation.item.customer_id, GO
    reason = BlockReason.DEMO if is_demo else block_reason
    if purpose == Purpose.SERVICE:
        reason = reason or why_not(
            mailbox=mailbox, to_address=to_address, is_demo=is_demo, is_automatic=is_automatic
        )  # fmt: skip
        if not reason and not may_contact(customer_id, purpose, ContactChannel.EMAIL, address=to_address):
            reason = BlockReason.OBJECTION
    else:
        reason = reason or _cannot(mailbox=mailbox, to_address=to_address)
        if not reason:
            verdict = ask_for_mail(customer_id=customer_id, address=to_address, purpose=purpose, at=at)
            reason = verdict.reason if verdict.gate == Gate.REFUSE else ""
        reason = reason or (_over_limit(to_address) if is_automatic else BlockReason.NONE)
    waits = not reason and verdict.gate == Gate.HOLD
    delivery = Delivery.objects.create(
        message=message,
        mailbox=mailbox,
        to_address=to_address,
        cause=cause,
        state=OutboundState.BLOCKED if reason else OutboundState.QUEUED,
        # What waits says why, as what is kept back does.
        block_reason=verdict.reason if waits else reason,
        is_automatic=is_automatic,
        purpose=purpose,
        next_try_at=(waits and verdict.go_at) or at,
        queued_at=at,
        is_demo=is_demo,
    )
    if not reason and not waits:
        wake_sender(delivery)
    return delivery


def wake_sender(delivery: Delivery) -> None:
    """Have a worker send this delivery as soon as the transaction is committed."""
    enqueue_once(import_string(SEND_TASK), f"send:{delivery.pk}", delivery.pk)


def why_not(*, mailbox: Mailbox | None, to_address: str, is_demo: bool, is_automatic: bool) -> str:
    """The reason not to send, or "". Demo data is never sent, whatever else is true."""
    if is_demo:
        return BlockReason.DEMO
    if reason := _cannot(mailbox=mailbox, to_address=to_address):
        return reason
    if is_suppressed(to_address):
        return BlockReason.SUPPRESSED
    return _over_limit(to_address) if is_automatic else BlockReason.NONE


def _cannot(*, mailbox: Mailbox | None, to_address: str) -> str:
    """What is missing to send anything at all."""
    if not to_address:
        return BlockReason.NO_ADDRESS
    if mailbox is None or not mailbox.smtp_host or mailbox.is_demo:
        return BlockReason.NO_MAILBOX
    return BlockReason.NONE


def _over_limit(to_address: str) -> str:
    """Which ceiling on automatic mail is reached (A52.5, F27): the address's first, then the whole shop's.

    The address's count is exact. The shop's is not locked, since every mail of the shop would wait in one line for it:
    so many workers as count at the same instant may each send one more.
    """
    limits, at = mail_limits(), now()
    counted = Delivery.objects.filter(is_automatic=True, state__in=COUNTED)
    recent = counted.filter(to_address=to_address, queued_at__gt=at - limits.window)
    if len(recent.values_list("id")[: limits.per_address]) >= limits.per_address:
        return BlockReason.RATE_LIMIT
    of_the_hour = counted.filter(queued_at__gt=at - HOUR)
    if of_the_hour.count() >= limits.per_hour:
        return BlockReason.SHOP_LIMIT
    return BlockReason.NONE
