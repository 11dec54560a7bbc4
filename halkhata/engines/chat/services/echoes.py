"""Answers that somebody gave in another app (the page's own, the phone's): they stand in the thread as ours."""

from halkhata.engines.chat.choices import ChatKind, ChatState, EventState
from halkhata.engines.chat.models import ChatDelivery, ChatEvent, ChatIdentity, ChatMedia, ChatMessage
from halkhata.engines.chat.registry import chat_desks
from halkhata.engines.chat.services.news import advance
from halkhata.engines.chat.services.people import CHAT, plus
from halkhata.engines.chat.services.placing import NotPlaced, content_of, last_item_of, remote_id_of
from halkhata.engines.chat.wire.hooks import part, text
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import hold, record_event
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_values


def place_echo(event: ChatEvent) -> Message:
    """Put an answer from elsewhere where it belongs; one that we sent ourselves only settles how far it has come.

    In the caller's transaction. A person wrote it: it counts for the promise (A51.6). Raises NotPlaced.
    """
    account, remote_id = event.account, remote_id_of(event)
    own = own_delivery(event)
    if own is not None:
        advance(own, ChatState.SENT, at=event.happened_at, remote_id=remote_id)
        raise NotPlaced(EventState.PROCESSED, "our_own")
    if ChatMessage.objects.filter(account=account, remote_id=remote_id).exists():
        raise NotPlaced(EventState.IGNORED, "known_already")
    person = _recipient(event)
    item = last_item_of(person, person.customer) if person is not None else None
    if person is None or item is None:
        raise NotPlaced(EventState.IGNORED, "answer_without_matter")
    hold(item)
    content = content_of(event)
    at = min(max(event.happened_at, item.opened_at), now())
    message = Message.objects.create(
        conversation=conversation_of(item), direction=Direction.OUTBOUND, channel=account.kind, at=at,
        customer=item.customer, text=clean_text(content.words, multiline=True), counts_as_answer=True,
    )  # fmt: skip
    row = ChatMessage.objects.create(
        message=message, account=account, identity=person, remote_id=remote_id, content=content.kind,
        remote_kind=clean_text(content.remote_kind)[:40],
    )  # fmt: skip
    ChatMedia.objects.bulk_create(
        ChatMedia(chat_message=row, media_id=one.media_id, url=one.url, name=clean_text(one.name), next_try_at=now())
        for one in content.media
    )
    record_event(
        actor=CHAT, item=item, kind=WorkEventKind.HUMAN_REPLY, at=at, data={"message": message.pk}, is_update=True
    )
    record_activity(
        customer=item.customer, verb="message.sent", data={"number": item.number, "channel": account.kind},
        url=f"/work/{item.number}/", at=at,
    )  # fmt: skip
    desk = chat_desks.find(item.kind)
    if desk is not None:
        desk.after_answer(actor=CHAT, item=item, at=at)
    return message


def own_delivery(event: ChatEvent) -> ChatDelivery | None:
    """The message of ours that an echo repeats: by the key that went along, else by Meta's id."""
    rows = ChatDelivery.objects.filter(account=event.account)
    key = text(part(event.body, "message"), "metadata")
    found = rows.filter(key=key).first() if key else None
    return found or rows.filter(remote_id=remote_id_of(event)).first()


def _recipient(event: ChatEvent) -> ChatIdentity | None:
    rows = ChatIdentity.objects.select_related("customer", "account").filter(account=event.account)
    if event.account.kind == ChatKind.MESSENGER:
        return rows.filter(user_id=text(part(event.body, "recipient"), "id") or "?").first()
    message = part(event.body, "message")
    user_id, number = text(message, "to_user_id"), plus(text(message, "to"))
    if user_id and (found := rows.filter(user_id=user_id).first()):
        return found
    lock_values([f"chat:{event.account_id}:{number}"])
    return rows.filter(number=number).first() if number else None
