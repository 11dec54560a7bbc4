"""How desks take part in conversations without messaging knowing them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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


class HasOpenMatter(Protocol):
    """Whether one of these customers (the rows of one person) has something open that advertising would add to."""

    def __call__(self, ids: Collection[int]) -> bool:
        """One statement."""
        ...


@dataclass(frozen=True, kw_only=True)
class ChannelWindow:
    """A way by which we may write only so long after the customer last wrote to us by it (A52.20).

    ``last_from`` says when that was; None for never. Ways that declare no window are always open.
    """

    length: timedelta
    last_from: Callable[[Collection[int]], datetime | None]


@dataclass(frozen=True, kw_only=True)
class MessageExtra:
    """What another engine adds to a message of a thread: how far one of ours has come, and why it did not get there.

    ``words`` stand where the message has no text of its own; ``decide_url`` is where a person settles what is unclear.
    """

    state: str = ""
    label: Any = ""
    reason: Any = ""
    said: str = ""
    to: str = ""
    words: str = ""
    decide_url: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherChannel:
    """A line on the page of channels that is no mailbox. ``light`` is a ``selectors.channel_health.Light``."""

    name: str
    where: Any
    icon: str
    light: Any
    url: str = ""


inbound_desks: Registry[InboundDesk] = Registry("inbound_desks")
# A54.2: while one of them says yes, nothing that advertises goes to the customer.
open_matters: Registry[HasOpenMatter] = Registry("open_matters")
# By ContactChannel. E-mail and SMS declare none.
channel_windows: Registry[ChannelWindow] = Registry("channel_windows")
# By the channel of the messages: ``extras(ids)`` is asked once for all messages of a page that came by it.
message_extras: Registry[Callable[[Collection[int]], Mapping[int, MessageExtra]]] = Registry("message_extras")
# ``channels(user)``: the lines of another engine on the page of channels, as far as the reader's reach goes.
other_channels: Registry[Callable[[Any], list[OtherChannel]]] = Registry("other_channels")
