"""What goes wrong most: a Pareto of root causes, categories or branches over solved tickets (A52.22).

By number of tickets (two statements), or by our working time on them: the measure of cost that every ticket has.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.selectors.root_causes import cause_labels
from halkhata.engines.work.choices import Side
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.foundation.accounts.models import User
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.names import names_of
from halkhata.oversight.analytics.selectors.promise_filters import NONE
from halkhata.oversight.analytics.selectors.solved_tickets import MOST, SolvedFilters, in_parts, solved_tickets

CAUSE, COUNT, TIME = "cause", "count", "time"
SUBJECTS: tuple[tuple[str, Any], ...] = (
    (CAUSE, gettext_lazy("Causes")), ("category", gettext_lazy("Categories")), ("branch", gettext_lazy("Branches")),
)  # fmt: skip
MEASURES: tuple[tuple[str, Any], ...] = (
    (COUNT, gettext_lazy("By number")),
    (TIME, gettext_lazy("By our working time")),
)
VITAL = 80
"""Per cent: the few bars that make up this share are the ones to work on first (Pareto)."""


@dataclass(frozen=True)
class ParetoLine:
    """One bar. ``minutes``: our working time on its tickets, None when tickets were counted only.

    ``share`` and ``cumulative`` are per cent of the measure; ``is_vital``: among those that make up VITAL per cent.
    """

    key: str
    label: str
    tickets: int
    minutes: int | None
    value: int
    share: float
    cumulative: float
    is_vital: bool


@dataclass(frozen=True)
class Pareto:
    """The bars, the largest first; they add up to ``tickets``. ``too_many``: more than a page adds up."""

    lines: list[ParetoLine]
    tickets: int
    too_many: bool = False


def pareto(user: User | None, period: Period, filters: SolvedFilters, *, of: str = CAUSE, by: str = COUNT) -> Pareto:
    """The tickets solved in the period, by one thing and one measure."""
    standing = Resolution.objects.filter(ticket=OuterRef("pk"), undone_at__isnull=True)
    tickets = solved_tickets(user, period, filters).order_by()
    if of == CAUSE:
        tickets = tickets.annotate(part=Subquery(standing.values("root_cause")[:1]))
    column = "part" if of == CAUSE else f"{of}_id"
    counts: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    if by == TIME:
        rows = list(tickets.order_by("pk").values_list("pk", column)[: MOST + 1])
        if len(rows) > MOST:
            return Pareto(lines=[], tickets=0, too_many=True)
        for part in in_parts(rows):
            known = stage_times([pk for pk, _value in part])
            for pk, value in part:
                key = _key(value)
                counts[key] += 1
                minutes[key] += _our_minutes(known[pk].sides) if pk in known else 0
    else:
        for value, count in tickets.values_list(column).annotate(n=Count("pk")):
            counts[_key(value)] += count
    return Pareto(lines=_lines(of, counts, minutes if by == TIME else None), tickets=counts.total())


def _key(value: Any) -> str:
    return NONE if value in {None, ""} else str(value)


def _our_minutes(sides: dict[Side, Any]) -> int:
    ours: timedelta = sides[Side.OURS].working + sides[Side.INTERNAL].working
    return int(ours.total_seconds() // 60)


def _lines(of: str, counts: Counter[str], minutes: Counter[str] | None) -> list[ParetoLine]:
    measure = counts if minutes is None else minutes
    whole = measure.total()
    labels = {NONE: _("No cause named"), **cause_labels()} if of == CAUSE else names_of(of, counts)
    found: list[ParetoLine] = []
    reached = 0
    for key in sorted(counts, key=lambda one: (-measure[one], -counts[one], labels.get(one, one))):
        before = reached
        reached += measure[key]
        found.append(
            ParetoLine(
                key=key,
                label=labels.get(key, key),
                tickets=counts[key],
                minutes=None if minutes is None else minutes[key],
                value=measure[key],
                share=measure[key] * 100 / whole if whole else 0.0,
                cumulative=reached * 100 / whole if whole else 0.0,
                is_vital=bool(whole) and before * 100 < VITAL * whole,
            )
        )
    return found
