"""May it go to this customer, by this way, now? Six checks in a fixed order (B.4): consent, suppression, open
complaint, frequency cap, quiet hours, channel window.

For whatever is not about a matter of the customer's own: offers, points, asking how it was. Answers, news about a
ticket or a job, due services and recalls are owed to the customer and do not come here. Asked when a message is put in
line and again by the worker at the moment of sending; the second answer counts (N2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from halkhata.engines.messaging.registry import channel_windows, open_matters
from halkhata.engines.messaging.selectors.contact_counts import contacts_since
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.engines.messaging.texting.hours import Window, next_open, why_closed
from halkhata.records.privacy.choices import UNTIL_OBJECTION, ContactChannel
from halkhata.records.privacy.selectors.hours import Clock
from halkhata.records.privacy.services.contacting import consents, is_stopped
from halkhata.records.privacy.services.digests import kind_of_channel


class Gate(StrEnum):
    """What a check says. ``hold``: it waits and goes by itself."""

    GO = "go"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is a value of BlockReason (mail) or TextRule (short texts); ``go_at`` when it may go."""

    gate: Gate
    reason: str = ""
    go_at: datetime | None = None


GO = Verdict(Gate.GO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One message that would go out at ``at``. ``ids``: all rows of the person, the survivor's first; none for a
    stranger. ``until_no``: nobody has to have agreed to it beforehand."""

    purpose: str
    channel: str
    ids: tuple[int, ...]
    address: str
    at: datetime
    clock: Clock
    window: Window
    a_week: int
    until_no: bool = False

    @property
    def advertises(self) -> bool:
        """Whether it is advertising; asking how it was is not."""
        return self.purpose not in UNTIL_OBJECTION

    @property
    def lock(self) -> str:
        """What is locked while the customer's messages are counted: two senders must not both find room for one."""
        return f"contact:{self.ids[0] if self.ids else self.address}"


def check_consent(contact: Contact) -> Verdict | None:
    """Has the customer agreed, and not said no since?"""
    answer = consents(contact.ids, contact.purpose, contact.channel, contact.at, until_no=contact.until_no)
    return None if answer else Verdict(Gate.REFUSE, answer.refusal.value)


def check_suppression(contact: Contact) -> Verdict | None:
    """Is the number or address stopped, or does mail to it come back?"""
    if is_stopped(kind_of_channel(contact.channel), [contact.address], contact.purpose, contact.channel):
        return Verdict(Gate.REFUSE, "stopped")
    if contact.channel == ContactChannel.EMAIL and is_suppressed(contact.address):
        return Verdict(Gate.REFUSE, "suppressed")
    return None


def check_open_complaint(contact: Contact) -> Verdict | None:
    """No advertising to somebody who waits for us to put something right (A54.2)."""
    if contact.advertises and any(has_open(contact.ids) for has_open in open_matters):
        return Verdict(Gate.REFUSE, "complaint")
    return None


def check_frequency(contact: Contact) -> Verdict | None:
    """So many a week to one customer, by all ways together (E.14)."""
    since = week_began(contact.at, contact.clock.zones)
    return Verdict(Gate.REFUSE, "week_cap") if contacts_since(contact.ids, since) >= contact.a_week else None


def check_quiet_hours(contact: Contact) -> Verdict | None:
    """Not at night on the customer's own clock: it waits (E.5)."""
    closed = why_closed(contact.at, contact.clock.zones, contact.window)
    if closed is None:
        return None
    opens = next_open(contact.at, contact.clock.zones, contact.window)
    return Verdict(Gate.REFUSE, "no_hour") if opens is None else Verdict(Gate.HOLD, closed.value, opens)


def check_channel_window(contact: Contact) -> Verdict | None:
    """By a way that declares a window, only so long after the customer last wrote by it (A52.20)."""
    declared = channel_windows.find(contact.channel)
    if declared is None:
        return None
    last = declared.last_from(contact.ids)
    return Verdict(Gate.REFUSE, "window") if last is None or contact.at >= last + declared.length else None


CHECKS: tuple[Callable[[Contact], Verdict | None], ...] = (
    check_consent,
    check_suppression,
    check_open_complaint,
    check_frequency,
    check_quiet_hours,
    check_channel_window,
)


def ask_all(contact: Contact) -> Verdict:
    """What the first check says that has something to say; ``GO`` after all six."""
    return next((verdict for check in CHECKS if (verdict := check(contact)) is not None), GO)


def week_began(at: datetime, zones: tuple[str, ...]) -> datetime:
    """The midnight, on the customer's own clock, with which the seven days began that end with today.

    Where only the country is known and it has several zones, the earliest of them.
    """
    return min(_midnight(at, ZoneInfo(zone), days=-6) for zone in zones)


def _midnight(at: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=days)
    return day.replace(tzinfo=zone).astimezone(at.tzinfo)
