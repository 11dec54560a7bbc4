"""Where a message goes: onto the matter that this person last wrote about, or a new one (A52.1)."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.chat.choices import ChatKind, ContentKind, EventState
from halkhata.engines.chat.models import ChatEvent, ChatIdentity, ChatMedia, ChatMessage
from halkhata.engines.chat.services.people import CHAT, customer_of, has_written, person_of, sender_of
from halkhata.engines.chat.wire.contents import Content, of_messenger, of_whatsapp
from halkhata.engines.chat.wire.hooks import part, text
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.registry import InboundDesk, inbound_desks
from halkhata.engines.messaging.services.arriving import language_of
from halkhata.engines.messaging.services.conversations import add_customer_message, begin_conversation
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer

SUBJECT_LENGTH = 80


class NotPlaced(Exception):
    """The event makes no message. ``state`` is what becomes of it, ``reason`` a code."""

    def __init__(self, state: EventState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def content_of(event: ChatEvent) -> Content:
    """What the message of an event is made of."""
    if event.account.kind == ChatKind.WHATSAPP:
        return of_whatsapp(part(event.body, "message"))
    return of_messenger(event.body)


def remote_id_of(event: ChatEvent) -> str:
    """Meta's id of the message, or the event's own key where it has none."""
    message = part(event.body, "message")
    return (text(message, "id") or text(message, "mid"))[:190] or event.key[:190]


def place_message(event: ChatEvent) -> Message:
    """Put the customer's message where it belongs, in the caller's transaction. Raises NotPlaced."""
    account, content = event.account, content_of(event)
    person = person_of(account, **_known(event))
    if ChatMessage.objects.filter(account=account, remote_id=remote_id_of(event)).exists():
        raise NotPlaced(EventState.IGNORED, "known_already")
    if content.kind == ContentKind.REACTION:
        return _place_reaction(event, person, content)
    has_written(person, event.happened_at)
    customer = customer_of(person, language=language_of(content.words or person.name))
    words = clean_text(content.words, multiline=True)
    before = last_item_of(person, customer)
    desk = inbound_desks.find(before.kind) if before is not None else None
    if before is None or desk is None:
        message = _open(event, person, customer, content, words)
    else:
        message = _answer(event, person, before, desk, content, words)
    _remember(event, person, message, content)
    return message


def last_item_of(person: ChatIdentity, customer: Customer | None = None) -> WorkItem | None:
    """The matter that was last spoken of with this person, while it is still their customer's."""
    rows = ChatMessage.objects.filter(identity=person)
    if customer is not None:
        rows = rows.filter(message__conversation__item__customer=customer)
    last = rows.select_related("message__conversation__item__customer").order_by("-id").first()
    return last.message.conversation.item if last is not None else None


def _known(event: ChatEvent) -> dict[str, str]:
    known = sender_of(event.account, event.body)
    if not known["user_id"] and not known["number"]:
        raise NotPlaced(EventState.WAITING, "no_sender")
    return known


def _open(event: ChatEvent, person: ChatIdentity, customer: Customer, content: Content, words: str) -> Message:
    account = event.account
    desk = inbound_desks.find(account.opens_kind)
    if desk is None:
        raise NotPlaced(EventState.WAITING, "not_set_up")
    with translation.override(customer.language):
        item = desk.open_item(
            actor=CHAT,
            kind=account.opens_kind,
            customer=customer,
            branch=account.branch,
            team=account.team,
            channel=account.kind,
            subject=_subject(account.get_kind_display(), content, words),
            text=words,
            acknowledge=True,
            opened_at=event.happened_at,
            is_demo=account.is_demo,
        )
    conversation = begin_conversation(item, mailbox=None, customer_address="")
    return _add(event, person, item, words, is_first=True, conversation=conversation)


def _answer(
    event: ChatEvent, person: ChatIdentity, before: WorkItem, desk: InboundDesk, content: Content, words: str
) -> Message:
    subject = _subject(event.account.get_kind_display(), content, words)
    item = desk.target_for_reply(before, at=event.happened_at, subject=subject, text=words)
    # Closed long ago: the desk has opened another one, and this message is its first.
    is_first = not hasattr(item, "conversation") or not item.conversation.messages.exists()
    message = _add(event, person, item, words, is_first=is_first)
    if not is_first:
        desk.after_customer_message(item, at=message.at)
    return message


def _add(event: ChatEvent, person: ChatIdentity, item: WorkItem, words: str, **more: Any) -> Message:
    return add_customer_message(
        actor=CHAT,
        item=item,
        channel=event.account.kind,
        text=words,
        author_label=person.name or person.username,
        # Nothing of an item happened before it began: webhooks come in any order.
        at=_no_earlier(event.happened_at, item),
        **more,
    )


def _no_earlier(at: datetime, item: WorkItem) -> datetime:
    return min(max(at, item.opened_at), now())


def _place_reaction(event: ChatEvent, person: ChatIdentity, content: Content) -> Message:
    """A reaction is shown where it belongs and changes nothing else."""
    item = last_item_of(person)
    if item is None or not content.words:
        raise NotPlaced(EventState.IGNORED, "reaction_alone")
    message = _add(event, person, item, clean_text(content.words), is_automatic=True)
    _remember(event, person, message, content)
    return message


def _remember(event: ChatEvent, person: ChatIdentity, message: Message, content: Content) -> None:
    row = ChatMessage.objects.create(
        message=message,
        account=event.account,
        identity=person,
        remote_id=remote_id_of(event),
        content=content.kind,
        remote_kind=clean_text(content.remote_kind)[:40],
    )
    ChatMedia.objects.bulk_create(
        ChatMedia(chat_message=row, media_id=one.media_id, url=one.url, name=clean_text(one.name), next_try_at=now())
        for one in content.media
    )


def _subject(way: str, content: Content, words: str) -> str:
    first = next((line for line in words.splitlines() if line.strip()), "")
    if first:
        return clean_text(first, max_length=SUBJECT_LENGTH)
    return _("%(kind)s by %(way)s") % {"kind": content.kind.label, "way": way}
