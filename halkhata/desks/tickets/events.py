"""What happens at the complaint desk, for whoever listens."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TicketOpened(DomainEvent):
    """A ticket was opened, by whichever door."""

    name: ClassVar[str] = "ticket.opened"

    ticket_id: int
    number: str
    kind: str
    channel: str
    customer_id: int | None
    owner_id: int
    team_id: int | None
    branch_id: int
    acknowledge: bool


@dataclass(frozen=True, kw_only=True)
class TicketSafetyAlarm(DomainEvent):
    """Words of danger stand in a ticket; its priority was forced to urgent (A52.9)."""

    name: ClassVar[str] = "ticket.safety_alarm"

    ticket_id: int
    number: str
    words: tuple[str, ...]
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class TicketPromiseMoved(DomainEvent):
    """The answer a customer waits for is now promised for a later time than before."""

    name: ClassVar[str] = "ticket.promise_moved"

    ticket_id: int
    number: str
    promised_before: datetime
    promised_at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketResolved(DomainEvent):
    """A ticket was resolved with cause, action and remedy."""

    name: ClassVar[str] = "ticket.resolved"

    ticket_id: int
    number: str
    subject: str
    resolution_id: int
    customer_id: int | None
    owner_id: int
    resolved_by_id: int
    team_id: int | None
    branch_id: int
    resolved_at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketReopened(DomainEvent):
    """A resolved ticket is open again: the customer wrote, or staff found it unsolved."""

    name: ClassVar[str] = "ticket.reopened"

    ticket_id: int
    number: str
    owner_id: int
    by_customer: bool


@dataclass(frozen=True, kw_only=True)
class TicketClosed(DomainEvent):
    """A ticket is closed for good."""

    name: ClassVar[str] = "ticket.closed"

    ticket_id: int
    number: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class TicketChanged(DomainEvent):
    """Fields of a ticket's own were changed; ``fields`` names which."""

    name: ClassVar[str] = "ticket.changed"

    ticket_id: int
    number: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TicketMerged(DomainEvent):
    """A ticket became part of another."""

    name: ClassVar[str] = "ticket.merged"

    ticket_id: int
    number: str
    into_id: int
    into_number: str


@dataclass(frozen=True, kw_only=True)
class TicketUnmerged(DomainEvent):
    """A merge was undone: the ticket stands on its own again."""

    name: ClassVar[str] = "ticket.unmerged"

    ticket_id: int
    number: str
    from_id: int
    from_number: str


@dataclass(frozen=True, kw_only=True)
class TicketSplit(DomainEvent):
    """Messages of a ticket went to a new ticket of their own."""

    name: ClassVar[str] = "ticket.split"

    ticket_id: int
    number: str
    new_id: int
    new_number: str
