"""Messages and notes on a work item."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason, Direction
from halkhata.engines.messaging.events import MessageReceived
from halkhata.engines.messaging.mime.authentication import Proof
from halkhata.engines.messaging.models import Conversation, InboundRaw, Mailbox, Message, MessageAttachment, Participant
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.composing import new_message_id, tagged_subject, thread_headers
from halkhata.engines.messaging.services.loops import MAX_TEXT
from halkhata.engines.messaging.services.mentions import tell_mentioned
from halkhata.engines.messaging.services.outgoing import mailbox_for, sender_for
from halkhata.engines.messaging.services.queueing import queue_delivery
from halkhata.engines.messaging.services.recipients import settle_recipients
from halkhata.engines.messaging.services.rendering import frame_reply
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, record_event
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity

# PostgreSQL stores no NUL, and no encoding knows half a surrogate pair.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def conversation_of(item: WorkItem) -> Conversation:
    """The item's conversation, made on first use with the mailbox its answers go out by."""
    conversation = Conversation.objects.select_related("mailbox").filter(item_id=item.pk).first()
    if conversation is None:
        conversation, _made = Conversation.objects.get_or_create(
            item_id=item.pk,
            defaults={"mailbox": mailbox_for(item), "customer_address": customer_address(item.customer)},
        )
    else:
        # A mailbox was set up or given up after the first message, or the item went to another department.
        chosen = sender_for(conversation, item)
        if chosen is not None and chosen.pk != conversation.mailbox_id:
            conversation.mailbox = chosen
            conversation.save(update_fields=["mailbox"])
    return conversation


def begin_conversation(item: WorkItem, *, mailbox: Mailbox | None, customer_address: str) -> Conversation:
    """The conversation of an item that this transaction has opened for a mail; no mailbox: the one its answers take."""
    there = kept_objects(
        "conversation of an item",
        lambda: Conversation.objects.select_related("mailbox").filter(item_id=SOME_ID)[:1],
        {SOME_ID: item.pk},
    )
    if not there:
        return Conversation.objects.create(
            item_id=item.pk, mailbox=mailbox or mailbox_for(item), customer_address=customer_address
        )
    (known,) = there
    known.mailbox = mailbox or known.mailbox
    known.customer_address = customer_address or known.customer_address
    known.save(update_fields=["mailbox", "customer_address"])
    return known


