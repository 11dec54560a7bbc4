"""Sending queued deliveries: nothing lost in silence, nothing sent twice behind anybody's back (docs/adr/0007)."""

import logging
import os
import secrets
import threading
import time
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F

from halkhata.engines.messaging.choices import BlockReason, OutboundState, SuppressionKind
from halkhata.engines.messaging.events import DeliveryTroubled, MessageSent
from halkhata.engines.messaging.models import Delivery, Mailbox
from halkhata.engines.messaging.services import mail_errors
from halkhata.engines.messaging.services.channel_state import note_sending_failed, note_sending_works
from halkhata.engines.messaging.services.composing import mail_bytes
from halkhata.engines.messaging.services.consent_gate import delivery_may_go
from halkhata.engines.messaging.services.mail_checks import admit
from halkhata.engines.messaging.services.mail_errors import said_by
from halkhata.engines.messaging.services.send_checks import Gate
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict, deliver
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.privacy.choices import Purpose

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# RFC 5321 section 4.5.4.1: the first tries soon, then at least half an hour apart, for four days.
BACK_OFF_MINUTES = (1, 5, 15, 30)
GIVE_UP_AFTER = timedelta(days=4)
CHANNEL_PAUSE = timedelta(minutes=1)
SETTLE_PAUSES = (0.5, 2, 5)


def send_one(delivery_id: int) -> str:
    """Try to send one queued delivery now. Returns its state afterwards, "" when it was not in line."""
    delivery = _take(delivery_id)
    if delivery is None:
        return ""
    # Asked now and not when it was queued: whoever has said no meanwhile gets nothing (N2).
    if delivery.purpose == Purpose.SERVICE:
        if not delivery_may_go(delivery):
            return _keep_back(delivery, BlockReason.OBJECTION)
    elif (verdict := admit(delivery)).gate == Gate.HOLD and verdict.go_at is not None:
        return _let_wait(delivery, verdict.reason, verdict.go_at)
    elif verdict.gate != Gate.GO:
        return _keep_back(delivery, verdict.reason)
    stop = threading.Event()
    heart = threading.Thread(target=_renew_lease, args=(delivery.pk, delivery.locked_by, stop), daemon=True)
    heart.start()
    try:
        result = _try(delivery)
    finally:
        stop.set()
        heart.join(timeout=5)
    return _settle_patiently(delivery, result)


def _keep_back(delivery: Delivery, reason: str) -> str:
    Delivery.objects.filter(pk=delivery.pk, state=OutboundState.SENDING, locked_by=delivery.locked_by).update(
        state=OutboundState.BLOCKED, block_reason=reason, lease_until=None, locked_by=""
    )
    return str(OutboundState.BLOCKED)


def _let_wait(delivery: Delivery, reason: str, go_at: datetime) -> str:
    """Back in line until its hour; this was no try."""
    Delivery.objects.filter(pk=delivery.pk, state=OutboundState.SENDING, locked_by=delivery.locked_by).update(
        state=OutboundState.QUEUED, block_reason=reason, next_try_at=go_at, lease_until=None, locked_by="",
        attempts=F("attempts") - 1,
    )  # fmt: skip
    return str(OutboundState.QUEUED)


def _try(delivery: Delivery) -> SmtpResult:
    try:
        data = mail_bytes(delivery)
    except Exception as error:  # a mail that cannot be built will not be built by repeating it
        logger.exception("delivery %s cannot be built", delivery.pk)
        return SmtpResult(verdict=Verdict.REFUSED, error=mail_errors.NOT_BUILT, detail=said_by(error))
    mailbox = delivery.mailbox
    if mailbox is None:
        return SmtpResult(verdict=Verdict.REFUSED, error=mail_errors.NO_MAILBOX)
    recipients = list(dict.fromkeys([delivery.to_address, *delivery.message.cc_addresses]))
    try:
        return deliver(mailbox, recipients=recipients, data=data)
    except Exception as error:  # whatever it was, we do not know how far it came
        logger.exception("delivery %s broke off", delivery.pk)
        return SmtpResult(verdict=Verdict.IN_DOUBT, error=mail_errors.BROKE_OFF, detail=said_by(error))


