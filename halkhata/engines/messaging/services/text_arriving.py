"""Short texts that come in: kept first, then processed exactly once, as mail is (services/inbound.py)."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F

from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.models import InboundText
from halkhata.engines.messaging.services.inbound import HELD, MAX_ATTEMPTS
from halkhata.engines.messaging.services.text_placing import PlacedText, place_text
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import gathered_events
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.locking import lock_values

logger = logging.getLogger(__name__)

WILL_BE_RETRIED = "will_be_retried"
MAX_WORDS = 10_000
# Without an id of the gateway, the same words from the same number within so long are the same text told again.
TOLD_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class TextResult:
    """What became of one text; ``ticket`` is its canonical number, ``customer`` an id."""

    outcome: str
    ticket: str | None = None
    customer: int | None = None
    text_id: int | None = None
    reason: str = ""


def receive_text(
    *, source: str, provider_id: str, from_number: str, to_number: str, text: str, at: datetime | None, raw: bytes
) -> TextResult:
    """Keep a text that a gateway hands over, and process it. Never raises for what stands in it.

    ``source`` names the gateway ("sms:3"), ``provider_id`` is the gateway's own id or "", ``at`` when it says that the
    text was written, ``raw`` all that it sent. The row is committed before anything else is tried: what breaks off is
    taken up again by the timetable. Told twice, it is one text (outcome ``duplicate``).
    """
    row, is_new = store_text(
        source=source, provider_id=provider_id, from_number=from_number, to_number=to_number, text=text, at=at, raw=raw
    )
    if is_new:
        return _try(row)
    if row.state == RawState.STORED and row.next_try_at is not None and row.next_try_at <= now():
        return process_text(row.pk)
    # Whoever holds it just now does the work: being told often at once is no reason to give up on a text.
    known = result_of(row)
    return TextResult(
        outcome=TextOutcome.DUPLICATE, ticket=known.ticket, customer=known.customer, text_id=row.pk, reason=known.reason
    )


def store_text(
    *, source: str, provider_id: str, from_number: str, to_number: str, text: str, at: datetime | None, raw: bytes
) -> tuple[InboundText, bool]:
    """Keep it. Returns the row and whether it is new. Its first try is counted with it: one commit for both."""
    source = clean_text(source)[:40]
    typed, addressed = clean_text(from_number)[:60], clean_text(to_number)[:60]
    words = clean_text(text, multiline=True)[:MAX_WORDS]
    digest = hashlib.sha256("\0".join((typed, addressed, words)).encode()).hexdigest()
    moment = now()
    with transaction.atomic():
        lock_values([f"text:{source}:{digest}"])
        told = InboundText.objects.filter(source=source, digest=digest)
        name = _stored_id(provider_id)
        if not name:
            known = told.filter(provider_id__startswith="none:", received_at__gt=moment - TOLD_AGAIN).last()
            if known is not None:
                return known, False
            name = f"none:{told.filter(provider_id__startswith='none:').count() + 1}"
        try:
            with transaction.atomic():
                return (
                    InboundText.objects.create(
                        source=source,
                        provider_id=name,
                        digest=digest,
                        from_typed=typed,
                        number=_number(typed),
                        to_number=addressed,
                        text=words,
                        body=raw,
                        said_at=at,
                        received_at=moment,
                        attempts=1,
                        next_try_at=moment + HELD,
                    ),
                    True,
                )
        except IntegrityError:
            return told.get(provider_id=name), False


def _stored_id(provider_id: str) -> str:
    """The gateway's id fit to store; one that is too long by its digest, so that no two become one."""
    name = clean_text(provider_id)
    if name.startswith("none:") or len(name) > 120:
        return "long:" + hashlib.sha256(name.encode()).hexdigest()
    return name


def _number(typed: str) -> str:
    """E.164, or "" for a sender that nobody could call back: a name, a short code."""
    try:
        return parse_phone(typed, region=Installation.current().country).e164
    except PhoneError:
        return ""


def process_text(text_id: int) -> TextResult:
    """Process one stored text. A database that is away does raise; anything else is counted, tried again and at last
    shown in the quarantine (F29)."""
    counted = InboundText.objects.filter(pk=text_id, state=RawState.STORED).update(
        attempts=F("attempts") + 1, next_try_at=now() + HELD
    )
    row = InboundText.objects.get(pk=text_id)
    return _try(row) if counted else result_of(row)


def _try(row: InboundText) -> TextResult:
    if row.attempts > MAX_ATTEMPTS:
        return _quarantine(row, detail=row.detail)
    try:
        with transaction.atomic(), gathered_events():
            return _process_locked(row.pk)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("text %s could not be processed", row.pk)
        detail = clean_text(f"{type(error).__name__}: {error}")[:2000]
        if row.attempts >= MAX_ATTEMPTS:
            return _quarantine(row, detail=detail)
        InboundText.objects.filter(pk=row.pk, state=RawState.STORED).update(
            detail=detail, next_try_at=now() + timedelta(seconds=2**row.attempts)
        )
        return TextResult(outcome=TextOutcome.QUARANTINED, text_id=row.pk, reason=WILL_BE_RETRIED)


def _process_locked(text_id: int) -> TextResult:
    row = InboundText.objects.select_for_update().defer("body").get(pk=text_id)
    if row.state != RawState.STORED:
        return result_of(row)
    placed = place_text(row)
    settle_text(row, placed)
    return TextResult(
        outcome=placed.outcome,
        ticket=placed.item.number if placed.item else None,
        customer=placed.customer_id,
        text_id=row.pk,
        reason=placed.reason,
    )


def settle_text(row: InboundText, placed: PlacedText) -> None:
    """Write down how it ended, in the transaction that did it."""
    row.state = RawState.QUARANTINED if placed.needs_eyes else RawState.PROCESSED
    row.outcome, row.reason, row.detail = placed.outcome, placed.reason[:60], ""
    row.message, row.processed_at, row.next_try_at = placed.message, now(), None
    row.save(update_fields=["state", "outcome", "reason", "detail", "message", "processed_at", "next_try_at"])


def _quarantine(row: InboundText, *, detail: str) -> TextResult:
    with transaction.atomic():
        InboundText.objects.filter(pk=row.pk, state=RawState.STORED).update(
            state=RawState.QUARANTINED,
            outcome=TextOutcome.QUARANTINED,
            reason="failed_often",
            detail=clean_text(detail)[:2000],
            processed_at=now(),
            next_try_at=None,
        )
    return TextResult(outcome=TextOutcome.QUARANTINED, text_id=row.pk, reason="failed_often")


def result_of(row: InboundText) -> TextResult:
    """What became of a text that was processed earlier."""
    message = row.message
    item = message.conversation.item if message else None
    return TextResult(
        outcome=row.outcome or TextOutcome.QUARANTINED,
        ticket=item.number if item else None,
        customer=message.customer_id if message else None,
        text_id=row.pk,
        reason=row.reason,
    )
