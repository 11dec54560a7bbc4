"""Tables of the messaging engine: mailboxes, raw inbound mail, conversations, messages, deliveries, templates."""

from halkhata.engines.messaging.models.conversations import Conversation, Message, MessageAttachment
from halkhata.engines.messaging.models.inbound import InboundRaw
from halkhata.engines.messaging.models.mailboxes import Mailbox
from halkhata.engines.messaging.models.outbound import Delivery, SoftBounce, Suppression
from halkhata.engines.messaging.models.templates import Template

__all__ = [
    "Conversation",
    "Delivery",
    "InboundRaw",
    "Mailbox",
    "Message",
    "MessageAttachment",
    "SoftBounce",
    "Suppression",
    "Template",
]
