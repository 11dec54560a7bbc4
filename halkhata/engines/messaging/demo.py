"""Removing the invented rows of this app."""

from halkhata.engines.messaging.models import (
    Conversation,
    Delivery,
    InboundRaw,
    Mailbox,
    Message,
    ShortText,
    Suppression,
    Template,
    TextMessage,
)


def clear_demo() -> int:
    """Delete conversations of invented items, invented mail, mailboxes and texts. Returns how many rows went."""
    messages = Message.objects.filter(conversation__item__is_demo=True)
    gone = Delivery.objects.filter(message__in=messages).delete()[0]
    gone += messages.delete()[0]
    gone += Conversation.objects.filter(item__is_demo=True).delete()[0]
    for model in (InboundRaw, Template, Suppression, ShortText, TextMessage):
        gone += model.objects.filter(is_demo=True).delete()[0]
    return gone + Mailbox.objects.filter(is_demo=True).delete()[0]
