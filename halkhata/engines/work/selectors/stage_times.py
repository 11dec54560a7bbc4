"""Whose time it was: how long items stood in each state, ours, the customer's, the manufacturer's (A52.13).

For one page and for reports alike: ``stage_times(ids)`` costs the same number of queries for one item and for ten
thousand, whatever their histories: one for the items, one for their history, and those of the shop's opening hours,
which are remembered. Hand it a few thousand ids at a time; it holds their histories in memory.

What comes back, by item id, is a ``StageTimes``:

* ``spans``: every stay in a state in order, with its side, clock time and working time;
* ``sides``: ``{Side: Span}`` for each of ``choices.Side``, also those with nothing;
* ``states``: ``{state code: Span}`` of the states the item was in;
* ``life``: from the opening to the end that stands, or to ``at`` for what is not finished.

``Span.total`` is clock time, ``Span.working`` the opening hours of the item's branch within it, both as timedelta. The
sums over ``sides`` and over ``states`` are ``life`` exactly. ``Side.ENDED`` is the time in which an item was resolved
and nobody worked on it before it was opened again; reports that ask "how long did it take us" leave it out.

To add up many items use ``total_by_side``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from halkhata.engines.work.choices import Side, StateFlag, WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.promise.stages import Change, stretches
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.foundation.core.clock import now

_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Span:
    """A length of time: on the clock, and of it in opening hours."""

    total: timedelta = _NOTHING
    working: timedelta = _NOTHING

    def __add__(self, other: "Span") -> "Span":
        return Span(self.total + other.total, self.working + other.working)


@dataclass(frozen=True)
class StaySpan:
    """One stay in one state."""

    state: str
    side: Side
    start: datetime
    end: datetime
    span: Span


@dataclass(frozen=True)
class StageTimes:
    """Where the life of one item went."""

    item_id: int
    spans: tuple[StaySpan, ...]
    sides: dict[Side, Span]
    states: dict[str, Span]
    life: Span
    is_over: bool


def stage_times(ids: Collection[int], *, at: datetime | None = None) -> dict[int, StageTimes]:
    """The times of these items by id; see the module. ``at``: until when the life of an unfinished item is counted."""
    moment = at or now()
    items = {item.pk: item for item in WorkItem.objects.filter(pk__in=ids).select_related("branch").order_by()}
    changes: dict[int, list[Change]] = {item_id: [] for item_id in items}
    rows = WorkEvent.objects.filter(item_id__in=ids).exclude(state_flag="").order_by("item_id", "at", "id")
    for item_id, kind, when, flag, data in rows.values_list("item_id", "kind", "at", "state_flag", "data"):
        if item_id in changes:
            state = str(data.get("state" if kind == WorkEventKind.OPENED else "to", ""))
            change = Change(when, state, ended=flag == StateFlag.RESOLVED)
            if kind == WorkEventKind.OPENED:
                changes[item_id].insert(0, change)  # whatever was entered with an earlier time
            else:
                changes[item_id].append(change)
    book = PromiseBook()
    return {item_id: _times(item, changes[item_id], moment, book) for item_id, item in items.items()}


def _times(item: WorkItem, changes: list[Change], at: datetime, book: PromiseBook) -> StageTimes:
    kind = item_kinds.find(item.kind)
    known = kind.sides if kind is not None else {}
    spans: list[StaySpan] = []
    sides = dict.fromkeys(Side, Span())
    states: dict[str, Span] = {}
    life = Span()
    for stay in stretches(changes, until=at, calendar=book.opening_hours(item.branch)):
        side = Side.ENDED if stay.ended else known.get(stay.state, Side.OURS)
        span = Span(stay.total, stay.working)
        spans.append(StaySpan(stay.state, side, stay.start, stay.end, span))
        sides[side] += span
        states[stay.state] = states.get(stay.state, Span()) + span
        life += span
    return StageTimes(
        item_id=item.pk,
        spans=tuple(spans),
        sides=sides,
        states=states,
        life=life,
        is_over=item.state_flag == StateFlag.RESOLVED,
    )


def total_by_side(times: Iterable[StageTimes]) -> dict[Side, Span]:
    """The sums of many items, each side present."""
    sums = dict.fromkeys(Side, Span())
    for one in times:
        for side, span in one.sides.items():
            sums[side] += span
    return sums
