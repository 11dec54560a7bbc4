"""Business calendars on the instant line (A51.3).

A calendar is written in wall-clock minutes of a local date; a promise is kept in real seconds. The two meet in one
place, ``WorkingCalendar.spans``: the instant line is cut into stretches of constant UTC offset, and inside each
stretch local dates are laid down one after the other. A local time that a clock change skips therefore never
appears, one that a clock change repeats appears twice, and a whole date may be missing or come back, without a
special case for any of them.

Inside this package an instant is an integer: microseconds since 1970-01-01T00:00Z. Integers add up exactly.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

Interval: TypeAlias = tuple[int, int]
"""Start and end in minutes after local midnight; the end is not included and may be 1440 (24:00)."""

Hours: TypeAlias = tuple[Interval, ...]
"""The working intervals of one date, in order; empty means closed all day."""

DayRule: TypeAlias = Literal["week", "holiday", "override"]
"""Which part of the calendar decides a date."""

MINUTES_A_DAY = 1440
NEVER_OPENS_AFTER = timedelta(days=5 * 366)
"""A calendar without any working time for so long is taken to be closed for good."""
SEARCH_HORIZON = timedelta(days=100 * 366)
"""A due time further away than this is refused: it is a typing error, not a promise."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_DAY_US = 86_400 * _SECOND_US
_DAY_S = 86_400
_FIRST_YEAR, _LAST_YEAR = 2, 9997
_CLOCK_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")


class CalendarError(ValueError):
    """A calendar that cannot be, or a question it cannot answer.

    ``code`` names the rule so that a form can say it in the reader's language: ``unknown_zone``, ``bad_week``,
    ``bad_interval``, ``overlap``, ``bad_time``, ``bad_date``, ``never_opens``, ``too_far``. ``data`` holds the values.
    """

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def to_instant(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 UTC; a naive one raises ValueError."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone; a promise is counted on aware instants only")
    return (moment - _EPOCH) // _MICROSECOND


def from_instant(instant: int) -> datetime:
    """Return microseconds since 1970 UTC as an aware UTC datetime."""
    try:
        return _EPOCH + timedelta(microseconds=instant)
    except OverflowError as error:
        raise CalendarError("too_far", "That instant lies outside the years a calendar can hold.") from error


