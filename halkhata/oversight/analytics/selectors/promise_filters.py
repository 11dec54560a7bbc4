"""Which promise clocks a report counts: read from the address, written back to it, turned into conditions (A51.9)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Channel, ClockState, Metric
from halkhata.engines.work.models import DelayNote, SlaClock
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_condition
from halkhata.foundation.core.text import clean_text
from halkhata.oversight.analytics.periods import Period

NONE = "none"
"""In an address: the rows for which this is empty."""

POLICY, TEAM, BRANCH, PERSON, CHANNEL, CATEGORY, MONTH = (
    "policy", "team", "branch", "person", "channel", "category", "month",
)  # fmt: skip
# By what a report can be broken down, and the column that says it. The month is a case of its own.
COLUMNS: dict[str, str] = {
    POLICY: "policy_id",
    TEAM: "item__team_id",
    BRANCH: "item__branch_id",
    PERSON: "item__owner_id",
    CHANNEL: "item__channel",
    CATEGORY: "item__ticket__category_id",
}
BREAKDOWNS: tuple[tuple[str, Any], ...] = (
    (TEAM, _("Team")),
    (PERSON, _("Person")),
    (BRANCH, _("Branch")),
    (CATEGORY, _("Category")),
    (CHANNEL, _("Came in by")),
    (POLICY, _("Promise")),
    (MONTH, _("Month")),
)
# The states that are counted; a cancelled clock was no promise.
STATES: tuple[tuple[str, Any], ...] = (
    (ClockState.MET, _("Kept")),
    (ClockState.BREACHED, _("Broken")),
    (ClockState.RUNNING, _("Running")),
    (ClockState.PAUSED, _("Paused")),
)
METRICS: tuple[tuple[str, Any], ...] = tuple(Metric.choices)
_COUNTED = [code for code, _label in STATES]


@dataclass(frozen=True, kw_only=True)
class PromiseFilters:
    """What a report is narrowed to; empty means "any". Text as it stands in the address."""

    metric: str = ""
    state: str = ""
    policy: str = ""
    team: str = ""
    branch: str = ""
    person: str = ""
    channel: str = ""
    category: str = ""
    # The month's first day: "2026-11-01".
    month: str = ""
    # The code of a delay reason.
    reason: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "PromiseFilters":
        """From a query string; unknown names and values that cannot be are left out, never an error."""
        text = {f.name: clean_text(str(values.get(f.name) or ""), max_length=60) for f in fields(cls)}
        for name in (POLICY, TEAM, BRANCH, PERSON, CATEGORY):
            if text[name] != NONE and not is_id(text[name]):
                text[name] = ""
        for name, allowed in (
            ("metric", Metric.values),
            ("state", _COUNTED),
            ("channel", Channel.values),
        ):
            if text[name] not in allowed:
                text[name] = ""
        if _month(text["month"]) is None:
            text["month"] = ""
        return cls(**text)

    def query(self, **changes: str) -> dict[str, str]:
        """What stands in the address, with changes; empty values left out."""
        values = {**{f.name: getattr(self, f.name) for f in fields(self)}, **changes}
        return {name: value for name, value in values.items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return not self.query()


def is_id(text: str) -> bool:
    """Whether it can be the id of a record."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.day == 1 else None


def last_reason() -> Subquery:
    """The code of the last reason given for a clock's break; empty where nobody said why."""
    notes = DelayNote.objects.filter(clock=OuterRef("pk")).order_by("-at", "-pk")
    return Subquery(notes.values("reason")[:1])


def counted_clocks(user: User | None, period: Period, filters: PromiseFilters) -> QuerySet[SlaClock]:
    """The promises that began in the period, on work inside the reader's scope (None: the whole shop), unordered.

    A promise belongs to the period in which its clock began; so each is counted once, whatever becomes of it later.
    """
    begin, end = period.begin, period.end
    if filters.month:
        inside = {month.isoformat(): (a, b) for month, a, b in period.months()}
        begin, end = inside.get(filters.month, (period.end, period.end))
    wanted = Q(started_at__gte=begin, started_at__lt=end)
    wanted &= Q(state=filters.state) if filters.state else Q(state__in=_COUNTED)
    if filters.metric:
        wanted &= Q(metric=filters.metric)
    for name, column in COLUMNS.items():
        value = getattr(filters, name)
        if value == NONE:
            wanted &= Q(**{f"{column.removesuffix('_id')}__isnull": True})
        elif value:
            wanted &= Q(**{column: value if name == CHANNEL else int(value)})
    clocks = SlaClock.objects.filter(wanted)
    if filters.reason:
        clocks = clocks.filter(state=ClockState.BREACHED).annotate(said=last_reason())
        clocks = clocks.filter(said__isnull=True) if filters.reason == NONE else clocks.filter(said=filters.reason)
    if user is not None:
        clocks = clocks.filter(scope_condition(user, owner="item__owner", team="item__team", branch="item__branch"))
    return clocks
