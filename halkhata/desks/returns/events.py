"""What happens at the returns desk, for whoever listens."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ReturnMoved(DomainEvent):
    """A return was opened or went to another stage; the customer is told."""

    name: ClassVar[str] = "return.moved"

    request_id: int
    number: str
    before: str
    stage: str
    customer_id: int | None
    branch_id: int
    tell: bool


@dataclass(frozen=True, kw_only=True)
class ReturnAppealed(DomainEvent):
    """Somebody does not accept that a return was refused."""

    name: ClassVar[str] = "return.appealed"

    request_id: int
    number: str
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnDecided(DomainEvent):
    """It is decided what a return comes to."""

    name: ClassVar[str] = "return.decided"

    request_id: int
    number: str
    result: str
    unit_id: int | None
    customer_id: int | None
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnSettled(DomainEvent):
    """What was decided has been done: points, coupons and instalments can follow. Amounts are of this return alone."""

    name: ClassVar[str] = "return.settled"

    request_id: int
    number: str
    result: str
    purchase_id: int
    purchase_line_id: int
    product_id: int
    unit_id: int | None
    replacement_unit_id: int | None
    quantity: int
    refund: Decimal
    credit: Decimal
    replacement: Decimal
    fee: Decimal
    currency: str
    customer_id: int | None
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnAdvanced(DomainEvent):
    """Something happened about a replacement given before the goods were back; ``what`` is a code of ``Advanced``."""

    name: ClassVar[str] = "return.advanced"

    request_id: int
    number: str
    what: str
    # Of the deposit: taken, given back or kept now.
    amount: Decimal
    currency: str
    replacement_unit_id: int | None
    customer_id: int | None
    branch_id: int
    tell: bool


@dataclass(frozen=True, kw_only=True)
class ParcelArrived(DomainEvent):
    """A parcel came that belongs to no return we know of."""

    name: ClassVar[str] = "parcel.arrived"

    parcel_id: int
    number: str
    branch_id: int
