"""What a person does with mail that could not be placed (A52.1)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import InboundOutcome, RawState
from halkhata.engines.messaging.mime.authentication import Proof
from halkhata.engines.messaging.mime.mail import ParsedMail, UnparseableMail
from halkhata.engines.messaging.mime.parse import parse_mail
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.services.arriving import kind_opened_by, language_of, where_it_arrived
from halkhata.engines.messaging.services.blocking import block_sender
from halkhata.engines.messaging.services.inbound import IngestResult, process_raw
from halkhata.engines.messaging.services.mail_messages import open_for_mail, put_on_item
from halkhata.engines.messaging.services.matching import find_conversation
from halkhata.engines.messaging.services.senders import sender_of
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.item_history import hold
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer

MAX_SHOWN_BYTES = 20_000
# Reasons that say: whoever stands there as the sender may not have written it.
UNPROVEN = frozenset({"own_unproven", "staff_unproven"})


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
            proof=Proof.FAIL if row.reason in UNPROVEN else Proof(row.proof),
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


def quoted_item(user: User, parsed: ParsedMail) -> WorkItem | None:
    """The item that a mail names, when the user may see it: a suggestion, no proof."""
    match = find_conversation(parsed)
    named = match.conversation or match.claimed
    return WorkItem.objects.visible_to(user).filter(pk=named.item_id).first() if named else None


def release_into(*, actor: User, raw: InboundRaw, item: WorkItem) -> None:
    """Put a mail of the queue on an item, as a message that came in. Never as an answer of ours, whoever it names.

    A sender who takes no part is noted as asked for. The item's state stays: whoever releases it looks at it. Raises
    PermissionRefused, NotFound, Conflict ``item_is_over`` for an item that is closed or merged, and when somebody was
    faster.
    """
    require(actor, "messaging.quarantine")
    if not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    with transaction.atomic():
        # The mail first, as whoever processes it does: two at once wait for each other instead of blocking each other.
        row = _held(raw.pk)
        hold(item)
        if Message.objects.filter(raw=row).exists():
            raise Conflict("placed_already", _("This mail stands on a ticket already."))
        if item.closed_at is not None or item.merged_into_id is not None:
            raise Conflict("item_is_over", _("That ticket is closed for good: nothing can be added to it."))
        parsed = readable(row)
        # What stopped because nobody vouches for its sender goes on being shown as such.
        proof = Proof.FAIL if row.reason in UNPROVEN else Proof(row.proof)
        put_on_item(raw=row, parsed=parsed, item=item, proof=proof)
        row.state, row.outcome = RawState.PROCESSED, InboundOutcome.REPLY_ADDED
        row.processed_at, row.next_try_at = now(), None
        row.save(update_fields=["state", "outcome", "processed_at", "next_try_at"])
        record(actor=actor, action="mail.release", record=row, after={"number": item.number})


def put_back(*, actor: User, raw: InboundRaw) -> None:
    """Put a mail that was set aside into the queue again. Raises Conflict when it is not set aside."""
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = InboundRaw.objects.select_for_update().get(pk=raw.pk)
        if row.state != RawState.DISCARDED:
            raise Conflict("not_set_aside", _("This mail is not set aside."))
        row.state, row.set_aside_note = RawState.QUARANTINED, ""
        row.save(update_fields=["state", "set_aside_note"])
        record(actor=actor, action="mail.put_back", record=row)


def block_and_set_aside(*, actor: User, raw: InboundRaw, note: str) -> None:
    """Block the mail's sender and set the mail aside, with one reason. Raises as ``block_sender`` and ``set_aside``."""
    address = raw.from_address or readable(raw).from_address
    with transaction.atomic():
        block_sender(actor=actor, address=address, reason=note)
        set_aside(actor=actor, raw=raw, note=note)


def _held(raw_id: int) -> InboundRaw:
    row = InboundRaw.objects.select_for_update().get(pk=raw_id)
    if row.state not in {RawState.QUARANTINED, RawState.STORED}:
        raise Conflict("not_waiting", _("Somebody has dealt with this mail already."))
    return row
