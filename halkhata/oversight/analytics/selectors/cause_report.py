"""What goes wrong most: a Pareto of root causes, categories, branches or products over solved tickets (A52.22).

By number of tickets (two statements), by our working time on them, which every ticket has, or by the money they cost
the shop as far as it is known (ticket_costs.py).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.selectors.products import named_by
from halkhata.desks.tickets.selectors.root_causes import cause_labels
from halkhata.engines.work.choices import Side
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.foundation.accounts.models import User
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.names import names_of
from halkhata.oversight.analytics.selectors.promise_filters import NONE
from halkhata.oversight.analytics.selectors.solved_tickets import MOST, SolvedFilters, in_parts, solved_tickets
from halkhata.oversight.analytics.selectors.ticket_costs import Solved, costs_of_tickets

CAUSE, PRODUCT = "cause", "product"
COUNT, TIME, MONEY = "count", "time", "money"
SUBJECTS: tuple[tuple[str, Any], ...] = (
    (CAUSE, gettext_lazy("Causes")), ("category", gettext_lazy("Categories")), ("branch", gettext_lazy("Branches")),
    (PRODUCT, gettext_lazy("Products")),
)  # fmt: skip
MEASURES: tuple[tuple[str, Any], ...] = (
    (COUNT, gettext_lazy("By number")),
    (TIME, gettext_lazy("By our working time")),
    (MONEY, gettext_lazy("By what it cost us")),
)
VITAL = 80
"""Per cent: the few bars that make up this share are the ones to work on first (Pareto)."""


@dataclass(frozen=True)
class ParetoLine:
    """One bar. ``minutes``: our working time on its tickets, ``money`` what they cost; None unless it was asked for.

    ``share`` and ``cumulative`` are per cent of the measure; ``is_vital``: among those that make up VITAL per cent.
    """

    key: str
    label: str
    tickets: int
    minutes: int | None
    money: Decimal | None
    value: int | Decimal
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
    column = "part" if of == CAUSE else "serial" if of == PRODUCT else f"{of}_id"
    counts: Counter[str] = Counter()
    if by == COUNT and of != PRODUCT:
        for value, count in tickets.values_list(column).annotate(n=Count("pk")):
            counts[_key(value)] += count
        return Pareto(lines=_lines(of, by, counts, counts), tickets=counts.total())
    columns = ("pk", column, "serial", "customer_id", "opened_at", "resolved_at")
    rows = list(tickets.order_by("pk").values_list(*columns)[: MOST + 1])
    if len(rows) > MOST:
        return Pareto(lines=[], tickets=0, too_many=True)
    measure: dict[str, Any] = {}
    for part in in_parts(rows):
        keys = _keys(of, part)
        weights = _weights(user, by, part)
        for pk, *_more in part:
            key = keys[pk]
            counts[key] += 1
            measure[key] = measure.get(key, 0) + weights.get(pk, 0)
    return Pareto(lines=_lines(of, by, counts, measure), tickets=counts.total())


def _keys(of: str, rows: list[Any]) -> dict[int, str]:
    """In which bar each ticket counts."""
    if of != PRODUCT:
        return {pk: _key(value) for pk, value, *_more in rows}
    named = named_by({pk: serial for pk, serial, *_more in rows})
    return {pk: _key(named[pk].made.product) if pk in named else NONE for pk, *_more in rows}


def _weights(user: User | None, by: str, rows: list[Any]) -> dict[int, Any]:
    """How much each ticket weighs in the measure."""
    if by == MONEY:
        return costs_of_tickets(user, [Solved(pk, *more) for pk, _value, *more in rows])
    ids = [pk for pk, *_more in rows]
    if by == TIME:
        return {pk: _our_minutes(times.sides) for pk, times in stage_times(ids).items()}
    return dict.fromkeys(ids, 1)


def _key(value: Any) -> str:
    return NONE if value in {None, ""} else str(value)


def _our_minutes(sides: dict[Side, Any]) -> int:
    ours: timedelta = sides[Side.OURS].working + sides[Side.INTERNAL].working
    return int(ours.total_seconds() // 60)


def _lines(of: str, by: str, counts: Counter[str], measure: Mapping[str, Any]) -> list[ParetoLine]:
    whole = sum(measure.values())
    labels = {NONE: _("No cause named"), **cause_labels()} if of == CAUSE else names_of(of, counts)
    found: list[ParetoLine] = []
    reached: Any = 0
    for key in sorted(counts, key=lambda one: (-measure[one], -counts[one], labels.get(one, one))):
        before = reached
        reached += measure[key]
        found.append(
            ParetoLine(
                key=key,
                label=labels.get(key, key),
                tickets=counts[key],
                minutes=measure[key] if by == TIME else None,
                money=Decimal(measure[key]) if by == MONEY else None,
                value=measure[key],
                share=float(measure[key] * 100 / whole) if whole else 0.0,
                cumulative=float(reached * 100 / whole) if whole else 0.0,
                is_vital=bool(whole) and before * 100 < VITAL * whole,
            )
        )
    return found
