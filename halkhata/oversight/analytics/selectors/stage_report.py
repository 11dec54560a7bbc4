"""Whose time it was: ours, the customer's, the manufacturer's, over many tickets (A52.13)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Side
from halkhata.engines.work.selectors.minutes import minutes_of
from halkhata.engines.work.selectors.stage_times import StageTimes, stage_times
from halkhata.foundation.accounts.models import User
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.names import names_of
from halkhata.oversight.analytics.selectors.promise_filters import MONTH, NONE
from halkhata.oversight.analytics.selectors.solved_tickets import (
    COLUMNS,
    MOST,
    SolvedFilters,
    in_parts,
    solved_tickets,
)

BREAKDOWNS: tuple[tuple[str, Any], ...] = (
    ("category", _("Category")), ("branch", _("Branch")), ("team", _("Team")), ("person", _("Person")),
    (MONTH, _("Month")),
)  # fmt: skip
# Waiting for a colleague is our own time.
SIDES: tuple[tuple[str, Any, tuple[Side, ...]], ...] = (
    ("ours", _("Ours"), (Side.OURS, Side.INTERNAL)),
    ("customer", _("The customer's"), (Side.CUSTOMER,)),
    ("manufacturer", _("The manufacturer's"), (Side.MANUFACTURER,)),
)


@dataclass
class StageLine:
    """The times of some tickets added up; ``working`` is what of our time lay in opening hours."""

    key: str
    label: str
    tickets: int = 0
    sides: dict[str, timedelta] = field(default_factory=lambda: {code: timedelta(0) for code, _label, _of in SIDES})
    working: timedelta = timedelta(0)
    # Written down by hand, by whoever worked on them.
    written: timedelta = timedelta(0)

    def add(self, times: StageTimes, minutes: int) -> None:
        """Count in one ticket, with the minutes of work written down on it."""
        self.written += timedelta(minutes=minutes)
        self.tickets += 1
        for code, _label, parts in SIDES:
            for part in parts:
                self.sides[code] += times.sides[part].total
        self.working += times.sides[Side.OURS].working + times.sides[Side.INTERNAL].working

    @property
    def whole(self) -> timedelta:
        """All sides together."""
        return sum(self.sides.values(), timedelta(0))

    def mean(self, code: str) -> timedelta:
        """The time of a side for one ticket."""
        return self.sides[code] / self.tickets if self.tickets else timedelta(0)

    @property
    def mean_working(self) -> timedelta:
        """Our time in opening hours for one ticket."""
        return self.working / self.tickets if self.tickets else timedelta(0)

    @property
    def mean_written(self) -> timedelta:
        """The work written down for one ticket."""
        return self.written / self.tickets if self.tickets else timedelta(0)

    def share(self, code: str) -> float | None:
        """A side out of all, in per cent; None when there was no time at all."""
        whole = self.whole.total_seconds()
        return None if not whole else self.sides[code].total_seconds() * 100 / whole


@dataclass
class StageReport:
    """Lines that add up to the total; ``too_many`` when the days hold more tickets than a page adds up."""

    lines: list[StageLine]
    total: StageLine
    too_many: bool = False


def stage_report(user: User | None, period: Period, filters: SolvedFilters, by: str) -> StageReport:
    """The tickets solved in the period, by one thing. Costs the same queries for each AT_ONCE tickets."""
    total = StageLine(key="", label="")
    column = "resolved_at" if by == MONTH else COLUMNS[by]
    tickets = solved_tickets(user, period, filters).order_by("pk").values_list("pk", column)
    rows = list(tickets[: MOST + 1])
    if len(rows) > MOST:
        return StageReport(lines=[], total=total, too_many=True)
    lines: dict[str, StageLine] = {}
    zone = ZoneInfo(period.zone)
    for part in in_parts(rows):
        ids = [pk for pk, _value in part]
        known, minutes = stage_times(ids), minutes_of(ids)
        for pk, value in part:
            if by == MONTH:
                key = value.astimezone(zone).date().replace(day=1).isoformat()
            else:
                key = NONE if value is None else str(value)
            if pk in known:
                for line in (lines.setdefault(key, StageLine(key=key, label="")), total):
                    line.add(known[pk], minutes.get(pk, 0))
    for key, label in names_of(by, lines).items():
        lines[key].label = label
    return StageReport(lines=_in_order(by, lines.values()), total=total)


def _in_order(by: str, lines: Iterable[StageLine]) -> list[StageLine]:
    if by == MONTH:
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-line.tickets, line.label))
