"""Sending queued deliveries: nothing lost in silence, nothing sent twice behind anybody's back (docs/adr/0007)."""

import os
import socket
import threading
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.events import DeliveryTroubled, MessageSent
from halkhata.engines.messaging.models import Delivery, Mailbox
from halkhata.engines.messaging.services.bounces import suppress
from halkhata.engines.messaging.services.composing import mail_bytes
from halkhata.engines.messaging.services.queueing import wake_sender
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict, deliver
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.outbox import publish

LEASE = timedelta(seconds=60)
# RFC 5321 section 4.5.4.1: the first tries soon, then at least half an hour apart, for four days.
BACK_OFF_MINUTES = (1, 5, 15, 30)
GIVE_UP_AFTER = timedelta(days=4)


def send_one(delivery_id: int) -> str:
    """Try to send one queued delivery now. Returns its state afterwards, "" when it was not in line."""
    delivery = _take(delivery_id)
    if delivery is None:
        return ""
    stop = threading.Event()
    heart = threading.Thread(target=_renew_lease, args=(delivery.pk, delivery.locked_by, stop), daemon=True)
    heart.start()
    try:
        try:
            data = mail_bytes(delivery)
        except Exception as error:  # a mail that cannot be built will not be built by repeating it
            result = SmtpResult(verdict=Verdict.REFUSED, detail=f"{type(error).__name__}: {error}")
        else:
            recipients = [delivery.to_address, *delivery.message.cc_addresses]
            result = deliver(delivery.mailbox, recipients=recipients, data=data)
    finally:
        stop.set()
    return _settle(delivery, result)


def _take(delivery_id: int) -> Delivery | None:
    """queued -> sending, committed before the first byte leaves."""
    at = now()
    me = f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
    taken = Delivery.objects.filter(
        pk=delivery_id, state=OutboundState.QUEUED, next_try_at__lte=at, is_demo=False
    ).update(state=OutboundState.SENDING, locked_by=me, lease_until=at + LEASE)
    if not taken:
        return None
    delivery = Delivery.objects.select_related("message__conversation__item__owner", "mailbox").get(pk=delivery_id)
    delivery.attempts += 1
    Delivery.objects.filter(pk=delivery_id).update(attempts=delivery.attempts)
    return delivery


def _renew_lease(delivery_id: int, me: str, stop: threading.Event) -> None:
    while not stop.wait(LEASE.total_seconds() / 3):
        try:
            Delivery.objects.filter(pk=delivery_id, state=OutboundState.SENDING, locked_by=me).update(
                lease_until=now() + LEASE
            )
        except OperationalError:
            continue
        finally:
            connection.close()


def _settle(delivery: Delivery, result: SmtpResult) -> str:
    at = now()
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.state != OutboundState.SENDING or row.locked_by != delivery.locked_by:
            # Somebody judged us dead meanwhile and put it in doubt. If the server took it, that settles the doubt.
            if not (row.state == OutboundState.IN_DOUBT and result.verdict == Verdict.SENT):
                return row.state
        row.lease_until = None
        row.locked_by = ""
        row.smtp_code = result.code
        row.last_error = "" if result.verdict == Verdict.SENT else result.detail[:2000]
        if result.verdict == Verdict.SENT:
            row.state, row.sent_at = OutboundState.SENT, at
        elif result.verdict == Verdict.IN_DOUBT:
            row.state = OutboundState.IN_DOUBT
        elif result.verdict == Verdict.REFUSED or at - row.queued_at > GIVE_UP_AFTER:
            row.state = OutboundState.FAILED
        else:
            row.state = OutboundState.QUEUED
            row.next_try_at = at + _delay(row.attempts)
        row.save()
        _after(row, delivery, result)
    _note_channel(delivery.mailbox, result)
    return row.state


def _delay(attempts: int) -> timedelta:
    minutes = BACK_OFF_MINUTES[attempts - 1] if attempts <= len(BACK_OFF_MINUTES) else 60
    return timedelta(minutes=minutes)


def _after(row: Delivery, delivery: Delivery, result: SmtpResult) -> None:
    item = delivery.message.conversation.item
    if row.state == OutboundState.SENT:
        publish(MessageSent(delivery_id=row.pk, item_id=item.pk, is_automatic=row.is_automatic))
    elif row.state in {OutboundState.FAILED, OutboundState.IN_DOUBT}:
        if result.verdict == Verdict.REFUSED and result.code in {550, 551, 553}:
            suppress(address=row.to_address, reason=f"{result.code} {result.detail}")
        _tell_owner(row, item, result.detail)


def _tell_owner(row: Delivery, item, reason: str) -> None:
    publish(
        DeliveryTroubled(
            delivery_id=row.pk, item_id=item.pk, owner_id=item.owner_id, state=row.state, reason=reason[:300]
        )
    )
    notify(
        user=item.owner,
        verb="message.failed" if row.state == OutboundState.FAILED else "message.in_doubt",
        item=item,
        data={"number": item.number, "address": row.to_address},
        cause=f"delivery:{row.pk}:{row.state}:{row.attempts}",
    )


def _note_channel(mailbox: Mailbox | None, result: SmtpResult) -> None:
    if mailbox is None:
        return
    if result.verdict == Verdict.CHANNEL_DOWN:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_send_error=result.detail[:500])
    else:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_send_at=now(), last_send_error="")


def put_abandoned_in_doubt() -> int:
    """Deliveries whose worker died while sending: nobody knows whether they went. Returns how many."""
    moved = 0
    for delivery in Delivery.objects.filter(state=OutboundState.SENDING, lease_until__lt=now()).select_related(
        "message__conversation__item__owner"
    ):
        with transaction.atomic():
            changed = Delivery.objects.filter(
                pk=delivery.pk, state=OutboundState.SENDING, lease_until__lt=now()
            ).update(state=OutboundState.IN_DOUBT, lease_until=None, last_error="worker stopped while sending")
            if changed:
                delivery.state = OutboundState.IN_DOUBT
                _tell_owner(delivery, delivery.message.conversation.item, "worker stopped while sending")
                moved += 1
    return moved


def send_again(*, actor: User, delivery: Delivery) -> None:
    """A person decides to send a failed, blocked or doubtful mail again, under the same Message-ID."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.is_demo or row.state not in {OutboundState.FAILED, OutboundState.IN_DOUBT, OutboundState.BLOCKED}:
            raise Conflict("not_stuck", _("This message is not waiting for a decision."))
        if row.mailbox is None:
            row.mailbox = row.message.conversation.mailbox
        if row.mailbox is None or not row.mailbox.smtp_host:
            raise Conflict("no_mailbox", _("No mailbox with an outgoing server is set up."))
        row.state = OutboundState.QUEUED
        row.block_reason = ""
        row.next_try_at = row.queued_at = now()
        row.save()
        record(actor=actor, action="delivery.send_again", record=row)
        wake_sender(row)


def settle_as_sent(*, actor: User, delivery: Delivery) -> None:
    """A person knows that a doubtful mail has arrived."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.state != OutboundState.IN_DOUBT:
            raise Conflict("not_in_doubt", _("This message is not in doubt."))
        row.state = OutboundState.SENT
        row.sent_at = now()
        row.save()
        record(actor=actor, action="delivery.settle", record=row)
