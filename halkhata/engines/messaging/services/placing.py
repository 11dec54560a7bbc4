"""Deciding where a parsed mail goes: a new ticket, a conversation, a bounce note, or the visible queue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import translation

from halkhata.engines.messaging.choices import Direction, InboundOutcome
from halkhata.engines.messaging.mime.authentication import PROVEN, Proof, proof_of
from halkhata.engines.messaging.mime.classify import Classification
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.reply_text import visible_reply
from halkhata.engines.messaging.models import Conversation, InboundRaw, Mailbox, Message, Participant
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.blocking import is_blocked
from halkhata.engines.messaging.services.bounces import note_bounce
from halkhata.engines.messaging.services.conversations import add_customer_message, begin_conversation, conversation_of
from halkhata.engines.messaging.services.following import remember_way
from halkhata.engines.messaging.services.loops import reopened_too_often, says_the_same_again, stored_form
from halkhata.engines.messaging.services.matching import find_conversation, is_own_message_id
from halkhata.engines.messaging.services.participants import Seat, carry_participants, note_named, note_sender, seat_of
from halkhata.engines.messaging.services.senders import sender_of
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values

MAIL = SystemActor("e-mail")
DEFAULT_KIND = "complaint"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a mail went. ``needs_eyes``: it also waits in the visible queue for a person."""

    outcome: InboundOutcome
    item: WorkItem | None = None
    customer_id: int | None = None
    reason: str = ""
    needs_eyes: bool = False
    # Kept and set aside: nobody has to look.
    set_aside: bool = False
    proof: str = ""


def place_mail(*, raw: InboundRaw, parsed: ParsedMail, classification: Classification) -> Placement:
    """Place the mail in the caller's transaction. Raises nothing for what stands in the mail."""
    proof = proven(raw, parsed)
    return replace(_place(raw, parsed, classification, proof), proof=proof)


def proven(raw: InboundRaw, parsed: ParsedMail) -> Proof:
    """How well the sender is known, by what the server of the mailbox says."""
    mailbox = mailbox_of(raw, parsed)
    return proof_of(parsed, mailbox.auth_server if mailbox else "")


def _place(raw: InboundRaw, parsed: ParsedMail, classification: Classification, proof: Proof) -> Placement:
    if classification.kind == "own":
        # A copy of our own mail needs nobody; anything else "from us" may be forged, or a colleague's, and is shown.
        return Placement(
            outcome=InboundOutcome.LOOP_STOPPED,
            reason=classification.reason if proof in PROVEN else "own_unproven",
            needs_eyes=not is_own_message_id(parsed.message_id),
        )
    if is_blocked(parsed.from_address):
        return Placement(outcome=InboundOutcome.BLOCKED, reason="blocked_sender", set_aside=True)
    if classification.kind == "bounce":
        return _place_bounce(raw, parsed)
    if classification.kind == "auto_reply":
        return _place_automatic(raw, parsed, classification)
    if not parsed.from_address:
        return Placement(outcome=InboundOutcome.QUARANTINED, reason="no_sender", needs_eyes=True)
    colleague = staff_of(parsed.from_address)
    if colleague is not None:
        return _place_colleague(raw, parsed, colleague, proof)
    # One mail of a sender at a time: the same mail by two roads, or a stranger's first two, cannot miss each other.
    lock_values([f"sender:{parsed.from_address.lower()}"])
    earlier = _seen_before(parsed)
    if earlier is not None:
        return Placement(
            outcome=InboundOutcome.DUPLICATE,
            item=earlier.conversation.item,
            customer_id=earlier.customer_id,
            reason="same_message_id",
        )
    match = find_conversation(parsed)
    if match.conversation is not None:
        placed = _place_reply(raw, parsed, classification, match.conversation, seat=match.seat or Seat(), proof=proof)
        remember_way(raw=raw, came_for=match.came_for, item=placed.item)
        return placed
    return _place_new(raw, parsed, classification, claimed=match.claimed, proof=proof)


def _place_colleague(raw: InboundRaw, parsed: ParsedMail, colleague: User, proof: Proof) -> Placement:
    """Mail under an address of our staff is never an answer to a customer: anybody can write such a sender (B66).

    Answers are written in the ticket. Whoever really wrote is told so.
    """
    if proof not in PROVEN:
        return Placement(outcome=InboundOutcome.QUARANTINED, reason="staff_unproven", needs_eyes=True)
    match = find_conversation(parsed)
    named = match.conversation or match.claimed
    if named is not None and WorkItem.objects.visible_to(colleague).filter(pk=named.item_id).exists():
        notify(user=colleague, verb="message.staff_by_mail", item=named.item, cause=f"staff-mail:{raw.pk}")
    return Placement(outcome=InboundOutcome.QUARANTINED, reason="staff_by_mail", needs_eyes=True)


