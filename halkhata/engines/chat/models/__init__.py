"""Tables of the chat engine: accounts of ours, people who write, what webhooks told, messages on their way."""

from halkhata.engines.chat.models.accounts import ChatAccount, ChatTemplate
from halkhata.engines.chat.models.inbound import ChatEvent, ChatMedia, ChatMessage
from halkhata.engines.chat.models.outbound import ChatDelivery
from halkhata.engines.chat.models.people import ChatIdentity, ChatJoin

__all__ = [
    "ChatAccount",
    "ChatDelivery",
    "ChatEvent",
    "ChatIdentity",
    "ChatJoin",
    "ChatMedia",
    "ChatMessage",
    "ChatTemplate",
]
