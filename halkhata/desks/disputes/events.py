"""What happens at the dispute desk, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(DomainEvent):
    """A dispute was opened, by staff or by the customer."""

    name: ClassVar[str] = "dispute.opened"

    dispute_id: int
    number: str
    about_id: int | None
    customer_id: int | None
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class DisputeMoved(DomainEvent):
    """A dispute is in another state."""

    name: ClassVar[str] = "dispute.moved"

    dispute_id: int
    number: str
    before: str
    after: str
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class OfferMade(DomainEvent):
    """The shop offers to settle."""

    name: ClassVar[str] = "dispute.offer_made"

    dispute_id: int
    number: str
    offer_id: int
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class DecisionSigned(DomainEvent):
    """A panel's decision is signed and stands."""

    name: ClassVar[str] = "dispute.decision_signed"

    dispute_id: int
    number: str
    decision_id: int
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class CauseRepeated(DomainEvent):
    """The same root cause within 90 days: actions that should have ended it are open again (A60.8)."""

    name: ClassVar[str] = "dispute.cause_repeated"

    dispute_id: int
    number: str
    earlier_id: int
    actions: tuple[int, ...]
