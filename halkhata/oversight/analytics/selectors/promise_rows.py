"""The promises behind a number, newest first, by keyset."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from halkhata.engines.work.choices import ClockState, Metric
from halkhata.engines.work.models import SlaClock
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.promise_filters import STATES, PromiseFilters, counted_clocks

PAGE_SIZE = 50
_STATE_LABELS = dict(STATES)
_METRIC_LABELS = dict(Metric.choices)


@dataclass(frozen=True)
class PromiseRow:
    """One promise with its ticket. ``late_by`` is how long it was, or is by now, late."""

    clock: SlaClock
    url: str
    metric_label: Any
    state_label: Any
    late_by: timedelta | None


@dataclass(frozen=True)
class RowsPage:
    """One page; ``older`` is the cursor of the next one, "" at the end."""

    rows: list[PromiseRow]
    total: int
    older: str


def promise_rows(user: User, period: Period, filters: PromiseFilters, before: str = "") -> RowsPage:
    """One page of the promises that the report counts under these filters: two statements."""
    clocks = counted_clocks(user, period, filters)
    total = clocks.order_by().count()
    if beyond := _cursor(before):
        at, key = beyond
        clocks = clocks.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=key))
    found = list(
        clocks.select_related("item__customer", "item__owner", "item__branch", "policy").order_by("-started_at", "-pk")[
            : PAGE_SIZE + 1
        ]
    )
    shown = found[:PAGE_SIZE]
    older = f"{shown[-1].started_at.isoformat()}.{shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    return RowsPage(rows=[promise_row(clock) for clock in shown], total=total, older=older)


def promise_row(clock: SlaClock, at: datetime | None = None) -> PromiseRow:
    """The clock as a line of a list, without a query."""
    late = None
    if clock.state == ClockState.BREACHED and clock.breached_at is not None:
        late = max((clock.stopped_at or at or now()) - clock.breached_at, timedelta(0))
    return PromiseRow(
        clock=clock,
        url=item_url(clock.item),
        metric_label=_METRIC_LABELS[clock.metric],
        state_label=_STATE_LABELS[clock.state],
        late_by=late,
    )


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _dot, key = text.rpartition(".")
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, int(key))
