"""What the work engine tells the house. Ids and values as they were, never records."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ItemOpened(DomainEvent):
    """A piece of work exists, has an owner and its promises run."""

    name: ClassVar[str] = "item.opened"
    item_id: int
    number: str
    kind: str
    customer_id: int | None
    branch_id: int
    team_id: int | None
    owner_id: int
    channel: str
    priority: str
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemAssigned(DomainEvent):
    """Somebody else owns it now."""

    name: ClassVar[str] = "item.assigned"
    item_id: int
    number: str
    kind: str
    from_owner_id: int
    owner_id: int
    team_id: int | None
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class PromiseWarned(DomainEvent):
    """A share of the promised time is used up, or only so much of it is left (A51.8).

    ``share`` in per cent, whole ones; ``minutes_left`` of the promised time, 0 when it was told for its share.
    """

    name: ClassVar[str] = "promise.warned"
    item_id: int
    number: str
    kind: str
    metric: str
    cycle: int
    share: int
    due_at: datetime
    owner_id: int
    minutes_left: int = 0
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class PromiseBroken(DomainEvent):
    """A promise was not kept. ``answered``: it had been answered, late, before anybody noticed."""

    name: ClassVar[str] = "promise.broken"
    item_id: int
    number: str
    kind: str
    metric: str
    cycle: int
    due_at: datetime
    owner_id: int
    team_id: int | None
    branch_id: int
    policy_id: int | None
    policy_version: int
    answered: bool
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemEscalated(DomainEvent):
    """A step of the escalation matrix was taken (A52.11)."""

    name: ClassVar[str] = "item.escalated"
    item_id: int
    number: str
    kind: str
    customer_id: int | None
    level: int
    trigger: str
    threshold: int
    metric: str
    told_id: int
    owner_id: int
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(DomainEvent):
    """A planned call, visit or recovery has a result."""

    name: ClassVar[str] = "task.completed"
    item_id: int
    number: str
    kind: str
    outcome: str
    parent_id: int | None
    cause: str
    customer_id: int | None
    owner_id: int
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class PromiseTermsChanged(DomainEvent):
    """A calendar, a policy, the escalation matrix or what a category is part of was edited.

    ``reason``: calendar, policy, escalation or category.
    """

    name: ClassVar[str] = "promise.terms_changed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class DelayExplained(DomainEvent):
    """Somebody said why a promise was broken. ``promised_at``: by when the customer will hear from us instead."""

    name: ClassVar[str] = "promise.delay_explained"
    item_id: int
    number: str
    kind: str
    note_id: int
    reason: str
    promised_at: datetime | None
    tell_customer: bool
    owner_id: int
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class EscalationConfirmed(DomainEvent):
    """Somebody has taken note of what was sent up to him (A52.12)."""

    name: ClassVar[str] = "escalation.confirmed"
    item_id: int
    number: str
    kind: str
    level: int
    confirmed_by_id: int | None
    is_demo: bool = False