def add_customer_message(
    *,
    actor: Actor | None,
    item: WorkItem,
    channel: str,
    text: str,
    full_text: str = "",
    raw_html: str = "",
    subject: str = "",
    from_address: str = "",
    author_label: str = "",
    to_addresses: Sequence[str] = (),
    cc_addresses: Sequence[str] = (),
    message_id: str = "",
    in_reply_to: str = "",
    references: Sequence[str] = (),
    customer: Customer | None = None,
    raw: InboundRaw | None = None,
    participant: Participant | None = None,
    proof: str = "",
    files: Sequence[tuple[StoredFile, str, bool]] = (),
    at: datetime | None = None,
    is_first: bool = False,
    is_automatic: bool = False,
    conversation: Conversation | None = None,
) -> Message:
    """Add what the customer wrote or said.

    ``is_first`` marks the message that opened the item (it starts no next-response clock); ``is_automatic`` a bounce or
    out-of-office mail, which is shown and changes nothing else. ``participant`` wrote it when it was not the customer;
    ``proof`` is what our mail server says about the sender (mime/authentication.py). ``conversation`` comes with an
    item that the caller's transaction has opened: nobody else can see it yet, so there is nothing to wait for.
    """
    moment = at or now()
    with transaction.atomic(savepoint=conversation is None):
        if conversation is None:
            # The item first, always: two messages at once wait for each other instead of blocking each other.
            hold(item)
            conversation = conversation_of(item)
        # An address that may be forged, or is somebody else's, does not become the customer's.
        is_mail = "@" in from_address and participant is None and proof != Proof.FAIL
        if is_mail and not conversation.customer_address:
            conversation.customer_address = from_address
            conversation.save(update_fields=["customer_address"])
        message = Message.objects.create(
            conversation=conversation,
            direction=Direction.INBOUND,
            channel=channel,
            at=moment,
            customer=customer or item.customer,
            author_label=clean_text(author_label, max_length=150),
            from_address=clean_text(from_address)[:254],
            to_addresses=[clean_text(address)[:254] for address in list(to_addresses)[:50]],
            cc_addresses=[clean_text(address)[:254] for address in list(cc_addresses)[:50]],
            subject=clean_text(subject, max_length=255),
            text=clean_text(text, multiline=True)[:MAX_TEXT],
            full_text=clean_text(full_text, multiline=True)[:MAX_TEXT],
            raw_html=_NOT_STORABLE.sub("", raw_html),
            is_automatic=is_automatic,
            # Half an id is no id: what does not fit is left out.
            message_id=_id_or_nothing(message_id),
            in_reply_to=_id_or_nothing(in_reply_to),
            references=[one for one in map(_id_or_nothing, list(references)[-30:]) if one],
            raw=raw,
            participant=participant,
            proof=proof,
        )
        for file, content_id, inline in files:
            MessageAttachment.objects.create(
                message=message, file=file, content_id=clean_text(content_id)[:255], is_inline=inline
            )
        if is_automatic:
            return message
        if not is_first:
            record_event(
                actor=actor, item=item, kind=WorkEventKind.CUSTOMER_MESSAGE, at=moment, data={"message": message.pk}
            )
            record_activity(
                customer=item.customer,
                verb="message.received",
                data={"number": item.number, "channel": channel},
                url=f"/work/{item.number}/",
                at=moment,
            )
            notify(user=item.owner, verb="message.received", item=item, cause=f"message:{message.pk}")
        publish(
            MessageReceived(
                message_id=message.pk,
                item_id=item.pk,
                owner_id=item.owner_id,
                channel=channel,
                customer_id=item.customer_id,
            )
        )
    return message


def _id_or_nothing(value: str) -> str:
    cleaned = clean_text(value)
    return cleaned if len(cleaned) <= 255 else ""


