"""Reports on solved tickets: whose time it was (A52.13), what goes wrong most (A52.22), and the rows behind both."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.formatting import format_duration, format_money, format_number
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.analytics.exporting import export
from halkhata.oversight.analytics.forms import ReportForm, branches_and_teams, categories_in_use
from halkhata.oversight.analytics.pareto_chart import chart
from halkhata.oversight.analytics.periods import PERIODS, Period, read_period, written
from halkhata.oversight.analytics.selectors.cause_report import (
    MEASURES,
    MONEY,
    SUBJECTS,
    TIME,
    Pareto,
    ParetoLine,
    pareto,
)
from halkhata.oversight.analytics.selectors.solved_tickets import MOST, SolvedFilters, solved_page
from halkhata.oversight.analytics.selectors.stage_report import BREAKDOWNS, SIDES, StageLine, stage_report

_DRILLED = {"person", "month", "cause", "product"}


@require_safe
@needs("report.view")
def stages(request: StaffRequest) -> HttpResponse:
    """Whose time it was, on average, by one thing."""
    period, trouble = read_period(request.GET)
    filters = _narrowed(request)
    by = _one_of(request.GET.get("by", ""), BREAKDOWNS)
    report = stage_report(request.user, period, filters, by)
    report.total.label = _("Together")
    rows = _rows_address(period, filters)
    context = _frame(request, "analytics:stages", period, trouble, filters, {"by": by})
    return render(
        request,
        "analytics/stages.html",
        {
            **context,
            "too_many": _many() if report.too_many else "",
            "tabs": [
                {"label": label, "url": context["address"](by=code), "active": code == by} for code, label in BREAKDOWNS
            ],
            "by_label": dict(BREAKDOWNS)[by],
            "sides": [label for _code, label, _parts in SIDES],
            "lines": [_stage(line, rows(**{by: line.key})) for line in report.lines],
            "total": _stage(report.total, rows()) if report.lines else None,
            "csv_url": reverse("analytics:stages_csv") + written({**period.query(), **filters.query(), "by": by}),
        },
    )


@require_safe
@needs("report.view")
def stages_csv(request: StaffRequest) -> HttpResponse:
    """The same as a file, in minutes; taking it is written down."""
    period, _trouble = read_period(request.GET)
    filters = _narrowed(request)
    by = _one_of(request.GET.get("by", ""), BREAKDOWNS)
    report = stage_report(request.user, period, filters, by)
    report.total.label = _("Together")
    head = [str(dict(BREAKDOWNS)[by]), _("Tickets"), *(str(label) for _code, label, _parts in SIDES),
            _("Ours in opening hours"), _("Work written down")]  # fmt: skip
    rows: list[list[Any]] = [head]
    for line in [*report.lines, report.total]:
        rows.append(
            [line.label, line.tickets, *(_minutes(line.sides[code]) for code, _label, _parts in SIDES),
             _minutes(line.working), _minutes(line.written)]
        )  # fmt: skip
    return _file(request, f"stages-{by}", period, written({**filters.query(), "by": by}), rows)


@require_safe
@needs("report.view")
def causes(request: StaffRequest) -> HttpResponse:
    """The Pareto: chart and table."""
    period, trouble = read_period(request.GET)
    filters = _narrowed(request)
    of, by = _one_of(request.GET.get("of", ""), SUBJECTS), _one_of(request.GET.get("by", ""), MEASURES)
    found = pareto(request.user, period, filters, of=of, by=by)
    rows = _rows_address(period, filters)
    context = _frame(request, "analytics:causes", period, trouble, filters, {"of": of, "by": by})
    address = context["address"]
    lines = [(line, _said(line), rows(**{of: line.key})) for line in found.lines]
    return render(
        request,
        "analytics/causes.html",
        {
            **context,
            "too_many": _many() if found.too_many else "",
            "tabs": [
                {"label": label, "url": address(of=code, by=by), "active": code == of} for code, label in SUBJECTS
            ],
            "measures": [
                {"label": label, "url": address(of=of, by=code), "active": code == by} for code, label in MEASURES
            ],
            "of_label": dict(SUBJECTS)[of],
            "by_time": by == TIME,
            "by_money": by == MONEY,
            "chart": chart([entry for entry in lines if entry[0].value]),
            "lines": [{"line": line, "text": text, "url": url} for line, text, url in lines],
            "tickets": found.tickets,
            "csv_url": reverse("analytics:causes_csv")
            + written({**period.query(), **filters.query(), "of": of, "by": by}),
        },
    )


@require_safe
@needs("report.view")
def causes_csv(request: StaffRequest) -> HttpResponse:
    """The same as a file; taking it is written down."""
    period, _trouble = read_period(request.GET)
    filters = _narrowed(request)
    of, by = _one_of(request.GET.get("of", ""), SUBJECTS), _one_of(request.GET.get("by", ""), MEASURES)
    found = pareto(request.user, period, filters, of=of, by=by)
    rows = _pareto_rows(found, of, by)
    return _file(request, f"causes-{of}", period, written({**filters.query(), "of": of, "by": by}), rows)


def _pareto_rows(found: Pareto, of: str, by: str) -> list[list[Any]]:
    cost = [_("What it cost us")] if by == MONEY else []
    head = [str(dict(SUBJECTS)[of]), _("Tickets"), _("Our working minutes"), *cost, _("Share, %"),
            _("Running share, %")]  # fmt: skip
    return [
        head,
        *(
            [line.label, line.tickets, line.minutes, *([line.money] if cost else []), round(line.share, 1),
             round(line.cumulative, 1)]
            for line in found.lines
        ),
    ]  # fmt: skip


@require_safe
@needs("report.view")
def solved_rows(request: StaffRequest) -> HttpResponse:
    """Exactly the solved tickets that a number counts."""
    period, _trouble = read_period(request.GET)
    filters = SolvedFilters.read(request.GET)
    page = solved_page(request.user, period, filters, request.GET.get("before", ""))
    here = {**period.query(), **filters.query()}
    return render(
        request,
        "analytics/solved_rows.html",
        {
            "period": period,
            "page": page,
            "older_url": written({**here, "before": page.older}) if page.older else "",
            "newer_url": (written(here) or "?") if request.GET.get("before") else "",
        },
    )


def _narrowed(request: StaffRequest) -> SolvedFilters:
    kept = SolvedFilters.read(request.GET).query()
    return SolvedFilters(**{name: value for name, value in kept.items() if name not in _DRILLED})


def _one_of(asked: str, known: tuple[tuple[str, Any], ...]) -> str:
    return asked if asked in dict(known) else known[0][0]


def _rows_address(period: Period, filters: SolvedFilters) -> Any:
    base = reverse("analytics:solved_rows")
    kept = {**period.query(), **filters.query()}
    return lambda **more: base + written({**kept, **more})


def _frame(
    request: StaffRequest, name: str, period: Period, trouble: Any, filters: SolvedFilters, hidden: dict[str, str]
) -> dict[str, Any]:
    """What the pages share: days, filters, addresses."""
    branches, teams = branches_and_teams(request.user)
    base = reverse(name)
    return {
        "period": period,
        "trouble": trouble,
        "form": ReportForm(
            period=period, chosen=filters.query(), branches=branches, teams=teams, categories=categories_in_use(),
            hidden=hidden,
        ),
        "is_filtered": bool(filters.query()),
        "clear_url": base + written({**period.query(), **hidden}),
        "chips": [
            {
                "label": label,
                "url": base + written({"period": code, **filters.query(), **hidden}),
                "active": code == period.code,
            }
            for code, label in PERIODS
        ],
        "address": lambda **more: base + written({**period.query(), **filters.query(), **hidden, **more}),
    }  # fmt: skip


def _stage(line: StageLine, url: str) -> dict[str, Any]:
    return {
        "label": line.label,
        "tickets": line.tickets,
        "url": url,
        "sides": [
            {"label": label, "mean": line.mean(code), "share": line.share(code)} for code, label, _parts in SIDES
        ],
        "working": line.mean_working,
        "written": line.mean_written,
    }


def _said(line: ParetoLine) -> str:
    reader = current_reader()
    if line.money is not None:
        currency = Installation.current().currency
        return format_money(line.money, currency, language=reader.language, digits=reader.digits)
    if line.minutes is None:
        return format_number(line.tickets, digits=reader.digits)
    hours, minutes = divmod(line.minutes, 60)
    if hours:
        return _("%(hours)s h") % {"hours": format_number(hours + (minutes >= 30), digits=reader.digits)}
    return format_duration(minutes * 60, language=reader.language, digits=reader.digits)


def _many() -> str:
    most = format_number(MOST, digits=current_reader().digits)
    return _("More than %(most)s tickets were solved in these days. Choose fewer days, or a branch.") % {"most": most}


def _minutes(span: Any) -> int:
    return int(span.total_seconds() // 60)


def _file(request: StaffRequest, name: str, period: Period, query: str, rows: list[list[Any]]) -> HttpResponse:
    report = f"{name}-{period.first.isoformat()}-{period.last.isoformat()}"
    return export(actor=request.user, report=report, query=query, rows=rows)
