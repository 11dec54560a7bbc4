"""Deciding where a parsed mail goes: a new ticket, a conversation, a bounce note, or the visible queue."""

from dataclasses import dataclass, replace
from datetime import datetime

from halkhata.engines.messaging.choices import InboundOutcome
from halkhata.engines.messaging.mime.authentication import PROVEN, Proof
from halkhata.engines.messaging.mime.classify import Classification
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.reply_text import visible_reply
from halkhata.engines.messaging.models import Conversation, InboundRaw, Participant
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.services.arriving import kind_opened_by, language_of, proven, where_it_arrived
from halkhata.engines.messaging.services.blocking import is_blocked
from halkhata.engines.messaging.services.bounces import note_bounce
from halkhata.engines.messaging.services.carrying_on import answer_from, carry_over
from halkhata.engines.messaging.services.following import remember_way
from halkhata.engines.messaging.services.loops import reopened_too_often, says_the_same_again
from halkhata.engines.messaging.services.mail_messages import MAIL, add_mail, open_for_mail
from halkhata.engines.messaging.services.matching import find_conversation, is_own_message_id, mail_seen_before
from halkhata.engines.messaging.services.participants import Seat, note_named
from halkhata.engines.messaging.services.senders import sender_of, staff_of
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.services.locking import lock_values


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
    earlier = mail_seen_before(parsed)
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
        carry_over(conversation, item, parsed, classification, at, is_customer=writer is None and proof != Proof.FAIL)
        writer = writer and Participant.objects.filter(conversation__item=item, address=writer.address).first()
    added = add_mail(raw, parsed, item, text=text, at=at, is_first=not goes_on, participant=writer, proof=proof)
    note_named(message=added, parsed=parsed, proof=proof, seat=seat)
    if goes_on:
        answer_from(added.conversation, raw.mailbox)
        if desk is not None:
            desk.after_customer_message(item, at=at)
    return Placement(
        outcome=InboundOutcome.REPLY_ADDED if goes_on else InboundOutcome.TICKET_OPENED,
        item=item,
        customer_id=item.customer_id,
    )


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
    add_mail(raw, parsed, item, text=text, at=at, is_automatic=True)
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


def _place_bounce(raw: InboundRaw, parsed: ParsedMail) -> Placement:
    conversation = note_bounce(raw=raw, parsed=parsed)
    if conversation is None:
        return Placement(outcome=InboundOutcome.BOUNCE, reason="bounce_without_ticket", needs_eyes=True)
    add_mail(raw, parsed, conversation.item, text=parsed.text, at=raw.received_at, is_automatic=True)
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
    add_mail(raw, parsed, item, text=visible_reply(parsed.text), at=raw.received_at, is_automatic=True)
    return Placement(
        outcome=InboundOutcome.AUTO_REPLY, item=item, customer_id=item.customer_id, reason=classification.reason
    )
