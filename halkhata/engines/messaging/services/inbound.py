"""Inbound mail: raw bytes first, then processed exactly once.

``store_raw`` commits the bytes before the mail server is told that we have them. ``process_raw`` makes ticket, message
and the "processed" mark in one transaction: a kill at any point leaves either nothing or everything (docs/adr/0006).
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, QuerySet

from halkhata.engines.messaging.choices import InboundOutcome, RawState
from halkhata.engines.messaging.events import MailQuarantined
from halkhata.engines.messaging.mime.authentication import named_servers
from halkhata.engines.messaging.mime.classify import classify
from halkhata.engines.messaging.mime.mail import ParsedMail, UnparseableMail
from halkhata.engines.messaging.mime.parse import parse_mail
from halkhata.engines.messaging.models import InboundRaw, Mailbox, Message
from halkhata.engines.messaging.services.placing import Placement, place_mail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.outbox import gathered_events, publish
from halkhata.foundation.core.text import clean_text

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# Whoever begins a try holds the mail for so long: a try that was killed is taken up again after it.
HELD = timedelta(seconds=60)
WILL_BE_RETRIED = "will_be_retried"


@dataclass(frozen=True, kw_only=True)
class IngestResult:
    """What became of one mail; ``ticket`` is its canonical number, ``customer`` an id."""

    outcome: str
    ticket: str | None = None
    customer: int | None = None
    message_id: str | None = None
    raw_id: int | None = None
    reason: str = ""


def store_raw(
    *, mailbox: Mailbox | None, provider_id: str, raw: bytes, tried_at_once: bool = False
) -> tuple[InboundRaw, bool]:
    """Keep the bytes. Returns the row and whether it is new: the same bytes are kept once, whatever their UID is.

    ``tried_at_once`` counts the first try together with the bytes, for a caller that processes the mail itself right
    afterwards: one commit for both.
    """
    digest = hashlib.sha256(raw).hexdigest()
    at = now()
    try:
        with transaction.atomic():
            return (
                InboundRaw.objects.create(
                    mailbox=mailbox,
                    provider_id=provider_id[:80],
                    sha256=digest,
                    size=len(raw),
                    body=raw,
                    received_at=at,
                    attempts=int(tried_at_once),
                    next_try_at=at + HELD if tried_at_once else at,
                    is_demo=bool(mailbox and mailbox.is_demo),
                ),
                True,
            )
    except IntegrityError:
        return InboundRaw.objects.get(sha256=digest), False


def ingest(raw: bytes, *, mailbox: Mailbox | None = None) -> IngestResult:
    """Store and process one mail given as bytes; any bytes at all. Used by ``halkhata mail ingest`` and the API."""
    provider_id = f"ingest:{hashlib.sha256(raw).hexdigest()}"
    row, created = store_raw(mailbox=mailbox, provider_id=provider_id, raw=raw, tried_at_once=True)
    if not created and row.state != RawState.STORED:
        known = result_of(row)
        return IngestResult(
            outcome=InboundOutcome.DUPLICATE,
            ticket=known.ticket,
            customer=known.customer,
            message_id=known.message_id,
            raw_id=row.pk,
        )
    result = _try(row) if created else process_raw(row.pk)
    for _again in range(MAX_ATTEMPTS):
        # Whoever gave the mail waits for an answer: the other tries follow at once.
        if result.reason != WILL_BE_RETRIED:
            break
        result = process_raw(row.pk)
    return result


def process_raw(raw_id: int) -> IngestResult:
    """Process one stored mail. Never raises for what stands in the mail; a database that is away does raise.

    Each try is counted before it begins; after MAX_ATTEMPTS the mail goes to quarantine and the next ones go on (F29).
    """
    counted = InboundRaw.objects.filter(pk=raw_id, state=RawState.STORED).update(
        attempts=F("attempts") + 1, next_try_at=now() + HELD
    )
    row = InboundRaw.objects.get(pk=raw_id)
    return _try(row) if counted else result_of(row)


def _try(row: InboundRaw) -> IngestResult:
    """One try that is counted already; another at the same time is told apart by the lock of ``_process_locked``."""
    raw_id = row.pk
    if row.attempts > MAX_ATTEMPTS:
        return _quarantine(row, reason="failed_often", detail=row.detail)
    try:
        parsed = parse_mail(bytes(row.body))
    except UnparseableMail as error:
        return _quarantine(row, reason=error.reason_code, detail=error.detail)
    try:
        with transaction.atomic(), gathered_events():
            return _process_locked(raw_id, parsed)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("mail %s could not be processed", raw_id)
        text = clean_text(f"{type(error).__name__}: {error}")[:2000]
        if row.attempts >= MAX_ATTEMPTS:
            return _quarantine(row, reason="failed_often", detail=text, parsed=parsed)
        InboundRaw.objects.filter(pk=raw_id, state=RawState.STORED).update(
            detail=text, next_try_at=now() + timedelta(seconds=2**row.attempts), **_header_facts(parsed)
        )
        return IngestResult(
            outcome=InboundOutcome.QUARANTINED, message_id=parsed.message_id, raw_id=raw_id, reason=WILL_BE_RETRIED
        )


def _process_locked(raw_id: int, parsed: ParsedMail) -> IngestResult:
    (row,) = kept_objects("inbound mail, held", _held, {SOME_ID: raw_id})
    if row.state != RawState.STORED:
        return result_of(row)
    own = list(Mailbox.objects.values_list("address", flat=True))
    placement = place_mail(raw=row, parsed=parsed, classification=classify(parsed, own))
    _mark(row, parsed, placement)
    return IngestResult(
        outcome=placement.outcome,
        ticket=placement.item.number if placement.item else None,
        customer=placement.customer_id,
        message_id=parsed.message_id,
        raw_id=row.pk,
        reason=placement.reason,
    )


def _held() -> QuerySet[InboundRaw]:
    """The row behind a lock, with all that placing asks of its mailbox and without the bytes."""
    rows = InboundRaw.objects.select_for_update(of=("self",)).defer("body")
    return rows.select_related("mailbox__branch", "mailbox__team").filter(pk=SOME_ID)


def _mark(row: InboundRaw, parsed: ParsedMail, placement: Placement) -> None:
    row.state = RawState.QUARANTINED if placement.needs_eyes else RawState.PROCESSED
    if placement.set_aside:
        row.state = RawState.DISCARDED
    row.proof = placement.proof
    row.outcome = placement.outcome
    row.reason = placement.reason[:60]
    row.detail, row.notes = "", list(parsed.notes)
    for name, value in _header_facts(parsed).items():
        setattr(row, name, value)
    row.processed_at = now()
    row.next_try_at = None
    row.save(
        update_fields=[
            "state", "outcome", "reason", "detail", "notes", "message_id", "from_address", "subject",
            "processed_at", "next_try_at", "proof", "auth_server",
        ]
    )  # fmt: skip
    if placement.needs_eyes:
        publish(MailQuarantined(raw_id=row.pk, reason=row.reason))


def _quarantine(row: InboundRaw, *, reason: str, detail: str, parsed: ParsedMail | None = None) -> IngestResult:
    with transaction.atomic():
        moved = InboundRaw.objects.filter(pk=row.pk, state=RawState.STORED).update(
            state=RawState.QUARANTINED,
            outcome=InboundOutcome.QUARANTINED,
            reason=reason[:60],
            detail=clean_text(detail)[:2000],
            processed_at=now(),
            next_try_at=None,
            **({} if parsed is None else _header_facts(parsed)),
        )
        if moved:
            publish(MailQuarantined(raw_id=row.pk, reason=reason))
    message_id = parsed.message_id if parsed else None
    return IngestResult(outcome=InboundOutcome.QUARANTINED, message_id=message_id, raw_id=row.pk, reason=reason)


def _header_facts(parsed: ParsedMail) -> dict[str, str]:
    return {
        "message_id": clean_text(parsed.message_id or "")[:255],
        "from_address": clean_text(parsed.from_address)[:254],
        "subject": clean_text(parsed.subject, max_length=255),
        "auth_server": clean_text(next(iter(named_servers(parsed)), ""))[:253],
    }


def result_of(row: InboundRaw) -> IngestResult:
    """What became of a mail that was processed earlier."""
    message = Message.objects.filter(raw=row).select_related("conversation__item").first()
    item = message.conversation.item if message else None
    return IngestResult(
        outcome=row.outcome or InboundOutcome.QUARANTINED,
        ticket=item.number if item else None,
        customer=message.customer_id if message else None,
        message_id=row.message_id or None,
        raw_id=row.pk,
        reason=row.reason,
    )
