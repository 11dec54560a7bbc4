"""Who had to come back: contacts within seven days of an earlier one, by week (US-60), and the rows behind them."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.analytics.exporting import export
from halkhata.oversight.analytics.forms import ReportForm, branches_and_teams, categories_in_use
from halkhata.oversight.analytics.periods import PERIODS, read_period, written
from halkhata.oversight.analytics.selectors.repeat_report import (
    NARROWED,
    RepeatWeek,
    contact_page,
    read_week,
    repeat_report,
)
from halkhata.oversight.analytics.selectors.solved_tickets import SolvedFilters


@require_safe
@needs("report.view")
def repeats(request: StaffRequest) -> HttpResponse:
    """The weeks, each with its numbers."""
    period, trouble = read_period(request.GET)
    filters = _narrowed(request)
    report = repeat_report(request.user, period, filters)
    branches, teams = branches_and_teams(request.user)
    base = reverse("analytics:repeats")
    kept = {**period.query(), **filters.query()}
    return render(
        request,
        "analytics/repeats.html",
        {
            "period": period,
            "trouble": trouble,
            "form": ReportForm(
                period=period, chosen=filters.query(), branches=branches, teams=teams,
                categories=categories_in_use(), hidden={},
            ),
            "is_filtered": bool(filters.query()),
            "clear_url": base + written(period.query()),
            "chips": [
                {
                    "label": label,
                    "url": base + written({"period": code, **filters.query()}),
                    "active": code == period.code,
                }
                for code, label in PERIODS
            ],
            "lines": [
                _line(week, _day(week.begins), {**kept, "week": week.begins.isoformat()}) for week in report.weeks
            ],
            "total": _line(report.total, _("Together"), kept),
            "csv_url": reverse("analytics:repeats_csv") + written(kept),
        },
    )  # fmt: skip


@require_safe
@needs("report.view")
def repeats_csv(request: StaffRequest) -> HttpResponse:
    """The same as a file; taking it is written down."""
    period, _trouble = read_period(request.GET)
    filters = _narrowed(request)
    report = repeat_report(request.user, period, filters)
    rows: list[list[Any]] = [[_("Week from"), _("Contacts"), _("Again within 7 days"), _("Share, %")]]
    for label, week in [*((week.begins.isoformat(), week) for week in report.weeks), (_("Together"), report.total)]:
        rows.append([label, week.contacts, week.again, None if week.share is None else round(week.share, 1)])
    name = f"repeats-{period.first.isoformat()}-{period.last.isoformat()}"
    return export(actor=request.user, report=name, query=written(filters.query()), rows=rows)


@require_safe
@needs("report.view")
def repeats_rows(request: StaffRequest) -> HttpResponse:
    """Exactly the contacts that a number counts."""
    period, _trouble = read_period(request.GET)
    filters = _narrowed(request)
    week = read_week(request.GET.get("week"))
    again_only = request.GET.get("again") == "1"
    page = contact_page(
        request.user, period, filters, week=week, again_only=again_only, before=request.GET.get("before", "")
    )
    back = {**period.query(), **filters.query()}
    here = {**back, "week": week.isoformat() if week else "", "again": "1" if again_only else ""}
    return render(
        request,
        "analytics/repeat_rows.html",
        {
            "period": period,
            "week": week,
            "title": _title(week, again_only),
            "page": page,
            "back": reverse("analytics:repeats") + written(back),
            "older_url": written({**here, "before": page.older}) if page.older else "",
            "newer_url": (written(here) or "?") if request.GET.get("before") else "",
        },
    )


def _narrowed(request: StaffRequest) -> SolvedFilters:
    kept = SolvedFilters.read(request.GET).query()
    return SolvedFilters(**{name: value for name, value in kept.items() if name in {*NARROWED, "channel"}})


def _line(week: RepeatWeek, label: str, query: dict[str, str]) -> dict[str, Any]:
    rows = reverse("analytics:repeats_rows")
    return {
        "label": label,
        "week": week,
        "contacts_url": rows + written(query),
        "again_url": rows + written({**query, "again": "1"}),
    }


def _title(week: date | None, again_only: bool) -> str:
    what = _("Again within 7 days") if again_only else _("Contacts")
    return f"{what} · {_('Week from %(day)s') % {'day': _day(week)}}" if week else what


def _day(day: date) -> str:
    reader = current_reader()
    return format_date(day, language=reader.language, digits=reader.digits, style="short")
