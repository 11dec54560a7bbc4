"""What accounts tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class InstallationSetUp(DomainEvent):
    """The first-run questions were answered and the owner's account exists. Minutes count from local midnight."""

    name: ClassVar[str] = "installation.set_up"

    branch_id: int
    owner_id: int
    language: str
    trade: str
    shop_name: str
    opens_minute: int
    closes_minute: int
    # Monday is 0, Sunday 6.
    closed_weekdays: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TradeChanged(DomainEvent):
    """The shop says that it deals in something else."""

    name: ClassVar[str] = "installation.trade_changed"

    trade: str
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class StaffDeactivated(DomainEvent):
    """A member of staff may no longer sign in; ``successor_id`` took over the open work, if there was any."""

    name: ClassVar[str] = "staff.deactivated"

    user_id: int
    successor_id: int | None
    handed_over: int


@dataclass(frozen=True, kw_only=True)
class SignInLocked(DomainEvent):
    """Somebody guessed too often. ``user_id`` is None when nobody has the name, or when an address was locked."""

    name: ClassVar[str] = "sign_in.locked"

    user_id: int | None
    name_tried: str
    address: str
