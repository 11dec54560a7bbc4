"""How a desk lets its items be answered by chat without chat knowing the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.registry import Registry


class HoldForAnswer(Protocol):
    """Locks the item and refuses (DomainError) when this person may not answer it now. The caller's transaction."""

    def __call__(self, *, actor: Any, item: WorkItem) -> None:
        """Raises PermissionRefused, NotFound, Conflict."""
        ...


class AfterAnswer(Protocol):
    """What the desk does when the customer was answered: a new ticket becomes open."""

    def __call__(self, *, actor: Any, item: WorkItem, at: datetime) -> None:
        """Change the item's state as the desk's rules say."""
        ...


@dataclass(frozen=True, kw_only=True)
class ChatDesk:
    """What a desk offers for one kind of item, by the kind's code."""

    hold_for_answer: HoldForAnswer
    after_answer: AfterAnswer


chat_desks: Registry[ChatDesk] = Registry("chat_desks")
