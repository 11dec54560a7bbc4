"""Deciding where a parsed mail goes: a new ticket, a conversation, a bounce note, or the visible queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation

from halkhata.engines.messaging.choices import Direction, InboundOutcome
from halkhata.engines.messaging.mime.classify import Classification
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.reply_text import visible_reply
from halkhata.engines.messaging.models import Conversation, InboundRaw, Mailbox, Message
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.services.bounces import note_bounce
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.messaging.services.matching import conversation_of_message_ids, find_conversation
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import find_or_create_sender

MAIL = SystemActor("e-mail")
DEFAULT_KIND = "complaint"
# So many equal mails of one sender within an hour are a machine talking to us (F27).
LOOP_LIMIT = 5
LOOP_WINDOW = timedelta(hours=1)
SKEW = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a mail went. ``needs_eyes``: it also waits in the visible queue for a person."""

    outcome: InboundOutcome
    item: WorkItem | None = None
    customer_id: int | None = None
    reason: str = ""
    needs_eyes: bool = False


def place_mail(*, raw: InboundRaw, parsed: ParsedMail, classification: Classification) -> Placement:
    """Place the mail in the caller's transaction. Raises nothing for what stands in the mail."""
    if classification.kind == "own":
        return Placement(outcome=InboundOutcome.LOOP_STOPPED, reason=classification.reason)
    if classification.kind == "bounce":
        return _place_bounce(raw, parsed)
    if classification.kind == "auto_reply":
        return _place_automatic(raw, parsed, classification)
    if not parsed.from_address:
        return Placement(outcome=InboundOutcome.QUARANTINED, reason="no_sender", needs_eyes=True)
    if _seen_before(parsed):
        return Placement(outcome=InboundOutcome.DUPLICATE, reason="same_message_id")
    match = find_conversation(parsed)
    if match.conversation is not None:
        return _place_reply(raw, parsed, match.conversation)
    return _place_new(raw, parsed, classification, claimed=match.claimed)


def _place_reply(raw: InboundRaw, parsed: ParsedMail, conversation: Conversation) -> Placement:
    item = conversation.item
    desk = inbound_desks.find(item.kind)
    at = received_at(raw)
    text = visible_reply(parsed.text)
    if desk is not None:
        item = desk.target_for_reply(item, at=at, subject=parsed.subject, text=text)
    _add(raw, parsed, item, text=text, at=at)
    if desk is not None:
        desk.after_customer_message(item, at=at)
    return Placement(
        outcome=InboundOutcome.REPLY_ADDED if item.pk == conversation.item_id else InboundOutcome.TICKET_OPENED,
        item=item,
        customer_id=item.customer_id,
    )


def _place_new(
    raw: InboundRaw, parsed: ParsedMail, classification: Classification, *, claimed: Conversation | None
) -> Placement:
    mailbox = mailbox_of(raw, parsed)
    branch = mailbox.branch if mailbox else Branch.objects.filter(parent__isnull=True, is_active=True, is_demo=False).first()
    branch = branch or Branch.objects.filter(parent__isnull=True, is_active=True).first()
    desk = inbound_desks.find(mailbox.opens_kind if mailbox else DEFAULT_KIND)
    if branch is None or desk is None:
        return Placement(outcome=InboundOutcome.QUARANTINED, reason="not_set_up", needs_eyes=True)
    at = received_at(raw)
    language = language_of(f"{parsed.subject} {parsed.text}")
    customer = find_or_create_sender(
        actor=MAIL, address=parsed.from_address, name=parsed.from_name, language=language, branch=branch
    )
    text = parsed.text
    if _is_loop(customer, parsed, text):
        return Placement(
            outcome=InboundOutcome.LOOP_STOPPED, customer_id=customer.pk, reason="same_text_again", needs_eyes=True
        )
    with translation.override(customer.language):
        item = desk.open_item(
            actor=MAIL,
            kind=mailbox.opens_kind if mailbox else DEFAULT_KIND,
            customer=customer,
            branch=branch,
            team=mailbox.team if mailbox else None,
            channel=Channel.EMAIL,
            subject=parsed.subject,
            text=text,
            acknowledge=classification.may_auto_reply,
            opened_at=at,
            may_belong_to=claimed.item if claimed else None,
        )
    conversation = _add(raw, parsed, item, text=text, at=at, is_first=True).conversation
    changed = []
    if mailbox is not None and conversation.mailbox_id != mailbox.pk:
        conversation.mailbox = mailbox
        changed.append("mailbox")
    if conversation.customer_address != parsed.from_address:
        conversation.customer_address = parsed.from_address
        changed.append("customer_address")
    if changed:
        conversation.save(update_fields=changed)
    return Placement(outcome=InboundOutcome.TICKET_OPENED, item=item, customer_id=customer.pk)