@dataclass(frozen=True)
class WorkingCalendar:
    """When a branch works: a zone, the hours of each weekday, holidays, and dates with hours of their own.

    ``zone``: IANA name. ``week``: seven tuples of intervals, Monday first. ``holidays``: closed local dates.
    ``overrides``: local date to its intervals; an override replaces the weekday **and** the holiday of that date, so
    it can shorten a day (Ramadan hours), open a Friday, or close a day (empty tuple).

    The value is immutable, hashable and safe to share between threads; do not write into ``overrides``.
    Raises CalendarError when an interval is not 0 <= start < end <= 1440, when intervals of a date are out of order
    or overlap, when the week has not seven days, or when the zone is unknown.
    """

    zone: str
    week: tuple[Hours, ...]
    holidays: frozenset[date] = frozenset()
    overrides: Mapping[date, Hours] = field(default_factory=dict)
    _week_us: tuple[Hours, ...] = field(init=False, repr=False, compare=False)
    _dates_us: dict[int, Hours] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _zone_info(self.zone)
        week = tuple(_checked_hours(hours, f"weekday {day}") for day, hours in enumerate(self.week))
        if len(week) != 7:
            raise CalendarError("bad_week", f"A week has seven days, not {len(week)}.", days=len(week))
        holidays = frozenset(_checked_date(on) for on in self.holidays)
        overrides = {_checked_date(on): _checked_hours(hours, on.isoformat()) for on, hours in self.overrides.items()}
        # Dates are looked up by ordinal in the inner loop: one dictionary holds all that is not the plain week.
        dates: dict[int, Hours] = dict.fromkeys((on.toordinal() for on in holidays), ())
        dates.update({on.toordinal(): _in_microseconds(hours) for on, hours in overrides.items()})
        for name, value in (
            ("week", week),
            ("holidays", holidays),
            ("overrides", overrides),
            ("_week_us", tuple(_in_microseconds(hours) for hours in week)),
            ("_dates_us", dates),
        ):
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.zone, self.week, self.holidays, frozenset(self.overrides.items())))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read the shape of the reference cases, which is also the stored snapshot: see ``to_dict``.

        ``{"zone": "Asia/Dhaka", "week": {"0": [["09:00", "18:00"]], ...}, "holidays": ["2026-03-26"],
        "overrides": {"2026-03-27": [["10:00", "13:00"]]}}``; weekday "0" is Monday, one that is left out is closed,
        "24:00" is the end of the day; other keys (``name``) are ignored. Raises CalendarError.
        """
        try:
            zone, week, holidays = data["zone"], dict(data.get("week") or {}), data.get("holidays") or ()
            overrides = dict(data.get("overrides") or {})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CalendarError("bad_week", "A calendar needs at least a zone and a week.") from error
        unknown = sorted(set(map(str, week)) - set("0123456"))
        if unknown:
            raise CalendarError("bad_week", f"Weekdays are 0 (Monday) to 6 (Sunday), not {unknown[0]}.", day=unknown[0])
        by_day = {str(day): hours for day, hours in week.items()}
        return cls(
            zone=zone,
            week=tuple(_parsed_hours(by_day.get(str(day), ())) for day in range(7)),
            holidays=frozenset(_parsed_date(on) for on in holidays),
            overrides={_parsed_date(on): _parsed_hours(hours) for on, hours in overrides.items()},
        )

    @classmethod
    def always_open(cls, zone: str = "UTC") -> Self:
        """Return the calendar of a wall-clock policy: 24 hours on every day, no holiday."""
        return cls(zone=zone, week=(((0, MINUTES_A_DAY),),) * 7)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data that ``from_dict`` reads back to an equal calendar (the snapshot of a policy)."""
        return {
            "zone": self.zone,
            "week": {str(day): _written_hours(hours) for day, hours in enumerate(self.week) if hours},
            "holidays": sorted(on.isoformat() for on in self.holidays),
            "overrides": {on.isoformat(): _written_hours(self.overrides[on]) for on in sorted(self.overrides)},
        }

    def rule_of(self, on: date) -> DayRule:
        """Say which part of the calendar decides a local date."""
        if on in self.overrides:
            return "override"
        return "holiday" if on in self.holidays else "week"

    def hours_of(self, on: date) -> Hours:
        """Return the working intervals of a local date, in minutes after midnight."""
        if on in self.overrides:
            return self.overrides[on]
        return () if on in self.holidays else self.week[on.weekday()]

    def intervals_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working intervals inside [start, end) as UTC pairs, lazily and in order.

        Intervals that touch (24:00 and the next 00:00) come as one. Raises ValueError for naive datetimes.
        """
        for first, last in _joined(self.spans(to_instant(start), to_instant(end))):
            yield from_instant(first), from_instant(last)

    def is_working(self, at: datetime) -> bool:
        """Say whether the calendar is open at this instant."""
        instant = to_instant(at)
        return next(self.spans(instant, instant + 1), None) is not None

    def next_opening(self, at: datetime) -> datetime:
        """Return the first working instant at or after ``at`` (A51.11); CalendarError when it never opens."""
        return from_instant(next(self.spans(to_instant(at)))[0])

    def spans(self, start: int, end: int | None = None) -> Iterator[tuple[int, int, int]]:
        """Yield working stretches of [start, end) as ``(from, to, ordinal of the local date)``, in instants.

        Stretches never overlap and come in order; each lies inside one local date and one UTC offset. Without an
        ``end`` the search raises CalendarError (``never_opens``) after five years without working time, and
        (``too_far``) a hundred years on, so that it always ends.
        """
        limit = start + SEARCH_HORIZON // _MICROSECOND if end is None else end
        patience = NEVER_OPENS_AFTER // _MICROSECOND
        last_open = start
        special, week = self._dates_us, self._week_us
        year = from_instant(start).year
        position = start
        while position < limit:
            for _since, until, offset in _offset_stretches(self.zone, year):
                if until <= position:
                    continue
                last = min(until, limit)
                day = (position + offset) // _DAY_US
                midnight = day * _DAY_US - offset
                while midnight < last:
                    ordinal = day + _EPOCH_ORDINAL
                    hours = special.get(ordinal)
                    if hours is None:
                        hours = week[(ordinal + 6) % 7]
                    for opens, closes in hours:
                        first, final = max(midnight + opens, position), min(midnight + closes, last)
                        if first < final:
                            yield first, final, ordinal
                            last_open = final
                    day += 1
                    midnight += _DAY_US
                    if end is None and midnight - last_open > patience:
                        raise CalendarError(
                            "never_opens",
                            f"This calendar never opens: no working hour in five years from {from_instant(last_open)}.",
                        )
                position = last
                if position >= limit:
                    break
            year += 1
        if end is None:
            raise CalendarError("too_far", "The target is not reached within a hundred years.")

    def dates_between(self, start: int, end: int) -> Iterator[date]:
        """Yield each local date that has an instant in [start, end), once, in the order of the instant line."""
        seen: set[int] = set()
        position, year = start, from_instant(start).year
        while position < end:
            for _since, until, offset in _offset_stretches(self.zone, year):
                last = min(until, end)
                if last <= position:
                    continue
                for day in range((position + offset) // _DAY_US, (last - 1 + offset) // _DAY_US + 1):
                    if day not in seen:
                        seen.add(day)
                        yield date.fromordinal(day + _EPOCH_ORDINAL)
                position = last
            year += 1


def _joined(spans: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Join stretches that touch."""
    held: tuple[int, int] | None = None
    for first, last, _ordinal in spans:
        if held is None:
            held = (first, last)
        elif held[1] == first:
            held = (held[0], last)
        else:
            yield held
            held = (first, last)
    if held is not None:
        yield held


