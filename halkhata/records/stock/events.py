"""What happens to goods, for whoever listens: an ERP is told of every movement by a webhook."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class GoodsMoved(DomainEvent):
    """A line was added to the ledger."""

    name: ClassVar[str] = "stock.moved"

    movement_id: int
    product_id: int
    unit_id: int | None
    quantity: int
    from_place_id: int
    to_place_id: int
    reason: str
    ref: str