def _place_bounce(raw: InboundRaw, parsed: ParsedMail) -> Placement:
    conversation = note_bounce(raw=raw, parsed=parsed)
    if conversation is None:
        return Placement(outcome=InboundOutcome.BOUNCE, reason="bounce_without_ticket", needs_eyes=True)
    _add(raw, parsed, conversation.item, text=parsed.text, at=received_at(raw), is_automatic=True)
    return Placement(outcome=InboundOutcome.BOUNCE, item=conversation.item, customer_id=conversation.item.customer_id)


def _place_automatic(raw: InboundRaw, parsed: ParsedMail, classification: Classification) -> Placement:
    """Out-of-office and other automatic mail: attached where it belongs, state untouched, never answered (A52.6)."""
    match = find_conversation(parsed)
    conversation = match.conversation or match.claimed
    if conversation is None and parsed.in_reply_to:
        conversation = conversation_of_message_ids([parsed.in_reply_to])
    if conversation is None:
        return Placement(outcome=InboundOutcome.AUTO_REPLY, reason=classification.reason, needs_eyes=True)
    _add(raw, parsed, conversation.item, text=visible_reply(parsed.text), at=received_at(raw), is_automatic=True)
    return Placement(
        outcome=InboundOutcome.AUTO_REPLY,
        item=conversation.item,
        customer_id=conversation.item.customer_id,
        reason=classification.reason,
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
    """The mailbox the mail came in by: the one it was fetched from, else the one it is addressed to, else the default."""
    if raw.mailbox is not None:
        return raw.mailbox
    boxes = {box.address.lower(): box for box in Mailbox.objects.filter(is_active=True, is_demo=False).select_related("branch", "team")}
    for address in [*parsed.delivered_to, *(address for _name, address in (*parsed.to, *parsed.cc))]:
        local, _at, domain = address.lower().rpartition("@")
        box = boxes.get(f"{local.partition('+')[0]}@{domain}")
        if box is not None:
            return box
    return next((box for box in boxes.values() if box.is_default), None) or next(iter(boxes.values()), None)


def language_of(text: str) -> str:
    """The language a text is written in: Bengali when it has more Bengali than Latin letters (never told from a name)."""
    sample = text[:5000]
    bengali = sum("\u0980" <= letter <= "\u09ff" for letter in sample)
    latin = sum(letter.isascii() and letter.isalpha() for letter in sample)
    return "en" if latin > bengali else "bn"


def received_at(raw: InboundRaw) -> datetime:
    """When the promise starts: the moment the mail reached us, not the sender's clock."""
    return min(raw.received_at, now() + SKEW)


def _seen_before(parsed: ParsedMail) -> bool:
    """The same mail by another road: equal Message-ID, sender and text. A reused id with another text is another mail."""
    if not parsed.message_id:
        return False
    return any(
        message.from_address.lower() == parsed.from_address.lower() and message.full_text.strip() == _stored_form(parsed.text)
        for message in Message.objects.filter(
            message_id=parsed.message_id[:255], direction=Direction.INBOUND
        ).only("from_address", "full_text")[:5]
    )


def _stored_form(text: str) -> str:
    from halkhata.foundation.core.text import clean_text

    return clean_text(text, multiline=True)[:100_000].strip()


def _is_loop(customer: Customer, parsed: ParsedMail, text: str) -> bool:
    wanted = _stored_form(text)
    recent = Message.objects.filter(
        customer=customer, direction=Direction.INBOUND, channel=Channel.EMAIL, at__gt=now() - LOOP_WINDOW
    ).order_by("-at")[:20]
    same = [m for m in recent if m.subject == parsed.subject[:255] and m.full_text.strip() == wanted]
    return len(same) >= LOOP_LIMIT
