"""What happens to goodwill, for whoever listens."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class GoodwillGranted(DomainEvent):
    """A rule was waived for a customer."""

    name: ClassVar[str] = "goodwill.granted"

    goodwill_id: int
    kind: str
    customer_id: int
    branch_id: int
    item_id: int | None
    cost: Decimal
    currency: str
