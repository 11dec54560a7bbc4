"""How desks take part in conversations without messaging knowing them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.registry import Registry


class OpenItem(Protocol):
    """Opens a desk's item for an inbound message, in the caller's transaction."""

    def __call__(
        self,
        *,
        actor: Any,
        kind: str,
        customer: Any,
        branch: Any,
        team: Any,
        channel: str,
        subject: str,
        text: str,
        acknowledge: bool,
        opened_at: datetime | None = None,
        may_belong_to: WorkItem | None = None,
        follows: WorkItem | None = None,
        is_demo: bool = False,
    ) -> WorkItem:
        """Open the item and return it. ``is_demo``: an invented mailbox took the mail, so the item is invented, too."""
        ...


class TargetForReply(Protocol):
    """The item an answer belongs to: the same one, or a linked follow-up opened because the old one has ended."""

    def __call__(self, item: WorkItem, *, at: datetime, subject: str, text: str, acknowledge: bool = True) -> WorkItem:
        """Return the item that takes the answer; ``acknowledge``: whether a newly opened one may be confirmed."""
        ...


class AfterCustomerMessage(Protocol):
    """What the desk does when the customer has written: reopen, go from waiting to open."""

    def __call__(self, item: WorkItem, *, at: datetime) -> None:
        """Change the item's state as the desk's rules say."""
        ...


@dataclass(frozen=True, kw_only=True)
class InboundDesk:
    """What a desk offers for one kind of item."""

    open_item: OpenItem
    target_for_reply: TargetForReply
    after_customer_message: AfterCustomerMessage


inbound_desks: Registry[InboundDesk] = Registry("inbound_desks")
