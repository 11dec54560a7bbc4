"""How long a work item stood in each state, in clock time and in working time (A52.13).

Pure: no database, no clock of the machine. A life is cut at each change of state into stretches without a hole and
without an overlap, so their sums are the life exactly, to the microsecond.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.clock import elapsed


@dataclass(frozen=True)
class Change:
    """From this instant on the item was in ``state``; ``ended``: a state in which nothing is left to do."""

    at: datetime
    state: str
    ended: bool = False


@dataclass(frozen=True)
class Stretch:
    """One stay in one state: [start, end), its length, and how much of it was working time."""

    state: str
    ended: bool
    start: datetime
    end: datetime
    total: timedelta
    working: timedelta


def stretches(changes: Iterable[Change], *, until: datetime, calendar: WorkingCalendar) -> tuple[Stretch, ...]:
    """Cut a life into its stays, in order.

    ``changes`` come in the order in which they were written; the first is the opening, and what bears an earlier time
    happened at the opening. The life goes to ``until``, or to the last end that was not undone when that came first.
    Neighbours in the same state are one stay; stays without length are left out.
    """
    line = _in_order(changes)
    if not line:
        return ()
    last = _life_ends(line, until)
    found: list[Stretch] = []
    for number, change in enumerate(line):
        end = min(line[number + 1].at if number + 1 < len(line) else last, last)
        if end > change.at:
            found.append(
                Stretch(
                    state=change.state,
                    ended=change.ended,
                    start=change.at,
                    end=end,
                    total=end - change.at,
                    working=elapsed(change.at, end, calendar, ()),
                )
            )
    return tuple(found)


def _in_order(changes: Iterable[Change]) -> list[Change]:
    written = list(changes)
    if not written:
        return []
    opening = written[0].at
    moved = [Change(max(change.at, opening), change.state, change.ended) for change in written]
    # Stable: of two changes of one instant the one written later holds.
    moved.sort(key=lambda change: change.at)
    line: list[Change] = []
    for change in moved:
        if line and line[-1].at == change.at:
            line[-1] = change
        elif not line or (line[-1].state, line[-1].ended) != (change.state, change.ended):
            line.append(change)
    # A change of one instant that was replaced may have left two equal neighbours.
    return [
        change
        for number, change in enumerate(line)
        if number == 0 or (line[number - 1].state, line[number - 1].ended) != (change.state, change.ended)
    ]


def _life_ends(line: Sequence[Change], until: datetime) -> datetime:
    """The first of the ended states that stand at the end of the line, or ``until``."""
    end = max(until, line[0].at)
    for change in reversed(line):
        if not change.ended:
            break
        end = min(end, change.at) if change.at >= line[0].at else end
    return end
