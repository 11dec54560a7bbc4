"""From calendar rows to the pure ``WorkingCalendar``, and which one a branch works by (A51.3)."""

from collections.abc import Iterable
from datetime import datetime

from halkhata.engines.work.models import BranchCalendar, BusinessCalendar, CalendarDay
from halkhata.engines.work.promise.calendar import Hours, WorkingCalendar
from halkhata.foundation.accounts.models import Branch


def branch_line(branch: Branch) -> list[int]:
    """Ids of the branch and everything above it, the nearest first."""
    return [int(part) for part in reversed(branch.path.split("/")) if part] or [branch.pk]


def working_calendar(calendar: BusinessCalendar) -> WorkingCalendar:
    """The pure value of a stored calendar. Raises CalendarError for rows no calendar can be made of."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for interval in sorted(calendar.intervals.all(), key=lambda row: (row.weekday, row.starts_minute)):
        week[interval.weekday].append((interval.starts_minute, interval.ends_minute))
    days = list(calendar.days.all())
    return WorkingCalendar(
        zone=calendar.zone,
        week=tuple(tuple(hours) for hours in week),
        holidays=frozenset(day.on for day in days if day.kind == CalendarDay.HOLIDAY),
        overrides={day.on: _hours_of_day(day) for day in days if day.kind == CalendarDay.OVERRIDE},
    )


def _hours_of_day(day: CalendarDay) -> Hours:
    rows = sorted(day.intervals.all(), key=lambda row: row.starts_minute)
    return tuple((row.starts_minute, row.ends_minute) for row in rows)


def load_calendars(ids: Iterable[int]) -> dict[int, WorkingCalendar]:
    """The calendars of these ids as values: four queries, however many."""
    rows = BusinessCalendar.objects.filter(pk__in=list(ids)).prefetch_related("intervals", "days__intervals")
    return {row.pk: working_calendar(row) for row in rows}


def calendar_id_for_branch(branch: Branch) -> int | None:
    """The calendar the branch works by: its own, else that of the nearest branch above; None when there is none."""
    line = branch_line(branch)
    found = dict(BranchCalendar.objects.filter(branch_id__in=line).values_list("branch_id", "calendar_id"))
    return next((found[branch_id] for branch_id in line if branch_id in found), None)


def calendar_for_branch(branch: Branch) -> WorkingCalendar:
    """The branch's working time; around the clock where nobody has said otherwise."""
    calendar_id = calendar_id_for_branch(branch)
    if calendar_id is None:
        return WorkingCalendar.always_open(branch.time_zone)
    return load_calendars([calendar_id])[calendar_id]


def next_working_time(branch: Branch, at: datetime) -> datetime:
    """``at`` itself inside the branch's hours, else the next opening (A51.11; no reminder outside hours)."""
    return calendar_for_branch(branch).next_opening(at)
