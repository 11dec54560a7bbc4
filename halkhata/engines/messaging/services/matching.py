"""Which conversation an inbound mail belongs to (A52.2), and whether its sender may write into it (B66, B68)."""

from dataclasses import dataclass

from halkhata.engines.messaging.keys import thread_key
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.threading import conversation_from_message_id, read_token, thread_candidates
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint


@dataclass(frozen=True, kw_only=True)
class Match:
    """``conversation`` the sender takes part in, else ``claimed``: one that was only named, never joined."""

    conversation: Conversation | None = None
    claimed: Conversation | None = None
    by: str = ""


def find_conversation(parsed: ParsedMail) -> Match:
    """Follow token, In-Reply-To, References and ticket tag in this order; never the bare subject.

    A hint alone opens no door: the sender must be somebody of the conversation. A stranger with a right hint gets
    ``claimed``, and so a ticket of their own that "may belong to" it.
    """
    claimed: Conversation | None = None
    for key in thread_candidates(parsed):
        conversation = _conversation_of_key(key.kind, key.value)
        if conversation is None:
            continue
        if takes_part(conversation, parsed.from_address):
            return Match(conversation=conversation, by=key.kind)
        claimed = claimed or conversation
    return Match(claimed=claimed, by="stranger" if claimed else "")


def conversation_of_message_ids(message_ids: list[str]) -> Conversation | None:
    """The conversation of the first id that is ours; for bounces and automatic replies, which prove nothing else."""
    for message_id in message_ids:
        conversation = _conversation_of_key("in_reply_to", message_id)
        if conversation is not None:
            return conversation
    return None


def _conversation_of_key(kind: str, value: str) -> Conversation | None:
    conversations = Conversation.objects.select_related("item", "item__customer", "item__owner", "mailbox")
    if kind == "token":
        number = read_token(value, thread_key())
        return conversations.filter(pk=number).first() if number else None
    if kind in {"in_reply_to", "reference"}:
        number = conversation_from_message_id(value, thread_key())
        if number:
            return conversations.filter(pk=number).first()
        # The customer may answer on their own earlier mail, whose id we keep.
        message = Message.objects.filter(message_id=value[:255]).order_by("id").first()
        return conversations.filter(pk=message.conversation_id).first() if message else None
    return conversations.filter(item__number=value).first()


def takes_part(conversation: Conversation, address: str) -> bool:
    """Whether ``address`` is the conversation's customer: the address we write to, or one of the customer's own."""
    sender = address.strip().lower()
    if not sender:
        return False
    if conversation.customer_address.lower() == sender:
        return True
    customer_id = conversation.item.customer_id
    return (
        customer_id is not None
        and ContactPoint.objects.filter(customer_id=customer_id, kind=ContactKind.EMAIL, value=sender).exists()
    )
