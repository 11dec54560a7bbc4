"""Working time forwards and backwards: "five working hours ago" on a Saturday morning is Thursday afternoon."""

from datetime import datetime, timedelta

from halkhata.engines.work.promise.calendar import WorkingCalendar

_REACH = timedelta(days=80)


def working_after(calendar: WorkingCalendar, start: datetime, minutes: float) -> datetime:
    """When ``minutes`` of working time have passed since ``start``. Raises ValueError beyond 80 days."""
    left = timedelta(minutes=minutes)
    for opens, closes in calendar.intervals_between(start, start + _REACH):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    raise ValueError("the calendar has not so much working time in 80 days")


def working_before(calendar: WorkingCalendar, end: datetime, minutes: float) -> datetime:
    """The latest instant from which ``minutes`` of working time lead to ``end``. Raises ValueError beyond 80 days."""
    left = timedelta(minutes=minutes)
    for opens, closes in reversed(list(calendar.intervals_between(end - _REACH, end))):
        ends = min(closes, end)
        if ends - opens >= left:
            return ends - left
        left -= ends - opens
    raise ValueError("the calendar has not so much working time in 80 days")
