"""Named, typed registries: how a lower floor shows what a higher floor knows without importing it.

An app fills them in ``AppConfig.ready()``. See docs/explanation/architecture.md, "Three doors instead of cycles".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """An ordered mapping from name to entry that refuses the same name twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, name: str, entry: T) -> T:
        """Add ``entry`` under ``name``. Raises ValueError when the name is taken by another entry."""
        if name in self._entries and self._entries[name] != entry:
            raise ValueError(f"{self.name}: {name!r} is registered already")
        self._entries[name] = entry
        return entry

    def get(self, name: str) -> T:
        """The entry called ``name``. Raises KeyError when nothing registered it."""
        return self._entries[name]

    def find(self, name: str) -> T | None:
        """The entry called ``name``, or None."""
        return self._entries.get(name)

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def items(self) -> list[tuple[str, T]]:
        """Name and entry of everything registered, in order of registration."""
        return list(self._entries.items())


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One line of the staff navigation. ``count`` may return a number shown beside it.

    ``section`` is one of work, records, after_sale, messages, insight, settings: each but the first has its heading.
    """

    label: Any
    url_name: str
    icon: str
    section: str = "work"
    order: int = 100
    permission: str | None = None
    count: Callable[[Any], int] | None = None
    # The page that makes one anew, and who may: the key "c" leads there from every page without a "c" of its own.
    new_url_name: str = ""
    new_permission: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemoClearer:
    """How an app removes its demo rows: called in ascending ``order`` (children before parents)."""

    order: int
    clear: Callable[[], int] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """One entry of the index of settings, shown to whoever has ``permission`` (None: everybody).

    ``allowed(user)`` narrows that further, for pages that ask for more than a right.
    """

    label: Any
    description: Any
    url_name: str
    icon: str
    permission: str | None = "settings.edit"
    order: int = 100
    allowed: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """One entry of the index of reports, shown to whoever has all of ``permissions``.

    ``question`` is what the page answers, in one line.
    """

    label: Any
    question: Any
    url_name: str
    icon: str
    permissions: tuple[str, ...] = ("report.view",)
    order: int = 100


# What an app does to its own rows once the data of an earlier instant are back: called as ``step(taken_at)`` in one
# transaction with all others, before anybody uses the data. Returns how many rows it changed.
RestoreStep = Callable[[datetime], int]

# What an app above accounts makes while an install is set up: called as ``step(installation, branch, answers)`` in the
# transaction of set-up. ``answers`` has: language, trade, shop_name, phone, opens_minute, closes_minute (minutes after
# local midnight), closed_weekdays (tuple, Monday is 0, Sunday 6), zone (IANA name).
SetupStep = Callable[[Any, Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class LeaverStep:
    """What somebody who leaves still holds. ``count(user)`` says how much; ``hand_over`` gives it away.

    ``hand_over(actor=…, leaver=…, successor=…)`` runs in the deactivation's transaction and returns what moved; with
    ``successor`` None each thing goes to whom its team's rule chooses. ``give_back(leaver=…, moved=…)`` undoes it for
    what the new owner still has, and returns how much came back. ``end(leaver=…)`` ends what nobody takes over
    (subscriptions); it runs always.
    """

    count: Callable[[Any], int]
    hand_over: Callable[..., "list[HandedOver]"]
    give_back: Callable[..., int] | None = None
    end: Callable[..., None] | None = None


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """One thing that changed hands. ``ref`` finds it again for ``give_back``, ``label`` is for people."""

    ref: str
    label: str
    to_id: int
    to: str


@dataclass(frozen=True, kw_only=True)
class StaffMailer:
    """How a mail to a member of staff leaves the house. ``can_send()`` tells whether outgoing mail is set up.

    ``send(to=…, subject=…, text=…, language=…)`` is called from a job and raises OSError when it should be tried again.
    """

    can_send: Callable[[], bool]
    send: Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class DemoData:
    """How invented data comes and goes: registered once, under ``demo``, by the app that can load it."""

    load: Callable[[], Any] = field(repr=False)
    clear: Callable[[], Any] = field(repr=False)


navigation: Registry[NavItem] = Registry("navigation")
settings_pages: Registry[SettingsPage] = Registry("settings_pages")
report_pages: Registry[ReportPage] = Registry("report_pages")
after_restore: Registry[RestoreStep] = Registry("after_restore")
setup_steps: Registry[SetupStep] = Registry("setup_steps")
leaver_steps: Registry[LeaverStep] = Registry("leaver_steps")
# Registered once, under "mail", by the app that can send.
staff_mailers: Registry[StaffMailer] = Registry("staff_mailers")
demo_data: Registry[DemoData] = Registry("demo_data")
demo_clearers: Registry[DemoClearer] = Registry("demo_clearers")
