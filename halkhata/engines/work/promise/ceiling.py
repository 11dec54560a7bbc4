"""The latest an answer may come, in hours of the clock, whatever the opening hours are (A52.16). Pure."""

from datetime import datetime, timedelta

from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import due_at


def in_force(
    start: datetime, target: timedelta, calendar: WorkingCalendar, ceiling: timedelta | None
) -> tuple[timedelta, WorkingCalendar]:
    """The time promised from ``start`` and the hours it is counted in.

    Both as they are while the promise falls due within ``ceiling`` of the clock. Where it would fall due later, because
    the shop is closed for days, the ceiling itself is the promise and every hour counts: so its warnings, its due time
    and its explanation are of one sort. Pauses are no matter of it: the clocks that have a ceiling know none.
    """
    if ceiling is None:
        return target, calendar
    try:
        due = due_at(start, target, calendar)
    except CalendarError:
        due = None
    if due is not None and due - start <= ceiling:
        return target, calendar
    return ceiling, WorkingCalendar.always_open(calendar.zone)
