"""Removing the invented rows of chat."""

from halkhata.engines.chat.models import (
    ChatAccount,
    ChatDelivery,
    ChatEvent,
    ChatIdentity,
    ChatJoin,
    ChatMessage,
)


def clear_demo() -> int:
    """Delete what belongs to invented accounts and items, before messages go. Returns how many rows went."""
    invented = {"account__is_demo": True}
    gone = ChatEvent.objects.filter(**invented).delete()[0]
    gone += ChatDelivery.objects.filter(message__conversation__item__is_demo=True).delete()[0]
    gone += ChatMessage.objects.filter(message__conversation__item__is_demo=True).delete()[0]
    for model in (ChatDelivery, ChatMessage):
        gone += model.objects.filter(**invented).delete()[0]
    gone += ChatJoin.objects.filter(identity__account__is_demo=True).delete()[0]
    gone += ChatJoin.objects.filter(from_customer__is_demo=True).delete()[0]
    gone += ChatIdentity.objects.filter(**invented).delete()[0]
    gone += ChatIdentity.objects.filter(customer__is_demo=True).delete()[0]
    return gone + ChatAccount.objects.filter(is_demo=True).delete()[0]
