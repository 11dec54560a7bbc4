"""What happens at the service desk, for whoever listens."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class JobOpened(DomainEvent):
    """A unit was taken in."""

    name: ClassVar[str] = "job.opened"

    job_id: int
    number: str
    unit_id: int
    customer_id: int | None
    branch_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class JobStateChanged(DomainEvent):
    """A job card went to another state."""

    name: ClassVar[str] = "job.state_changed"

    job_id: int
    number: str
    unit_id: int
    customer_id: int | None
    before: str
    after: str
    event_id: int


@dataclass(frozen=True, kw_only=True)
class EstimateSent(DomainEvent):
    """The customer is asked to approve an estimate."""

    name: ClassVar[str] = "job.estimate_sent"

    job_id: int
    number: str
    estimate_id: int
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class EstimateAnswered(DomainEvent):
    """The customer approved or refused an estimate."""

    name: ClassVar[str] = "job.estimate_answered"

    job_id: int
    number: str
    estimate_id: int
    approved: bool
    how: str


@dataclass(frozen=True, kw_only=True)
class PartLate(DomainEvent):
    """The day on which a part should have come has passed."""

    name: ClassVar[str] = "job.part_late"

    job_id: int
    number: str
    part_request_id: int
    eta_on: date
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class JobDelivered(DomainEvent):
    """The unit was handed over, repaired."""

    name: ClassVar[str] = "job.delivered"

    job_id: int
    number: str
    unit_id: int
    customer_id: int | None
    branch_id: int
    owner_id: int
    delivered_at: datetime
