"""A mail as a message of an item, with its attachments and the people it names."""

from datetime import datetime
from typing import Any

from django.utils import translation

from halkhata.engines.messaging.mime.authentication import Proof
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.reply_text import visible_reply
from halkhata.engines.messaging.models import Conversation, InboundRaw, Mailbox, Message, Participant
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.arriving import kind_opened_by
from halkhata.engines.messaging.services.conversations import add_customer_message, begin_conversation, conversation_of
from halkhata.engines.messaging.services.participants import Seat, note_named, note_sender, seat_of
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.customers.models import Customer

MAIL = SystemActor("e-mail")


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
    message = add_mail(
        raw, parsed, item, text=parsed.text, at=raw.received_at, is_first=True, proof=proof, conversation=conversation
    )
    note_named(message=message, parsed=parsed, proof=proof, seat=Seat())
    return item


def put_on_item(*, raw: InboundRaw, parsed: ParsedMail, item: WorkItem, proof: Proof) -> Message:
    """Put a mail on an item because a person says so, in the caller's transaction; the item's state stays."""
    seat = seat_of(conversation_of(item), parsed.from_address)
    writer = seat.participant if seat else None
    message = add_mail(
        raw, parsed, item, text=visible_reply(parsed.text), at=raw.received_at, participant=writer, proof=proof
    )
    note_named(message=message, parsed=parsed, proof=proof, seat=seat)
    if seat is None:
        note_sender(message=message, parsed=parsed, proof=proof)
    return message


def add_mail(
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
