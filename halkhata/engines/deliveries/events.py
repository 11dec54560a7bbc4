"""What happens to promised dates, for whoever listens."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DeliveryPromised(DomainEvent):
    """A customer was given a date."""

    name: ClassVar[str] = "delivery.promised"

    promise_id: int
    item_id: int | None
    customer_id: int | None
    promised_for: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryMoved(DomainEvent):
    """A promised date moved; the customer is to hear it, with the reason."""

    name: ClassVar[str] = "delivery.moved"

    promise_id: int
    step_id: int
    item_id: int | None
    customer_id: int | None
    promised_before: datetime
    promised_for: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeliveryAtRisk(DomainEvent):
    """The promised time comes near and nothing is ready: the customer hears it before, not after."""

    name: ClassVar[str] = "delivery.at_risk"

    promise_id: int
    item_id: int | None
    customer_id: int | None
    promised_for: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryEnded(DomainEvent):
    """A promise was kept, kept late, or is not needed any more."""

    name: ClassVar[str] = "delivery.ended"

    promise_id: int
    item_id: int | None
    state: str


@dataclass(frozen=True, kw_only=True)
class ParcelMoved(DomainEvent):
    """Something happened to a parcel: ``kind`` what, ``state`` where it stands with all that is known."""

    name: ClassVar[str] = "parcel.moved"

    parcel_id: int
    event_id: int
    item_id: int | None
    customer_id: int | None
    kind: str
    state: str
    happened_at: datetime
