"""Sending short texts that something can carry: once each, whatever is killed in between."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from halkhata.engines.messaging.mime.compose import build_mail
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.consent_gate import text_may_go
from halkhata.engines.messaging.services.outgoing import mailbox_for
from halkhata.engines.messaging.services.smtp import Verdict, deliver
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.engines.messaging.services.text_gate import Gate, ask_for, locks_of
from halkhata.engines.messaging.services.texts import words_of
from halkhata.engines.messaging.text_choices import GATED, TextPurpose, TextState
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, carrier_for
from halkhata.foundation.core.clock import now
from halkhata.records.customers.services.locking import lock_values

# Longer than any carrier takes: what is still "sending" afterwards was sent by a process that died.
LEASE = timedelta(minutes=15)
MOST_TRIES = 5

_CARRIED = {
    Verdict.SENT: Carried.SENT,
    Verdict.TRY_LATER: Carried.TRY_LATER,
    Verdict.CHANNEL_DOWN: Carried.TRY_LATER,
    Verdict.REFUSED: Carried.REFUSED,
    Verdict.IN_DOUBT: Carried.IN_DOUBT,
}


def send_text_now(pk: int) -> str:
    """Send one text if it is in line; returns its state afterwards, "" when it was not in line.

    Raises OSError when it should be tried again, so that the job comes back.
    """
    message = _take(pk)
    if message is None:
        return ""
    if message.state != TextState.SENDING:
        return str(message.state)
    carrier, words = carrier_for(message.channel), words_of(message)
    if carrier is None or not words:
        return _settle(message, TextState.PREPARED if words else TextState.WITHDRAWN, "")
    if not text_may_go(message):
        return _settle(message, TextState.WITHDRAWN, "")
    verdict, said = carrier.carry(message, words)
    if verdict == Carried.TRY_LATER:
        if message.attempts + 1 >= MOST_TRIES:
            return _settle(message, TextState.FAILED, said)
        _settle(message, TextState.QUEUED, said)
        raise OSError(f"short text {pk}: try later")
    states = {
        Carried.SENT: TextState.SENT, Carried.REFUSED: TextState.FAILED, Carried.IN_DOUBT: TextState.IN_DOUBT,
        Carried.NOBODY: TextState.PREPARED,
    }  # fmt: skip
    return _settle(message, states[verdict], said)


def _take(pk: int) -> TextMessage | None:
    """The text, out of the line; None when it was in none. An offer or a question passes the gate first, and may be
    held instead."""
    at = now()
    with transaction.atomic():
        # One UPDATE takes it out of the line: of two workers one sends.
        taken = TextMessage.objects.filter(pk=pk, state=TextState.QUEUED, is_demo=False).exclude(expires_at__lte=at)
        if not taken.update(state=TextState.SENDING, lease_until=at + LEASE):
            return None
        message = TextMessage.objects.select_related("item__branch", "item__team", "customer__branch").get(pk=pk)
        if message.purpose in GATED:
            _stop_at_gate(message, at)
    return message


def _stop_at_gate(message: TextMessage, at: datetime) -> None:
    lock_values(locks_of(message))
    answer = ask_for(message, at)
    if answer.gate == Gate.GO:
        # It counts from now on; what does not go after all is taken out again.
        message.counted_at = at
        message.save(update_fields=["counted_at"])
        return
    held = answer.gate == Gate.HOLD
    message.state = TextState.HELD if held else TextState.REFUSED
    message.rule, message.go_at, message.lease_until = answer.rule, answer.go_at, None
    message.settled_at = None if held else at
    message.save(update_fields=["state", "rule", "go_at", "lease_until", "settled_at"])


def _settle(message: TextMessage, state: TextState, said: str) -> str:
    open_still = state in {TextState.QUEUED, TextState.PREPARED}
    TextMessage.objects.filter(pk=message.pk, state=TextState.SENDING).update(
        state=state,
        lease_until=None,
        attempts=message.attempts + 1,
        said=said[:300],
        sealed_text=message.sealed_text if open_still else "",
        settled_at=None if open_still else now(),
        counted_at=message.counted_at if state in {TextState.SENT, TextState.IN_DOUBT} else None,
    )
    return str(state)


def put_dead_in_doubt() -> int:
    """Texts whose sender died while sending: nobody knows whether they went. Returns how many."""
    dead = TextMessage.objects.filter(state=TextState.SENDING, lease_until__lte=now())
    return dead.update(state=TextState.IN_DOUBT, lease_until=None, sealed_text="", settled_at=now())


def _can_mail(message: TextMessage) -> bool:
    mailbox = mailbox_for(message.item) if message.item is not None else None
    sends = mailbox is not None and bool(mailbox.smtp_host) and not mailbox.is_demo
    return sends and not is_suppressed(message.to_address)


def _mail(message: TextMessage, text: str) -> tuple[Carried, str]:
    mailbox = mailbox_for(message.item) if message.item is not None else None
    if mailbox is None or message.is_demo:
        return Carried.REFUSED, ""
    domain = mailbox.address.rpartition("@")[2].lower()
    data = build_mail(
        from_addr=mailbox.address,
        from_name=mailbox.display_name or mailbox.name,
        to=[("", message.to_address)],
        subject=message.subject,
        text=text,
        # Not one of the thread's ids: an answer to a code must not land in the ticket.
        message_id=f"<{secrets.token_hex(16)}.text@{domain}>",
        auto_submitted="auto-generated",
        date=message.prepared_at,
    )
    result = deliver(mailbox, recipients=[message.to_address], data=data)
    return _CARRIED[result.verdict], " ".join(str(part) for part in (result.code, result.detail) if part)


BY_MAIL = TextCarrier(can_carry=_can_mail, carry=_mail)


def hold_texts_after_restore(taken_at: datetime) -> int:
    """After a restore: codes are of no use any more, and whether the other texts in line went, nobody knows.

    Returns how many rows changed.
    """
    open_still = TextMessage.objects.filter(
        state__in=[TextState.PREPARED, TextState.HELD, TextState.QUEUED, TextState.SENDING]
    )
    codes = open_still.filter(purpose=TextPurpose.CODE)
    changed = codes.update(state=TextState.WITHDRAWN, lease_until=None, sealed_text="", settled_at=now())
    on_their_way = open_still.exclude(state=TextState.PREPARED)
    return changed + on_their_way.update(state=TextState.IN_DOUBT, lease_until=None, settled_at=now())
