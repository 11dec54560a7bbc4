"""What happens with messages."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MessageReceived(DomainEvent):
    """A customer's message was added to a conversation."""

    name: ClassVar[str] = "message.received"

    message_id: int
    item_id: int
    owner_id: int
    channel: str
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class MessageSent(DomainEvent):
    """A message left the house: the mail server took it."""

    name: ClassVar[str] = "message.sent"

    delivery_id: int
    item_id: int
    is_automatic: bool


@dataclass(frozen=True, kw_only=True)
class DeliveryTroubled(DomainEvent):
    """A message failed for good, or nobody knows whether it went."""

    name: ClassVar[str] = "message.delivery_troubled"

    delivery_id: int
    item_id: int
    owner_id: int
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailQuarantined(DomainEvent):
    """An inbound mail could not be placed; it waits in the visible queue."""

    name: ClassVar[str] = "message.quarantined"

    raw_id: int
    reason: str