def send_reply(
    *,
    actor: User,
    item: WorkItem,
    text: str,
    to: str = "",
    cc: Sequence[str] = (),
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Answer by e-mail, under the staff member's name: to the customer, or ``to`` somebody else who takes part.

    ``cc`` get the same mail and stand in its head. One that does not reach the customer has answered nobody: promises
    run on. Raises DomainError when there is nothing to send, no address to send it to (the way out then is a logged
    call), or what ``settle_recipients`` raises.
    """
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words:
        raise DomainError("empty", _("Write an answer first."), field="text")
    moment = at or now()
    with transaction.atomic():
        hold(item)
        conversation = conversation_of(item)
        usual = conversation.customer_address or customer_address(item.customer)
        people = settle_recipients(conversation, usual=usual, to=to, cc=cc)
        address = people.to
        if not address:
            raise DomainError(
                "no_address",
                _("This customer has no e-mail address. Call the customer and write the call down instead."),
                field="text",
            )
        in_reply_to, references = thread_headers(conversation)
        first = conversation.messages.exclude(subject="").order_by("at", "id").first()
        framed, made_from = frame_reply(actor=actor, item=item, text=words)
        message = Message.objects.create(
            conversation=conversation,
            direction=Direction.OUTBOUND,
            channel=Channel.EMAIL,
            at=moment,
            author=actor,
            author_label=actor.audit_label,
            customer=item.customer,
            from_address=conversation.mailbox.address if conversation.mailbox else "",
            to_addresses=[address],
            cc_addresses=list(people.cc),
            subject=tagged_subject(first.subject if first else item.subject, item.number),
            text=words,
            full_text=framed,
            template_version_id=made_from,
            message_id=new_message_id(conversation, conversation.mailbox),
            in_reply_to=in_reply_to,
            references=references,
            counts_as_answer=people.reaches_customer,
        )
        for file in files:
            MessageAttachment.objects.create(message=message, file=file)
        delivery = queue_delivery(
            message=message,
            mailbox=conversation.mailbox,
            to_address=address,
            cause=f"message:{message.pk}",
            is_demo=item.is_demo,
        )
        # What is kept back has not answered anybody: the promise clock runs on.
        answered = people.reaches_customer and delivery.block_reason in {BlockReason.NONE, BlockReason.DEMO}
        record_event(
            actor=actor,
            item=item,
            kind=WorkEventKind.HUMAN_REPLY if answered else WorkEventKind.NOTE,
            at=moment,
            data={"message": message.pk},
            is_update=answered,
        )
        record(
            actor=actor,
            action="message.send",
            record=item,
            after={"message": message.pk, "to": address, **({"cc": list(people.cc)} if people.cc else {})},
        )
        if answered:
            record_activity(
                customer=item.customer,
                verb="message.sent",
                data={"number": item.number, "channel": str(Channel.EMAIL)},
                url=f"/work/{item.number}/",
                actor=actor,
                at=moment,
            )
    return message


def add_note(
    *,
    actor: User,
    item: WorkItem,
    text: str,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Write an internal note: no address, no delivery, no promise touched. Whoever is @mentioned gets a notice.

    Raises DomainError when it is empty.
    """
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words:
        raise DomainError("empty", _("Write the note first."), field="text")
    moment = at or now()
    with transaction.atomic():
        hold(item)
        message = Message.objects.create(
            conversation=conversation_of(item),
            direction=Direction.NOTE,
            channel=Channel.INTERNAL,
            at=moment,
            author=actor,
            author_label=actor.audit_label,
            customer=item.customer,
            text=words,
        )
        for file in files:
            MessageAttachment.objects.create(message=message, file=file)
        record_event(actor=actor, item=item, kind=WorkEventKind.NOTE, at=moment, data={"message": message.pk})
        record(actor=actor, action="message.note", record=item, after={"message": message.pk})
        tell_mentioned(actor=actor, item=item, message=message)
    return message


def log_call(
    *, actor: User, item: WorkItem, outbound: bool, answered: bool, text: str, at: datetime | None = None
) -> Message:
    """Write down a phone call or a talk at the counter.

    One we made and the customer took is an answer (A51.6); the customer's own call is a message of the customer's; a
    call nobody took is a note of what was tried.
    """
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words and answered:
        raise DomainError("empty", _("Write in a few words what was said."), field="text")
    moment = at or now()
    if outbound and answered:
        kind, direction = WorkEventKind.HUMAN_REPLY, Direction.OUTBOUND
    elif outbound:
        kind, direction = WorkEventKind.NOTE, Direction.NOTE
    else:
        kind, direction = WorkEventKind.CUSTOMER_MESSAGE, Direction.INBOUND
    values: dict[str, Any] = {"outbound": outbound, "answered": answered}
    with transaction.atomic():
        hold(item)
        message = Message.objects.create(
            conversation=conversation_of(item),
            direction=direction,
            channel=Channel.PHONE,
            at=moment,
            author=actor,
            author_label=actor.audit_label,
            customer=item.customer,
            # Without words the page says in the reader's language that nobody answered.
            text=words,
            call_answered=answered,
            counts_as_answer=outbound and answered,
        )
        record_event(
            actor=actor,
            item=item,
            kind=kind,
            at=moment,
            data={"message": message.pk, **values},
            is_update=outbound and answered,
        )
        record(actor=actor, action="message.call", record=item, after={"message": message.pk, **values})
        record_activity(
            customer=item.customer,
            verb="message.call",
            data={"number": item.number, **values},
            url=f"/work/{item.number}/",
            actor=actor,
            at=moment,
        )
    return message
