"""Telling the owner of a matter that a message did not arrive."""

from halkhata.engines.chat.choices import ChatState
from halkhata.engines.chat.models import ChatDelivery
from halkhata.engines.work.services.notifications import notify


def tell_of_failure(delivery: ChatDelivery) -> None:
    """Leave a notice, in the caller's transaction: once for each way in which it went wrong."""
    item = delivery.message.conversation.item
    notify(
        user=item.owner,
        verb="chat.in_doubt" if delivery.state == ChatState.IN_DOUBT else "chat.failed",
        item=item,
        data={"to": str(delivery.identity or ""), "way": delivery.account.kind},
        cause=f"chat-delivery:{delivery.pk}:{delivery.state}",
    )
