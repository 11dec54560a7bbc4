"""What happens at this desk, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ReminderSettled(DomainEvent):
    """Somebody wrote down how a call ended."""

    name: ClassVar[str] = "reminder.settled"

    reminder_id: int
    unit_id: int
    customer_id: int
    kind: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RecallStarted(DomainEvent):
    """A recall was started."""

    name: ClassVar[str] = "recall.started"

    recall_id: int
    number: str
    units: int


@dataclass(frozen=True, kw_only=True)
class RecallUnitMoved(DomainEvent):
    """A unit of a recall came to another state."""

    name: ClassVar[str] = "recall.unit_moved"

    recall_id: int
    unit_id: int
    before: str
    after: str
