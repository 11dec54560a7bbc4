"""How promises were kept: counts of clocks by what they are about (A51.9, US-12).

One statement groups the clocks of a breakdown in the database, one more finds the names; no ticket is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Value, When
from django.utils.translation import gettext as _

from halkhata.engines.work.choices import ClockState, Metric
from halkhata.foundation.accounts.models import User
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.names import names_of
from halkhata.oversight.analytics.selectors.promise_filters import COLUMNS, MONTH, NONE, PromiseFilters, counted_clocks


@dataclass
class Tally:
    """How many promises stand where. ``kept_share`` is per cent of those decided, None while none is."""

    met: int = 0
    breached: int = 0
    running: int = 0
    paused: int = 0

    def add(self, state: str, count: int) -> None:
        """Count in so many clocks of a state."""
        setattr(self, state, getattr(self, state) + count)

    @property
    def total(self) -> int:
        """All of them."""
        return self.met + self.breached + self.running + self.paused

    @property
    def kept_share(self) -> float | None:
        """Kept out of kept and broken, in per cent; what still runs is not decided."""
        decided = self.met + self.breached
        return None if not decided else self.met * 100 / decided

    def share(self, state: str) -> float | None:
        """This state out of all, in per cent; None without any promise."""
        return None if not self.total else getattr(self, state) * 100 / self.total

    def as_dict(self) -> dict[str, Any]:
        """For JSON; shares are per cent with one decimal."""
        states = (ClockState.MET, ClockState.BREACHED, ClockState.RUNNING, ClockState.PAUSED)
        found: dict[str, Any] = {"total": self.total, "kept_percent": _rounded(self.kept_share)}
        for state in states:
            found[state.value] = getattr(self, state.value)
            found[f"{state.value}_percent"] = _rounded(self.share(state.value))
        return found


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 1)


def _tallies() -> dict[str, Tally]:
    return {metric: Tally() for metric in Metric.values}


@dataclass
class ReportLine:
    """One line of a breakdown; ``key`` is its value in an address."""

    key: str
    label: str
    metrics: dict[str, Tally] = field(default_factory=_tallies)
    all: Tally = field(default_factory=Tally)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "key": None if self.key == NONE else self.key,
            "name": self.label,
            "all": self.all.as_dict(),
            **{metric: tally.as_dict() for metric, tally in self.metrics.items()},
        }


@dataclass
class PromiseReport:
    """A breakdown with its total; the lines add up to it."""

    period: Period
    by: str
    lines: list[ReportLine]
    total: ReportLine


def promise_report(user: User | None, period: Period, filters: PromiseFilters, by: str) -> PromiseReport:
    """The counts by one thing: two statements at most, whatever the number of tickets. ``user`` None: the whole shop.

    Raises KeyError for a breakdown that does not exist.
    """
    clocks = counted_clocks(user, period, filters)
    if by == MONTH:
        clocks = clocks.annotate(part=_month_case(period))
        column = "part"
    else:
        column = COLUMNS[by]
    lines: dict[str, ReportLine] = {}
    total = ReportLine(key="", label=_("Together"))
    rows = clocks.order_by().values_list(column, "metric", "state").annotate(n=Count("pk"))
    for value, metric, state, count in rows:
        key = NONE if value in {None, ""} else str(value)
        line = lines.setdefault(key, ReportLine(key=key, label=""))
        for tally in (line.metrics[metric], line.all, total.metrics[metric], total.all):
            tally.add(state, count)
    for key, label in names_of(by, lines).items():
        lines[key].label = label
    return PromiseReport(period=period, by=by, lines=_in_order(by, lines.values()), total=total)


def _month_case(period: Period) -> Case:
    return Case(
        *(When(started_at__lt=end, then=Value(month.isoformat())) for month, _begin, end in period.months()),
        default=Value(""),
        output_field=CharField(),
    )


def _in_order(by: str, lines: Iterable[ReportLine]) -> list[ReportLine]:
    """Months as they come, everything else with the most broken promises first."""
    if by == MONTH:
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-line.all.breached, -line.all.total, line.label))