def staff_of(address: str) -> User | None:
    """The member of staff who has this e-mail address."""
    found = kept_objects(
        "staff of an address",
        lambda: User.objects.filter(is_active=True, email__iexact=SOME_TEXT).exclude(email="")[:1],
        {SOME_TEXT: connection.ops.prep_for_iexact_query(address)},
    )
    return found[0] if found else None


def _place_reply(
    raw: InboundRaw,
    parsed: ParsedMail,
    classification: Classification,
    conversation: Conversation,
    *,
    seat: Seat,
    proof: Proof,
) -> Placement:
    item = conversation.item
    desk = inbound_desks.find(item.kind)
    at = raw.received_at
    text = visible_reply(parsed.text)
    if _is_machine(parsed, conversation):
        return _stop_loop(raw, parsed, conversation, text=text, at=at)
    if desk is not None:
        item = desk.target_for_reply(
            item,
            at=at,
            subject=parsed.subject,
            text=text,
            acknowledge=classification.may_auto_reply and proof != Proof.FAIL,
        )
    goes_on = item.pk == conversation.item_id
    writer = seat.participant
    if not goes_on:
        _carry_over(conversation, item, parsed, classification, at, is_customer=writer is None and proof != Proof.FAIL)
        writer = writer and Participant.objects.filter(conversation__item=item, address=writer.address).first()
    added = _add(raw, parsed, item, text=text, at=at, is_first=not goes_on, participant=writer, proof=proof)
    note_named(message=added, parsed=parsed, proof=proof, seat=seat)
    if goes_on:
        _answer_from(added.conversation, raw.mailbox)
        if desk is not None:
            desk.after_customer_message(item, at=at)
    return Placement(
        outcome=InboundOutcome.REPLY_ADDED if goes_on else InboundOutcome.TICKET_OPENED,
        item=item,
        customer_id=item.customer_id,
    )


def _answer_from(conversation: Conversation, mailbox: Mailbox | None) -> None:
    """The next answer goes out by the mailbox that the customer wrote to last, if that one can send."""
    if mailbox is None or mailbox.pk == conversation.mailbox_id or not mailbox.smtp_host or not mailbox.is_active:
        return
    if mailbox.is_demo == conversation.item.is_demo:
        conversation.mailbox = mailbox
        conversation.save(update_fields=["mailbox"])


def _is_machine(parsed: ParsedMail, conversation: Conversation) -> bool:
    item = conversation.item
    if item.customer is not None and says_the_same_again(item.customer, subject=parsed.subject, text=parsed.text):
        return True
    return item.state_flag == StateFlag.RESOLVED and reopened_too_often(conversation)


def _stop_loop(
    raw: InboundRaw, parsed: ParsedMail, conversation: Conversation, *, text: str, at: datetime
) -> Placement:
    """Keep the mail where it belongs, change nothing else, write nothing automatic any more, and tell the owner."""
    item = conversation.item
    _add(raw, parsed, item, text=text, at=at, is_automatic=True)
    if conversation.automatic_mail_stopped_at is None:
        Conversation.objects.filter(pk=conversation.pk).update(automatic_mail_stopped_at=at)
    notify(user=item.owner, verb="message.loop_stopped", item=item, cause=f"loop:{conversation.pk}:{at:%Y-%m-%d-%H}")
    return Placement(
        outcome=InboundOutcome.LOOP_STOPPED,
        item=item,
        customer_id=item.customer_id,
        reason="same_text_again",
        needs_eyes=True,
    )


def _carry_over(
    before: Conversation,
    item: WorkItem,
    parsed: ParsedMail,
    classification: Classification,
    at: datetime,
    *,
    is_customer: bool,
) -> None:
    """A follow-up goes on with the people, the address and the mailbox of the conversation it came from."""
    conversation = conversation_of(item)
    conversation.mailbox = before.mailbox or conversation.mailbox
    conversation.customer_address = parsed.from_address.lower() if is_customer else before.customer_address
    carry_participants(before, conversation)
    if not classification.may_auto_reply:
        conversation.automatic_mail_stopped_at = at
    conversation.save(update_fields=["mailbox", "customer_address", "automatic_mail_stopped_at"])


