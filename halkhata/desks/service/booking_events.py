"""What happens to bookings, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class BookingMoved(DomainEvent):
    """A booking was asked for, or came to another state. ``by_customer``: the customer did it."""

    name: ClassVar[str] = "booking.moved"

    booking_id: int
    number: str
    state: str
    version: int
    unit_id: int
    customer_id: int
    branch_id: int
    by_customer: bool
