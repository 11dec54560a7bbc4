"""Changing business calendars (A51.3). Every edit is audited and brings running promises in line (S6)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import (
    BranchCalendar,
    BusinessCalendar,
    CalendarDay,
    CalendarDayInterval,
    CalendarInterval,
)
from halkhata.engines.work.promise.calendar import CalendarError, Hours, WorkingCalendar
from halkhata.engines.work.selectors.calendars import load_calendars
from halkhata.engines.work.selectors.special_days import is_closed_anyway
from halkhata.engines.work.services.settings_changed import must_edit_settings, settings_changed
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text

Week = tuple[Hours, ...]
"""Seven tuples of (start, end) in minutes after midnight, Monday first."""
MOST_DAYS = 366
"""How many dates one row of the form may set apart."""

_WHY = {
    "unknown_zone": (_("This time zone does not exist."), "zone"),
    "overlap": (_("These hours overlap: each stretch must end before the next begins."), None),
    "bad_interval": (_("Each stretch must end after it begins, on the same day."), None),
}


@transaction.atomic
def save_calendar(
    *,
    actor: Actor,
    calendar: BusinessCalendar | None,
    name_bn: str,
    name_en: str,
    zone: str,
    week: Week,
    code: str = "",
    is_demo: bool = False,
) -> BusinessCalendar:
    """Make a calendar, or change its name, zone and weekly hours (lunch and Jumu'ah are gaps between intervals).

    Raises PermissionRefused, DomainError: ``name_missing``, ``never_opens``, ``unknown_zone``, ``overlap``,
    ``bad_interval``.
    """
    must_edit_settings(actor)
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("name_missing", _("Give it a name."), field="name_bn")
    ordered = tuple(tuple(sorted(hours)) for hours in week)
    if not any(ordered):
        raise DomainError("never_opens", _("A calendar must be open at some time of the week."), field="week")
    _check(zone, ordered)
    before = None
    if calendar is None:
        calendar = BusinessCalendar(code=code or _free_code(), is_demo=is_demo)
    else:
        before = _as_values(calendar)
    calendar.name_bn, calendar.name_en, calendar.zone = bn, en, zone
    calendar.save()
    calendar.intervals.all().delete()
    CalendarInterval.objects.bulk_create(
        CalendarInterval(calendar=calendar, weekday=day, starts_minute=start, ends_minute=end)
        for day, hours in enumerate(ordered)
        for start, end in hours
    )
    record(actor=actor, action="calendar.save", record=calendar, before=before, after={"zone": zone, "week": ordered})
    settings_changed("calendar")
    return calendar


def save_day(
    *,
    actor: Actor,
    calendar: BusinessCalendar,
    on: date,
    kind: str,
    name_bn: str = "",
    name_en: str = "",
    hours: Hours = (),
    is_provisional: bool = False,
) -> CalendarDay:
    """Set a date apart: a holiday, or other hours that replace weekday and holiday (no hours: closed all day).

    The same date and kind again replaces what stood there. Raises what ``save_days`` raises.
    """
    return save_days(
        actor=actor,
        calendar=calendar,
        first_on=on,
        last_on=on,
        kind=kind,
        name_bn=name_bn,
        name_en=name_en,
        hours=hours,
        is_provisional=is_provisional,
    )[0]


@transaction.atomic
def save_days(
    *,
    actor: Actor,
    calendar: BusinessCalendar,
    first_on: date,
    last_on: date,
    kind: str,
    name_bn: str = "",
    name_en: str = "",
    hours: Hours = (),
    is_provisional: bool = False,
) -> list[CalendarDay]:
    """Set all dates from ``first_on`` to ``last_on`` apart alike, both included: Eid holidays, Ramadan hours.

    Other hours for several dates leave alone what the week or a holiday closes: Ramadan hours open no Friday. A single
    date gets its hours whatever it was. A date that was set apart in the same way before is replaced. One audit entry,
    and running promises follow once. Raises PermissionRefused, DomainError: ``bad_kind``, ``overlap``,
    ``bad_interval``, ``days_backwards``, ``too_many_days``, ``closed_anyway``.
    """
    must_edit_settings(actor)
    if kind not in {CalendarDay.HOLIDAY, CalendarDay.OVERRIDE}:
        raise DomainError("bad_kind", _("Choose holiday or other hours."), field="kind")
    ordered = tuple(sorted(hours)) if kind == CalendarDay.OVERRIDE else ()
    _check(calendar.zone, ((), (), (), (), (), (), ()), {first_on: ordered})
    # Two who set the same dates apart wait for each other.
    BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    dates = _dates_to_set(calendar, first_on, last_on, kind)
    CalendarDay.objects.filter(calendar=calendar, on__in=dates, kind=kind).delete()
    days = CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            on=on,
            kind=kind,
            name_bn=clean_text(name_bn, max_length=120),
            name_en=clean_text(name_en, max_length=120),
            is_provisional=is_provisional,
        )
        for on in dates
    )
    CalendarDayInterval.objects.bulk_create(
        CalendarDayInterval(day=day, starts_minute=start, ends_minute=end) for day in days for start, end in ordered
    )
    stretch = {"on": first_on} if first_on == last_on else {"on": first_on, "until": last_on, "days": len(days)}
    record(actor=actor, action="calendar.day", record=calendar, after={**stretch, "kind": kind, "hours": ordered})
    settings_changed("calendar")
    return days


def _dates_to_set(calendar: BusinessCalendar, first_on: date, last_on: date, kind: str) -> list[date]:
    if last_on < first_on:
        raise DomainError("days_backwards", _("The last day cannot lie before the first."), field="until")
    if (last_on - first_on).days >= MOST_DAYS:
        raise DomainError("too_many_days", _("A stretch can be a year long at most."), field="until")
    dates = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    if kind == CalendarDay.HOLIDAY or first_on == last_on:
        return dates
    pure = load_calendars([calendar.pk])[calendar.pk]
    dates = [on for on in dates if not is_closed_anyway(pure, on)]
    if not dates:
        raise DomainError("closed_anyway", _("All these days are closed anyway."), field="until")
    return dates


@transaction.atomic
def remove_days(*, actor: Actor, calendar: BusinessCalendar, days: Sequence[CalendarDay]) -> None:
    """Make these dates of a calendar ordinary ones again. Raises PermissionRefused."""
    must_edit_settings(actor)
    if not days:
        return
    first, last = days[0], days[-1]
    stretch = {"on": first.on} if first.on == last.on else {"on": first.on, "until": last.on, "days": len(days)}
    record(actor=actor, action="calendar.day_removed", record=calendar, before={**stretch, "kind": first.kind})
    CalendarDay.objects.filter(calendar=calendar, pk__in=[day.pk for day in days]).delete()
    settings_changed("calendar")


@transaction.atomic
def set_branches(*, actor: Actor, calendar: BusinessCalendar, branches: Iterable[Branch]) -> None:
    """Let exactly these branches work by the calendar; one taken out uses its parent's. Raises PermissionRefused."""
    must_edit_settings(actor)
    wanted = {branch.pk: branch for branch in branches}
    BranchCalendar.objects.filter(calendar=calendar).exclude(branch_id__in=wanted).delete()
    for branch in wanted.values():
        BranchCalendar.objects.update_or_create(branch=branch, defaults={"calendar": calendar})
    record(
        actor=actor,
        action="calendar.branches",
        record=calendar,
        after={"branches": [branch.code for branch in wanted.values()]},
    )
    settings_changed("calendar")


def _check(zone: str, week: Week, overrides: dict[date, Hours] | None = None) -> None:
    try:
        WorkingCalendar(zone=zone, week=week, overrides=overrides or {})
    except CalendarError as error:
        message, field = _WHY.get(error.code, (_("These hours cannot be."), None))
        raise DomainError(error.code, message, field=field, **error.data) from error


def _free_code() -> str:
    number = BusinessCalendar.objects.count() + 1
    while BusinessCalendar.objects.filter(code=f"calendar-{number}").exists():
        number += 1
    return f"calendar-{number}"


def _as_values(calendar: BusinessCalendar) -> dict:
    week: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for row in calendar.intervals.all():
        week[row.weekday].append((row.starts_minute, row.ends_minute))
    return {"zone": calendar.zone, "week": week}