def _take(delivery_id: int) -> Delivery | None:
    """queued -> sending, committed before the first byte leaves. Nothing while mail is held after a restore."""
    if outgoing_is_held():
        return None
    at = now()
    taken = Delivery.objects.filter(
        pk=delivery_id, state=OutboundState.QUEUED, next_try_at__lte=at, is_demo=False
    ).update(
        state=OutboundState.SENDING,
        locked_by=f"{os.getpid()}-{secrets.token_hex(12)}",
        lease_until=at + LEASE,
        block_reason=BlockReason.NONE,
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    return Delivery.objects.select_related("message__conversation__item__owner", "mailbox").get(pk=delivery_id)


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


def _settle_patiently(delivery: Delivery, result: SmtpResult) -> str:
    """Write down how it ended, also when the database is away for a moment; else the lease ends and it is in doubt."""
    for pause in SETTLE_PAUSES:
        try:
            return _settle(delivery, result)
        except OperationalError:
            logger.warning("delivery %s: the result cannot be written yet", delivery.pk)
            time.sleep(pause)
    return _settle(delivery, result)


def _settle(delivery: Delivery, result: SmtpResult) -> str:
    at = now()
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        # Somebody may have judged us dead meanwhile and put it in doubt: what we know settles the doubt. What a person
        # has decided since stays.
        if row.locked_by != delivery.locked_by or row.state not in {OutboundState.SENDING, OutboundState.IN_DOUBT}:
            return row.state
        row.lease_until = None
        row.locked_by = ""
        # smtplib says -1 for an answer that is none.
        row.smtp_code = result.code if result.code and 100 <= result.code <= 599 else None
        row.error_code = result.error
        row.last_error = "" if result.verdict == Verdict.SENT else clean_text(result.detail)[:2000]
        if result.verdict not in {Verdict.SENT, Verdict.IN_DOUBT}:
            row.counted_at = None  # the customer has not got it
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
    for address, words in result.refused:
        suppress(address=address, kind=SuppressionKind.REFUSED, reason=words)
        if row.state == OutboundState.SENT and address != row.to_address:
            notify(
                user=item.owner,
                verb="message.copy_failed",
                item=item,
                data={"address": address},
                cause=f"copy:{row.pk}:{address}"[:120],
            )
    if row.state == OutboundState.SENT:
        publish(MessageSent(delivery_id=row.pk, item_id=item.pk, is_automatic=row.is_automatic))
    elif row.state in {OutboundState.FAILED, OutboundState.IN_DOUBT}:
        _tell_owner(row, item, result.detail or result.error)


def _tell_owner(row: Delivery, item: WorkItem, reason: str) -> None:
    publish(
        DeliveryTroubled(
            delivery_id=row.pk,
            item_id=item.pk,
            owner_id=item.owner_id,
            state=str(row.state),
            reason=clean_text(reason)[:300],
        )
    )
    notify(
        user=item.owner,
        verb="message.failed" if row.state == OutboundState.FAILED else "message.in_doubt",
        item=item,
        data={"address": row.to_address},
        cause=f"delivery:{row.pk}:{row.state}:{row.attempts}",
    )


def _note_channel(mailbox: Mailbox | None, result: SmtpResult) -> None:
    if mailbox is None:
        return
    at = now()
    if result.verdict == Verdict.CHANNEL_DOWN:
        words = clean_text(f"{result.code or ''} {result.detail}")[:500]
        note_sending_failed(mailbox.pk, code=result.error or mail_errors.OTHER, said=words)
        # One knock at a closed door is enough: the others in line wait a minute, so that a dead server holds up
        # no other mailbox and no other job (F07).
        Delivery.objects.filter(
            mailbox_id=mailbox.pk, state=OutboundState.QUEUED, next_try_at__lt=at + CHANNEL_PAUSE
        ).update(next_try_at=at + CHANNEL_PAUSE)
    elif result.verdict != Verdict.IN_DOUBT:
        note_sending_works(mailbox.pk)


def put_abandoned_in_doubt() -> int:
    """Deliveries whose worker died while sending: nobody knows whether they went. Returns how many."""
    moved = 0
    for delivery in Delivery.objects.filter(state=OutboundState.SENDING, lease_until__lt=now()).select_related(
        "message__conversation__item__owner"
    ):
        with transaction.atomic():
            changed = Delivery.objects.filter(
                pk=delivery.pk, state=OutboundState.SENDING, lease_until__lt=now()
            ).update(state=OutboundState.IN_DOUBT, lease_until=None, error_code=mail_errors.WORKER_STOPPED)
            if changed:
                delivery.state = OutboundState.IN_DOUBT
                _tell_owner(delivery, delivery.message.conversation.item, mail_errors.WORKER_STOPPED)
                moved += 1
    return moved
