"""Messages that change their conversation: mail for a merged item, and messages split off (A52.2, A52.14)."""

from collections.abc import Iterable

from halkhata.engines.messaging.models import Conversation, FollowedMail, InboundRaw, Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.item_history import record_event
from halkhata.foundation.audit.trail import Actor


def conversation_that_goes_on(conversation: Conversation) -> Conversation:
    """Where a conversation goes on: that of the item it was merged into, else itself."""
    if conversation.item.merged_into_id is None:
        return conversation
    survivor = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(
        pk=conversation.item.merged_into_id
    )
    goes_on = conversation_of(survivor)
    goes_on.item = survivor
    return goes_on


def merged_conversations(conversation: Conversation) -> Iterable[Conversation]:
    """The conversations that go on in this one."""
    return Conversation.objects.filter(item__merged_into_id=conversation.item_id).select_related(
        "item", "item__customer"
    )


def remember_way(*, raw: InboundRaw, came_for: Conversation | None, item: WorkItem | None) -> None:
    """Note that a mail was written for another conversation than the one it went to."""
    if came_for is None or item is None:
        return
    message = Message.objects.filter(raw=raw, conversation__item_id=item.pk).first()
    if message is not None and message.conversation_id != came_for.pk:
        FollowedMail.objects.get_or_create(message=message, defaults={"came_for": came_for})
        if message.customer_id != came_for.item.customer_id:
            Message.objects.filter(pk=message.pk).update(customer_id=came_for.item.customer_id)


def send_followed_back(*, actor: Actor | None, item: WorkItem, survivor: WorkItem) -> int:
    """Give ``item`` the mail back that was written for it while it was merged into ``survivor``. Returns how many.

    It asks for an answer there now and no longer here. Runs in the caller's transaction with both items held.
    """
    conversation = Conversation.objects.filter(item_id=item.pk).first()
    if conversation is None:
        return 0
    messages = list(
        Message.objects.filter(followed__came_for=conversation, conversation__item_id=survivor.pk).order_by("at", "pk")
    )
    for message in messages:
        move_message(actor=actor, message=message, source=survivor, target=item)
        if not message.is_automatic:
            record_event(
                actor=actor,
                item=item,
                kind=WorkEventKind.CUSTOMER_MESSAGE,
                at=message.at,
                data={"message": message.pk, "followed": True},
            )
    FollowedMail.objects.filter(message__in=messages).delete()
    return len(messages)


def move_message(*, actor: Actor | None, message: Message, source: WorkItem, target: WorkItem) -> None:
    """Put a message into another item's conversation; where it was, it no longer waits for an answer."""
    Message.objects.filter(pk=message.pk).update(conversation=conversation_of(target))
    record_event(
        actor=actor,
        item=source,
        kind=WorkEventKind.MESSAGE_MOVED,
        data={"message": message.pk, "to": target.number},
    )
