"""Records of chat for the walk."""

from typing import Any

from halkhata.engines.chat.models import (
    ChatAccount,
    ChatDelivery,
    ChatEvent,
    ChatIdentity,
    ChatMessage,
    ChatTemplate,
)
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now


def make_chat_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        at, ticket = now(), side["ticket"]
        account = ChatAccount.objects.create(
            key=f"walk-chat-{number}", kind="whatsapp", name="Walk", external_id=f"97531{number}",
            branch=side["branch"], api_url="http://127.0.0.1:9", app_secret="x",
        )  # fmt: skip
        person = ChatIdentity.objects.create(
            account=account, user_id=f"BD.{number}", customer=side["customer"], joined_how="number", last_wrote_at=at
        )
        message = add_customer_message(actor=SYSTEM, item=ticket, channel="whatsapp", text="Walk")
        ChatMessage.objects.create(message=message, account=account, identity=person, remote_id="wamid.walk")
        delivery = ChatDelivery.objects.create(
            message=message, account=account, identity=person, key=f"walk{number}", state="in_doubt", next_try_at=at,
            queued_at=at,
        )  # fmt: skip
        event = ChatEvent.objects.create(
            account=account, key="m:walk", kind="message", happened_at=at, received_at=at, state="waiting"
        )
        template = ChatTemplate.objects.create(account=account, name="walk", body="Walk", state="approved")
        sides.append({
            "item": (ticket.number, person.pk), "person": person.pk, "account": account.pk, "event": event.pk,
            "delivery": delivery.pk, "template": template.pk, "key": account.key,
        })  # fmt: skip
    own, foreign = sides
    return {
        "chat hook": kind((own["key"],), None, ("nobody",)),
        "chat person of an item": kind(own["item"], foreign["item"], ("K-999999", 999_999)),
        "chat person": kind((own["person"],), (foreign["person"],)),
        "chat account": kind((own["account"],), (foreign["account"],)),
        "chat event": kind((own["event"],), (foreign["event"],)),
        "chat delivery": kind((own["delivery"],), (foreign["delivery"],)),
        "chat template": kind((own["template"],), (foreign["template"],)),
    }
