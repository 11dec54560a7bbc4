"""What happens at the claims desk, for whoever listens."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ClaimMoved(DomainEvent):
    """A claim was opened or went to another stage; ``before`` is "" for a new one."""

    name: ClassVar[str] = "claim.moved"

    claim_id: int
    number: str
    before: str
    stage: str
    brand_id: int
    unit_id: int | None
    about_id: int | None
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimDeadlineNear(DomainEvent):
    """A claim that is not sent yet must be sent soon."""

    name: ClassVar[str] = "claim.deadline_near"

    claim_id: int
    number: str
    deadline_on: date
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimCredited(DomainEvent):
    """The company has paid for a claim, or for a part of it."""

    name: ClassVar[str] = "claim.credited"

    claim_id: int
    number: str
    amount: Decimal
    currency: str
    shortfall: Decimal
    branch_id: int