def _place_new(
    raw: InboundRaw,
    parsed: ParsedMail,
    classification: Classification,
    *,
    claimed: Conversation | None,
    proof: Proof,
) -> Placement:
    mailbox, branch = where_it_arrived(raw, parsed)
    if branch is None or inbound_desks.find(kind_opened_by(mailbox)) is None:
        return Placement(outcome=InboundOutcome.QUARANTINED, reason="not_set_up", needs_eyes=True)
    language = language_of(f"{parsed.subject} {parsed.text}")
    try:
        customer = sender_of(actor=MAIL, parsed=parsed, language=language, branch=branch, mailbox=mailbox)
    except DomainError as error:
        # An address nobody could answer to: a person must look.
        return Placement(outcome=InboundOutcome.QUARANTINED, reason=f"sender_{error.code}", needs_eyes=True)
    if says_the_same_again(customer, subject=parsed.subject, text=parsed.text):
        return Placement(
            outcome=InboundOutcome.LOOP_STOPPED, customer_id=customer.pk, reason="same_text_again", needs_eyes=True
        )
    item = open_for_mail(
        actor=MAIL,
        raw=raw,
        parsed=parsed,
        mailbox=mailbox,
        branch=branch,
        customer=customer,
        # Whoever is named there may never have written: nothing is sent to them by itself.
        acknowledge=classification.may_auto_reply and proof != Proof.FAIL,
        may_belong_to=claimed.item if claimed else None,
        proof=proof,
    )
    return Placement(outcome=InboundOutcome.TICKET_OPENED, item=item, customer_id=customer.pk)


def open_for_mail(
    *,
    actor: Any,
    raw: InboundRaw,
    parsed: ParsedMail,
    mailbox: Mailbox | None,
    branch: Branch,
    customer: Customer,
    acknowledge: bool,
    may_belong_to: WorkItem | None = None,
    proof: Proof = Proof.UNKNOWN,
) -> WorkItem:
    """Open the desk's item for a mail and put the mail on it, in the caller's transaction."""
    kind = kind_opened_by(mailbox)
    with translation.override(customer.language):
        item = inbound_desks.get(kind).open_item(
            actor=actor,
            kind=kind,
            customer=customer,
            branch=branch,
            team=mailbox.team if mailbox else None,
            channel=Channel.EMAIL,
            subject=parsed.subject,
            text=parsed.text,
            acknowledge=acknowledge,
            opened_at=raw.received_at,
            may_belong_to=may_belong_to,
            is_demo=bool(mailbox and mailbox.is_demo),
        )
    address = parsed.from_address.lower() or customer_address(customer)
    conversation = begin_conversation(item, mailbox=mailbox, customer_address=address)
    message = _add(
        raw, parsed, item, text=parsed.text, at=raw.received_at, is_first=True, proof=proof, conversation=conversation
    )
    note_named(message=message, parsed=parsed, proof=proof, seat=Seat())
    return item


def put_on_item(*, raw: InboundRaw, parsed: ParsedMail, item: WorkItem, proof: Proof) -> Message:
    """Put a mail on an item because a person says so, in the caller's transaction; the item's state stays."""
    seat = seat_of(conversation_of(item), parsed.from_address)
    writer = seat.participant if seat else None
    message = _add(
        raw, parsed, item, text=visible_reply(parsed.text), at=raw.received_at, participant=writer, proof=proof
    )
    note_named(message=message, parsed=parsed, proof=proof, seat=seat)
    if seat is None:
        note_sender(message=message, parsed=parsed, proof=proof)
    return message


def where_it_arrived(raw: InboundRaw, parsed: ParsedMail) -> tuple[Mailbox | None, Branch | None]:
    """The mailbox and the branch a new mail belongs to; without a mailbox the top branch."""
    mailbox = mailbox_of(raw, parsed)
    if mailbox is not None:
        return mailbox, mailbox.branch
    return None, Branch.objects.filter(parent__isnull=True, is_active=True).order_by("is_demo", "path").first()


def kind_opened_by(mailbox: Mailbox | None) -> str:
    """The kind of item that mail to this mailbox opens."""
    return mailbox.opens_kind if mailbox else DEFAULT_KIND


def _place_bounce(raw: InboundRaw, parsed: ParsedMail) -> Placement:
    conversation = note_bounce(raw=raw, parsed=parsed)
    if conversation is None:
        return Placement(outcome=InboundOutcome.BOUNCE, reason="bounce_without_ticket", needs_eyes=True)
    _add(raw, parsed, conversation.item, text=parsed.text, at=raw.received_at, is_automatic=True)
    return Placement(outcome=InboundOutcome.BOUNCE, item=conversation.item, customer_id=conversation.item.customer_id)


