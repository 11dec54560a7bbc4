"""From a target to an instant and back: working, unpaused time on a calendar (A51.3, A51.4, A51.8; S1 to S3).

Every function is pure. A clock runs while the calendar is open and no pause covers the instant; both are half-open
[from, to). Sums are exact to the microsecond; nothing is ever added in wall-clock time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from halkhata.engines.work.promise.calendar import DayRule, WorkingCalendar, from_instant, to_instant

Pause: TypeAlias = tuple[datetime, datetime | None]
"""A stretch [from, to) in which the clock stands still; ``to`` is None while it lasts."""

LineKind: TypeAlias = Literal["working", "paused", "closed", "day_off", "holiday", "override"]
"""Why a line of an explanation counts or not. ``closed`` is outside the hours of a working day, ``day_off`` a weekday
without hours, ``holiday`` a listed date, ``override`` a date that was closed by a dated override."""

_MICROSECOND = timedelta(microseconds=1)
# A closed stretch that holds several causes is named after the rarest, which is the one a reader asks about.
_CAUSES: tuple[tuple[DayRule, LineKind], ...] = (("holiday", "holiday"), ("override", "override"), ("week", "day_off"))


@dataclass(frozen=True)
class ClosedDates:
    """Consecutive local dates that are closed for one reason, inside a closed line."""

    kind: LineKind
    first_on: date
    last_on: date


@dataclass(frozen=True)
class ExplainLine:
    """One stretch of a clock's life; lines follow one another without a hole.

    ``to_at`` is None only on a last line that is a pause without an end. ``counted`` is the time this line adds,
    ``total`` the sum so far, ``remaining`` the target less the sum (negative once overdue). ``by_override`` marks
    working time of a date with hours of its own. ``closed_dates`` names the whole dates a closed line spans.
    """

    from_at: datetime
    to_at: datetime | None
    kind: LineKind
    counted: timedelta
    total: timedelta
    remaining: timedelta
    by_override: bool = False
    closed_dates: tuple[ClosedDates, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the line as JSON data: ISO 8601 instants and dates, durations in seconds."""
        return {
            "from": self.from_at.isoformat(),
            "to": None if self.to_at is None else self.to_at.isoformat(),
            "kind": self.kind,
            "counted_seconds": _json_seconds(self.counted),
            "total_seconds": _json_seconds(self.total),
            "remaining_seconds": _json_seconds(self.remaining),
            "by_override": self.by_override,
            "closed_dates": [
                {"kind": dates.kind, "first": dates.first_on.isoformat(), "last": dates.last_on.isoformat()}
                for dates in self.closed_dates
            ],
        }