@lru_cache(maxsize=1024)
def _zone_info(zone: str) -> ZoneInfo:
    """Return the zone, or raise CalendarError (unknown names, names of folders, names with dots)."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError, TypeError, AttributeError) as error:
        raise CalendarError("unknown_zone", f"{zone!r} is not an IANA time zone.", zone=str(zone)) from error


@lru_cache(maxsize=4096)
def _offset_stretches(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """Cut a UTC year into stretches of constant offset: ``(from, to, offset)``, all in microseconds.

    The offset is asked once a day and each change is then found to the second by halving. Once a day is enough: in
    the whole tz database no two changes of one zone are closer than six days.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CalendarError("too_far", f"The year {year} lies outside the years a calendar can hold.", year=year)
    info = _zone_info(zone)

    def offset_at(second: int) -> int:
        offset = (_EPOCH + timedelta(seconds=second)).astimezone(info).utcoffset()
        assert offset is not None  # a ZoneInfo always knows its offset
        return offset // _MICROSECOND

    first = (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY_S
    end = (date(year + 1, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY_S
    stretches = []
    begun, current = first, offset_at(first)
    for sample in range(first + _DAY_S, end + 1, _DAY_S):
        found = offset_at(sample)
        if found == current:
            continue
        low, high = sample - _DAY_S, sample
        while high - low > 1:
            middle = (low + high) // 2
            if offset_at(middle) == current:
                low = middle
            else:
                high = middle
        stretches.append((begun * _SECOND_US, high * _SECOND_US, current))
        begun, current = high, found
    if begun < end:
        stretches.append((begun * _SECOND_US, end * _SECOND_US, current))
    return tuple(stretches)


def _in_microseconds(hours: Hours) -> Hours:
    return tuple((start * _MINUTE_US, end * _MINUTE_US) for start, end in hours)


def _checked_hours(hours: Iterable[Iterable[int]], where: str) -> Hours:
    checked: list[Interval] = []
    for interval in hours:
        pair = tuple(interval)
        if len(pair) != 2 or not all(isinstance(minute, int) for minute in pair):
            raise CalendarError("bad_interval", f"{where}: an interval is a start and an end in minutes.", where=where)
        start, end = pair
        if not 0 <= start < end <= MINUTES_A_DAY:
            raise CalendarError(
                "bad_interval", f"{where}: {start} to {end} is not an interval of one day.", where=where
            )
        if checked and start < checked[-1][1]:
            raise CalendarError("overlap", f"{where}: intervals must be in order and apart.", where=where)
        checked.append((start, end))
    return tuple(checked)


def _checked_date(on: date) -> date:
    # A datetime is a date to Python, but it would never equal one: refuse it here instead of never matching.
    if not isinstance(on, date) or isinstance(on, datetime):
        raise CalendarError("bad_date", f"{on!r} is not a date.")
    return on


def _parsed_date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise CalendarError("bad_date", f"{text!r} is not a date like 2026-03-26.", text=str(text)) from error


def _parsed_minute(text: Any) -> int:
    match = _CLOCK_TIME.fullmatch(text) if isinstance(text, str) else None
    hour, minute = (int(match[1]), int(match[2])) if match else (-1, -1)
    if not (0 <= hour <= 23 and 0 <= minute <= 59) and (hour, minute) != (24, 0):
        raise CalendarError("bad_time", f"{text!r} is not a time of day like 09:30 or 24:00.", text=str(text))
    return hour * 60 + minute


def _parsed_hours(hours: Any) -> Hours:
    try:
        return tuple((_parsed_minute(start), _parsed_minute(end)) for start, end in hours)
    except CalendarError:
        raise
    except (TypeError, ValueError) as error:
        raise CalendarError("bad_interval", f"{hours!r} is not a list of intervals.") from error


def _written_hours(hours: Hours) -> list[list[str]]:
    return [[f"{minute // 60:02d}:{minute % 60:02d}" for minute in interval] for interval in hours]