def _place_automatic(raw: InboundRaw, parsed: ParsedMail, classification: Classification) -> Placement:
    """Out-of-office and other automatic mail: attached where it belongs, state untouched, never answered (A52.6).

    Only the customer's own machine writes into the customer's ticket; what a stranger's machine sends waits in view.
    """
    match = find_conversation(parsed)
    if match.conversation is None:
        return Placement(
            outcome=InboundOutcome.AUTO_REPLY,
            reason="automatic_from_stranger" if match.claimed else classification.reason,
            needs_eyes=True,
        )
    item = match.conversation.item
    _add(raw, parsed, item, text=visible_reply(parsed.text), at=raw.received_at, is_automatic=True)
    return Placement(
        outcome=InboundOutcome.AUTO_REPLY, item=item, customer_id=item.customer_id, reason=classification.reason
    )


def _add(
    raw: InboundRaw,
    parsed: ParsedMail,
    item: WorkItem,
    *,
    text: str,
    at: datetime,
    is_first: bool = False,
    is_automatic: bool = False,
    participant: Participant | None = None,
    proof: str = "",
    conversation: Conversation | None = None,
) -> Message:
    return add_customer_message(
        actor=MAIL,
        item=item,
        channel=Channel.EMAIL,
        text=text,
        full_text=parsed.text,
        raw_html=parsed.html or "",
        subject=parsed.subject,
        from_address=parsed.from_address,
        author_label=parsed.from_name or parsed.from_address,
        to_addresses=[address for _name, address in parsed.to],
        cc_addresses=[address for _name, address in parsed.cc],
        message_id=parsed.message_id or "",
        in_reply_to=parsed.in_reply_to or "",
        references=parsed.references,
        raw=raw,
        files=_store_attachments(parsed),
        at=at,
        is_first=is_first,
        is_automatic=is_automatic,
        participant=participant,
        proof=proof,
        conversation=conversation,
    )


def _store_attachments(parsed: ParsedMail) -> list[tuple[StoredFile, str, bool]]:
    stored = []
    for part in parsed.attachments:
        try:
            file = store_file(name=part.name, data=part.data)
        except DomainError:
            continue  # refused by the file rules; the raw mail still has it
        stored.append((file, part.content_id, part.inline))
    return stored


def mailbox_of(raw: InboundRaw, parsed: ParsedMail) -> Mailbox | None:
    """The mailbox the mail came in by: where it was fetched, else the one it is addressed to, else the default."""
    if raw.mailbox is not None:
        return raw.mailbox
    usable = Mailbox.objects.filter(is_active=True, is_demo=False).select_related("branch", "team")
    boxes = {box.address.lower(): box for box in usable}
    for address in [*parsed.delivered_to, *(address for _name, address in (*parsed.to, *parsed.cc))]:
        local, _at, domain = address.lower().rpartition("@")
        box = boxes.get(f"{local.partition('+')[0]}@{domain}")
        if box is not None:
            return box
    return next((box for box in boxes.values() if box.is_default), None) or next(iter(boxes.values()), None)


def language_of(text: str) -> str:
    """The language a text is written in: Bengali unless it has more Latin letters (never told from a name)."""
    sample = text[:5000]
    bengali = sum("\u0980" <= letter <= "\u09ff" for letter in sample)
    latin = sum(letter.isascii() and letter.isalpha() for letter in sample)
    return "en" if latin > bengali else "bn"


def _seen_before(parsed: ParsedMail) -> Message | None:
    """The same mail by another road: equal Message-ID, sender and text. With another text it is another mail."""
    if not parsed.message_id or len(parsed.message_id) > 255:
        return None
    wanted = stored_form(parsed.text)
    known = kept_objects(
        "inbound messages of an id",
        # Said twice, because the index holds messages with an id and SQLite does not draw the conclusion.
        lambda: (
            Message.objects.exclude(message_id="")
            .filter(message_id=SOME_TEXT, direction=Direction.INBOUND)
            .select_related("conversation__item")
            .order_by("id")[:5]
        ),
        {SOME_TEXT: parsed.message_id},
    )
    return next(
        (
            message
            for message in known
            if message.from_address.lower() == parsed.from_address.lower() and message.full_text.strip() == wanted
        ),
        None,
    )
