"""The dates of a calendar that are set apart, as the stretches people think in: Ramadan, Eid, one day of stock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from halkhata.engines.work.models import BusinessCalendar, CalendarDay
from halkhata.engines.work.promise.calendar import Hours, WorkingCalendar
from halkhata.engines.work.selectors.calendars import working_calendar


@dataclass(frozen=True)
class DayStretch:
    """Dates that follow one another and are set apart alike; often a single one."""

    days: tuple[CalendarDay, ...]
    hours: Hours

    @property
    def first(self) -> CalendarDay:
        """The first of them."""
        return self.days[0]

    @property
    def last(self) -> CalendarDay:
        """The last of them; the first itself when there is one."""
        return self.days[-1]


def is_closed_anyway(calendar: WorkingCalendar, on: date) -> bool:
    """Whether the week or a holiday closes this date, whatever hours of its own it may have."""
    return on in calendar.holidays or not calendar.week[on.weekday()]


def day_stretches(calendar: BusinessCalendar) -> list[DayStretch]:
    """The special days of a calendar in order of date.

    Days of the same sort, name and hours are one stretch when every date between them is closed anyway: Ramadan hours
    reach over the Fridays.
    """
    pure = working_calendar(calendar)
    found: list[DayStretch] = []
    for kind in (CalendarDay.HOLIDAY, CalendarDay.OVERRIDE):
        days = sorted((day for day in calendar.days.all() if day.kind == kind), key=lambda day: day.on)
        for alike in _alike(pure, days):
            found.append(DayStretch(days=tuple(alike), hours=_hours(alike[0])))
    return sorted(found, key=lambda stretch: (stretch.first.on, stretch.first.kind))


def _alike(calendar: WorkingCalendar, days: list[CalendarDay]) -> Iterator[list[CalendarDay]]:
    if not days:
        return
    stretch = [days[0]]
    for before, after in pairwise(days):
        between = (before.on + timedelta(days=number) for number in range(1, (after.on - before.on).days))
        if _looks(before) == _looks(after) and all(is_closed_anyway(calendar, on) for on in between):
            stretch.append(after)
            continue
        yield stretch
        stretch = [after]
    yield stretch


def _looks(day: CalendarDay) -> tuple[Any, ...]:
    return day.name_bn, day.name_en, day.is_provisional, _hours(day)


def _hours(day: CalendarDay) -> Hours:
    return tuple(sorted((row.starts_minute, row.ends_minute) for row in day.intervals.all()))