def due_at(
    start: datetime, target: timedelta | int, calendar: WorkingCalendar, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return the earliest instant at which working, unpaused time since ``start`` reaches ``target``, in UTC.

    ``target`` is a timedelta or whole seconds; 0 is due at ``start``. Work that fills an interval is due at its end,
    not at the next opening. None means that a pause without an end begins before the target is reached. Raises
    ValueError for a negative target, a naive datetime or a pause that ends before it begins, and CalendarError when
    the calendar never opens again or the target is not reached in a hundred years.
    """
    due = _reach(to_instant(start), _length(target), calendar, _in_order(pauses))
    return None if due is None else from_instant(due)


def elapsed(start: datetime, until: datetime, calendar: WorkingCalendar, pauses: Iterable[Pause] = ()) -> timedelta:
    """Return the working, unpaused time in [start, until); zero when ``until`` is not after ``start``."""
    total = 0
    for first, last in _unpaused(to_instant(start), to_instant(until), _in_order(pauses)):
        assert last is not None  # bounded by ``until``
        total += sum(to - since for since, to, _ordinal in calendar.spans(first, last))
    return timedelta(microseconds=total)


def instant_at_share(
    start: datetime,
    target: timedelta | int,
    share: Fraction | Decimal | float | int,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """Return when the given share of the target is used up, for warnings at 0.5, 0.75, 0.9 (A51.8).

    A float is read as it is written (0.9 is nine tenths). Shares above 1 are allowed: an escalation may wait for
    twice the target. The share is rounded up to a whole microsecond. None and errors as in ``due_at``.
    """
    exact = Fraction(str(share)) if isinstance(share, float) else Fraction(share)
    if exact < 0:
        raise ValueError("a share of a target cannot be negative")
    needed = -(-_length(target) * exact.numerator // exact.denominator)
    reached = _reach(to_instant(start), needed, calendar, _in_order(pauses))
    return None if reached is None else from_instant(reached)


def explain(
    start: datetime,
    target: timedelta | int,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause] = (),
    until: datetime | None = None,
) -> list[ExplainLine]:
    """Say stretch by stretch how the clock ran, so that a page can show why it is due then.

    Without ``until`` the lines run from ``start`` to the due instant and their ``counted`` sum is the target; when
    a pause without an end comes first, the last line is that pause with ``to_at`` None. With ``until`` they run
    exactly to it, and a working line is cut at the due instant so that what follows is the overdue time. A closed
    stretch between two working ones is a single line; a pause is one line also where it covers closed hours.
    """
    begin, length, stops = to_instant(start), _length(target), _in_order(pauses)
    end = _reach(begin, length, calendar, stops) if until is None else to_instant(until)
    lines: list[ExplainLine] = []
    total = 0
    for since, to, kind, override in _stretches(begin, end, calendar, stops):
        counted = to - since if kind == "working" and to is not None else 0
        # The target falls inside this stretch: end a line there, so that the due instant is on the page.
        pieces = [to]
        if kind == "working" and to is not None and total < length < total + counted:
            pieces = [since + length - total, to]
        for piece_to in pieces:
            counted = piece_to - since if kind == "working" and piece_to is not None else 0
            total += counted
            closed = _closed_dates(calendar, since, piece_to) if kind == "closed" and piece_to is not None else ()
            lines.append(
                ExplainLine(
                    from_at=from_instant(since),
                    to_at=None if piece_to is None else from_instant(piece_to),
                    kind=_named(kind, closed),
                    counted=timedelta(microseconds=counted),
                    total=timedelta(microseconds=total),
                    remaining=timedelta(microseconds=length - total),
                    by_override=override,
                    closed_dates=closed,
                )
            )
            since = piece_to if piece_to is not None else since
    return lines


def ordered_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the same standstill as few, ordered, separate pauses; empty ones vanish, touching ones join."""
    return tuple((from_instant(a), None if b is None else from_instant(b)) for a, b in _in_order(pauses))


_Stop: TypeAlias = tuple[int, int | None]


def _length(target: timedelta | int) -> int:
    if not isinstance(target, timedelta | int):
        raise TypeError(f"a target is a timedelta or whole seconds, not {target!r}")
    length = target // _MICROSECOND if isinstance(target, timedelta) else target * 1_000_000
    if length < 0:
        raise ValueError("a target cannot be negative")
    return length


def _in_order(pauses: Iterable[Pause]) -> list[_Stop]:
    """Sort, drop the empty and join the overlapping or touching, as instants; one without an end ends the list."""
    raw: list[_Stop] = []
    for since, to in pauses:
        first, last = to_instant(since), None if to is None else to_instant(to)
        if last is not None and last < first:
            raise ValueError(f"a pause cannot end ({to}) before it begins ({since})")
        if last != first:
            raw.append((first, last))
    raw.sort(key=lambda stop: stop[0])
    joined: list[_Stop] = []
    for first, last in raw:
        if joined:
            held_first, held_last = joined[-1]
            if held_last is None:
                break
            if first <= held_last:
                joined[-1] = (held_first, None if last is None else max(held_last, last))
                continue
        joined.append((first, last))
    return joined


def _unpaused(start: int, end: int | None, stops: Sequence[_Stop]) -> Iterator[tuple[int, int | None]]:
    """Yield the stretches of [start, end) that no pause covers; the last may have no end when ``end`` is None."""
    position = start
    for first, last in stops:
        if end is not None and first >= end:
            break
        if first > position:
            yield position, first
        if last is None:
            return
        position = max(position, last)
    if end is None or position < end:
        yield position, end


def _reach(start: int, length: int, calendar: WorkingCalendar, stops: Sequence[_Stop]) -> int | None:
    """Return the instant at which ``length`` is used up, or None when a pause without an end comes first."""
    if length == 0:
        return start
    missing = length
    for first, last in _unpaused(start, None, stops):
        for since, to, _ordinal in calendar.spans(first, last):
            if to - since >= missing:
                return since + missing
            missing -= to - since
    return None


_Stretch: TypeAlias = tuple[int, int | None, Literal["working", "closed", "paused"], bool]


def _stretches(start: int, end: int | None, calendar: WorkingCalendar, stops: Sequence[_Stop]) -> Iterator[_Stretch]:
    """Cut [start, end) into working, closed and paused stretches without a hole, neighbours of one sort joined."""
    held: _Stretch | None = None
    for stretch in _raw_stretches(start, end, calendar, stops):
        if held is not None and held[2:] == stretch[2:]:
            held = (held[0], *stretch[1:])
            continue
        if held is not None:
            yield held
        held = stretch
    if held is not None:
        yield held


def _raw_stretches(
    start: int, end: int | None, calendar: WorkingCalendar, stops: Sequence[_Stop]
) -> Iterator[_Stretch]:
    position = start
    for first, last in _unpaused(start, end, stops):
        if first > position:
            yield position, first, "paused", False
        assert last is not None  # without an end in sight ``explain`` stops at the pause that has none
        position = first
        for since, to, ordinal in calendar.spans(first, last):
            if since > position:
                yield position, since, "closed", False
            yield since, to, "working", date.fromordinal(ordinal) in calendar.overrides
            position = to
        if position < last:
            yield position, last, "closed", False
            position = last
    if end is None or position < end:
        yield position, end, "paused", False


def _closed_dates(calendar: WorkingCalendar, since: int, to: int) -> tuple[ClosedDates, ...]:
    """Name the whole closed dates of a closed stretch, neighbours with the same reason together."""
    found: list[ClosedDates] = []
    kinds = dict(_CAUSES)
    for on in calendar.dates_between(since, to):
        if calendar.hours_of(on):
            continue
        kind = kinds[calendar.rule_of(on)]
        if found and found[-1].kind == kind and found[-1].last_on + timedelta(days=1) == on:
            found[-1] = ClosedDates(kind, found[-1].first_on, on)
        else:
            found.append(ClosedDates(kind, on, on))
    return tuple(found)


def _named(kind: Literal["working", "closed", "paused"], closed: tuple[ClosedDates, ...]) -> LineKind:
    if kind != "closed":
        return kind
    present = {dates.kind for dates in closed}
    return next((cause for _rule, cause in _CAUSES if cause in present), "closed")


def _json_seconds(length: timedelta) -> int | float:
    return length // timedelta(seconds=1) if length % timedelta(seconds=1) == timedelta(0) else length.total_seconds()
