"""What a person does with mail that could not be placed (A52.1)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import InboundOutcome, RawState
from halkhata.engines.messaging.mime.mail import ParsedMail, UnparseableMail
from halkhata.engines.messaging.mime.parse import parse_mail
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.services.inbound import IngestResult, process_raw
from halkhata.engines.messaging.services.placing import kind_opened_by, language_of, open_for_mail, where_it_arrived
from halkhata.engines.messaging.services.senders import sender_of
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer

MAX_SHOWN_BYTES = 20_000


def readable(raw: InboundRaw) -> ParsedMail:
    """What can be read of the mail; of bytes that are no mail at all the beginning, as text."""
    body = bytes(raw.body)
    try:
        return parse_mail(body)
    except UnparseableMail:
        return ParsedMail(text=clean_text(body[:MAX_SHOWN_BYTES].decode("utf-8", "replace"), multiline=True))


def open_ticket_from(*, actor: User, raw: InboundRaw, customer: Customer | None = None) -> WorkItem:
    """Make a new ticket of a mail in the queue, for ``customer`` or else for its sender, who is written down if new.

    No automatic message goes out: the mail had a reason to stop here. Raises Conflict when somebody was faster or the
    mail stands on a ticket already, DomainError when nobody can be told as its sender.
    """
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = _held(raw.pk)
        if Message.objects.filter(raw=row).exists():
            raise Conflict("placed_already", _("This mail stands on a ticket already."))
        parsed = readable(row)
        mailbox, branch = where_it_arrived(row, parsed)
        if branch is None or inbound_desks.find(kind_opened_by(mailbox)) is None:
            raise DomainError("not_set_up", _("There is no branch yet that could take this mail."))
        if customer is None:
            if not parsed.from_address:
                raise DomainError("no_sender", _("The mail names no sender. Choose the customer."), field="customer")
            language = language_of(f"{parsed.subject} {parsed.text}")
            customer = sender_of(actor=actor, parsed=parsed, language=language, branch=branch, mailbox=mailbox)
        item = open_for_mail(
            actor=actor,
            raw=row,
            parsed=parsed,
            mailbox=mailbox,
            branch=branch,
            customer=customer,
            acknowledge=False,
        )
        row.state, row.outcome = RawState.PROCESSED, InboundOutcome.TICKET_OPENED
        row.processed_at, row.next_try_at = now(), None
        row.save(update_fields=["state", "outcome", "processed_at", "next_try_at"])
        record(actor=actor, action="mail.open_ticket", record=row, after={"number": item.number})
    return item


def try_again(*, actor: User, raw: InboundRaw) -> IngestResult:
    """Process the mail once more from the start, with all its tries. Raises Conflict when it is no longer waiting."""
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = _held(raw.pk)
        if Message.objects.filter(raw=row).exists():
            raise Conflict("placed_already", _("This mail stands on a ticket already."))
        row.state, row.outcome, row.reason, row.attempts = RawState.STORED, "", "", 0
        row.next_try_at, row.processed_at = now(), None
        row.save(update_fields=["state", "outcome", "reason", "attempts", "next_try_at", "processed_at"])
        record(actor=actor, action="mail.try_again", record=row)
    return process_raw(row.pk)


def set_aside(*, actor: User, raw: InboundRaw, note: str) -> None:
    """Take the mail out of the queue with a reason; its bytes stay. Raises DomainError without a reason, Conflict."""
    require(actor, "messaging.quarantine")
    words = clean_text(note, max_length=200)
    if not words:
        raise DomainError("note_missing", _("Say in a few words why it needs no ticket."), field="note")
    with transaction.atomic():
        row = _held(raw.pk)
        row.state, row.set_aside_note, row.next_try_at = RawState.DISCARDED, words, None
        row.save(update_fields=["state", "set_aside_note", "next_try_at"])
        record(actor=actor, action="mail.set_aside", record=row, note=words)


def _held(raw_id: int) -> InboundRaw:
    row = InboundRaw.objects.select_for_update().get(pk=raw_id)
    if row.state not in {RawState.QUARANTINED, RawState.STORED}:
        raise Conflict("not_waiting", _("Somebody has dealt with this mail already."))
    return row
