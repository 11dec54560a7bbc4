"""Opening hours, holidays and special days (A51.3)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.work.forms.calendars import SHOWN_ORDER, WEEKDAYS, CalendarDayForm, CalendarForm
from halkhata.engines.work.forms.fields import write_hours
from halkhata.engines.work.models import BusinessCalendar, CalendarDay
from halkhata.engines.work.selectors.calendars import working_calendar
from halkhata.engines.work.selectors.special_days import day_stretches
from halkhata.engines.work.services.calendars import remove_days, save_calendar, save_days, set_branches
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound


@require_GET
@needs("settings.edit")
def calendars(request: StaffRequest) -> HttpResponse:
    """All calendars with their week and the branches that work by them."""
    rows = BusinessCalendar.objects.order_by("pk").prefetch_related("intervals", "days__intervals", "branches__branch")
    shown = [
        {
            "calendar": row,
            "week": [(WEEKDAYS[day], write_hours(working_calendar(row).week[day])) for day in SHOWN_ORDER],
            "branches": [link.branch for link in row.branches.all()],
        }
        for row in rows
    ]
    return render(request, "work/settings/calendars.html", {"calendars": shown})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def calendar_new(request: StaffRequest) -> HttpResponse:
    """A new calendar."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def calendar_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a calendar; its holidays and special days stand on the same page."""
    return _edit(request, _calendar(pk))


def _edit(request: StaffRequest, calendar: BusinessCalendar | None) -> HttpResponse:
    form = CalendarForm(request.POST or None, initial=CalendarForm.initial_of(calendar) if calendar else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = save_calendar(
                actor=request.user,
                calendar=calendar,
                name_bn=data["name_bn"],
                name_en=data["name_en"],
                zone=data["zone"],
                week=form.week(),
            )
            set_branches(actor=request.user, calendar=saved, branches=data["branches"])
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved. Running promises follow in a moment."))
            return redirect("work:calendar_edit", saved.pk)
    return _page(request, calendar, form, CalendarDayForm(auto_id="day_%s"), 422 if form.errors else 200)


@require_POST
@needs("settings.edit")
def day_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Holidays or days with other hours: one date, or all from one to another."""
    calendar = _calendar(pk)
    form = CalendarDayForm(request.POST, auto_id="day_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            save_days(
                actor=request.user,
                calendar=calendar,
                first_on=data["on"],
                last_on=data["until"] or data["on"],
                kind=data["kind"],
                name_bn=data["name_bn"],
                name_en=data["name_en"],
                hours=form.day_hours(),
                is_provisional=data["is_provisional"],
            )
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved. Running promises follow in a moment."))
            return redirect("work:calendar_edit", pk)
    return _page(request, calendar, CalendarForm(initial=CalendarForm.initial_of(calendar)), form, 422)


@require_POST
@needs("settings.edit")
def day_remove(request: StaffRequest, pk: int, day_pk: int) -> HttpResponse:
    """Make a date an ordinary one again; with ``until``, all dates up to it of the stretch that the page showed."""
    calendar = _calendar(pk)
    day = next((day for day in calendar.days.all() if day.pk == day_pk), None)
    if day is None:
        raise NotFound("day_not_found", _("There is no such day."))
    until = _last_day(request.POST.get("until", ""), day.on)
    stretch = next(stretch for stretch in day_stretches(calendar) if day in stretch.days)
    remove_days(actor=request.user, calendar=calendar, days=[one for one in stretch.days if day.on <= one.on <= until])
    messages.success(request, _("Saved. Running promises follow in a moment."))
    return redirect("work:calendar_edit", pk)


def _calendar(pk: int) -> BusinessCalendar:
    found = BusinessCalendar.objects.filter(pk=pk).prefetch_related("intervals", "days__intervals", "branches").first()
    if found is None:
        raise NotFound("calendar_not_found", _("There is no such calendar."))
    return found


def _last_day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _page(
    request: StaffRequest, calendar: BusinessCalendar | None, form: CalendarForm, day_form: CalendarDayForm, status: int
) -> HttpResponse:
    days: list[dict[str, Any]] = []
    if calendar is not None:
        for stretch in day_stretches(calendar):
            day = stretch.first
            name = day.name_bn or day.name_en
            if request.LANGUAGE_CODE != "bn":
                name = day.name_en or day.name_bn
            days.append(
                {
                    "day": day,
                    "until": stretch.last.on if len(stretch.days) > 1 else None,
                    "count": len(stretch.days),
                    "hours": write_hours(stretch.hours),
                    "name": name,
                    "is_holiday": day.kind == CalendarDay.HOLIDAY,
                }
            )
    context = {"calendar": calendar, "form": form, "day_form": day_form, "days": days}
    return render(request, "work/settings/calendar.html", context, status=status)
