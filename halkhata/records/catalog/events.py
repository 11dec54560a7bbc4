"""What happens to sales and units, for whoever listens."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class UnitSold(DomainEvent):
    """A unit was sold: one event for each unit of a memo."""

    name: ClassVar[str] = "unit.sold"

    unit_id: int
    number: str
    product_id: int
    purchase_id: int
    customer_id: int
    branch_id: int
    bought_on: date
    channel: str


@dataclass(frozen=True, kw_only=True)
class PurchaseRecorded(DomainEvent):
    """A memo was written, with units or without."""

    name: ClassVar[str] = "purchase.recorded"

    purchase_id: int
    number: str
    customer_id: int
    branch_id: int
    bought_on: date
    channel: str


@dataclass(frozen=True, kw_only=True)
class PurchaseReversed(DomainEvent):
    """A memo was taken back as one."""

    name: ClassVar[str] = "purchase.reversed"

    purchase_id: int
    number: str
    customer_id: int
    branch_id: int
    unit_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class UnitTransferred(DomainEvent):
    """A unit changed hands with the registered owner's consent."""

    name: ClassVar[str] = "unit.transferred"

    unit_id: int
    number: str
    from_customer_id: int | None
    to_customer_id: int
    on: date


@dataclass(frozen=True, kw_only=True)
class UnitStateChanged(DomainEvent):
    """A unit went into another state."""

    name: ClassVar[str] = "unit.state_changed"

    unit_id: int
    number: str
    before: str
    after: str
