"""What a person decides about mail that got stuck: send it again, or say that it has arrived."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason, OutboundState
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.mail_checks import ask_for_mail
from halkhata.engines.messaging.services.outgoing import mailbox_for
from halkhata.engines.messaging.services.queueing import wake_sender
from halkhata.engines.messaging.services.send_checks import Gate
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.records.privacy.choices import Purpose


def send_again(*, actor: User, delivery: Delivery) -> None:
    """Send a failed, kept-back or doubtful mail again, under the same Message-ID, so that mail programs show it once.

    Raises Conflict when it is not waiting for a decision, is invented, there is nowhere to send it by or to, or (for
    what is not about the customer's own matter) a check still refuses it.
    """
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.is_demo or row.state not in {OutboundState.FAILED, OutboundState.IN_DOUBT, OutboundState.BLOCKED}:
            raise Conflict("not_stuck", _("This message is not waiting for a decision."))
        item = row.message.conversation.item
        if row.mailbox is None or not row.mailbox.is_active or not row.mailbox.smtp_host:
            row.mailbox = mailbox_for(item)
        if row.mailbox is None or not row.mailbox.smtp_host or row.mailbox.is_demo:
            raise Conflict("no_mailbox", _("No mailbox with an outgoing server is set up."))
        if not row.to_address:
            row.to_address = (row.message.conversation.customer_address or customer_address(item.customer)).lower()
        if not row.to_address:
            raise Conflict("no_address", _("The customer has no e-mail address."))
        if row.purpose != Purpose.SERVICE:
            refused = ask_for_mail(customer_id=item.customer_id, address=row.to_address, purpose=row.purpose)
            if refused.gate == Gate.REFUSE:
                raise Conflict(refused.reason, BlockReason(refused.reason).label)
        before = {"state": row.state, "block_reason": row.block_reason}
        was_kept_back = row.state == OutboundState.BLOCKED
        row.state, row.block_reason, row.locked_by = OutboundState.QUEUED, BlockReason.NONE, ""
        row.error_code, row.last_error, row.counted_at = "", "", None
        row.next_try_at = row.queued_at = now()
        row.save()
        Message.objects.filter(pk=row.message_id).update(
            from_address=row.mailbox.address, to_addresses=[row.to_address]
        )
        if was_kept_back and not row.is_automatic and row.message.counts_as_answer:
            # Only now does the answer go out, so only now is the promise kept.
            record_event(
                actor=actor,
                item=item,
                kind=WorkEventKind.HUMAN_REPLY,
                data={"message": row.message_id},
                is_update=True,
            )
        record(actor=actor, action="delivery.send_again", record=row, before=before, after={"state": row.state})
        wake_sender(row)


def settle_as_sent(*, actor: User, delivery: Delivery) -> None:
    """Somebody knows that a doubtful mail has arrived. Raises Conflict when it is not in doubt."""
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.state != OutboundState.IN_DOUBT:
            raise Conflict("not_in_doubt", _("This message is not in doubt."))
        row.state, row.sent_at, row.locked_by = OutboundState.SENT, now(), ""
        # The doubt is over: the page must not go on telling what had gone wrong.
        row.error_code = row.last_error = ""
        row.save(update_fields=["state", "sent_at", "locked_by", "error_code", "last_error"])
        record(actor=actor, action="delivery.settle", record=row, after={"state": row.state})


def release_held(*, actor: User, deliveries: Iterable[Delivery]) -> int:
    """Let automatic mail go that a ceiling had held back. What somebody else has dealt with is passed over.

    Returns how many go out. Raises PermissionRefused.
    """
    require(actor, "messaging.quarantine")
    released = 0
    for delivery in deliveries:
        if delivery.block_reason not in {BlockReason.RATE_LIMIT, BlockReason.SHOP_LIMIT}:
            continue
        with suppress(Conflict):
            send_again(actor=actor, delivery=delivery)
            released += 1
    return released
