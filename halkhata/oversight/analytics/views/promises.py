"""How promises were kept: the report, the rows behind each number, the file (A51.9)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from halkhata.engines.work.choices import ClockState
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.oversight.analytics.exporting import export
from halkhata.oversight.analytics.forms import ReportForm, branches_and_teams, categories_in_use
from halkhata.oversight.analytics.periods import PERIODS, Period, read_period, written
from halkhata.oversight.analytics.selectors.delay_reasons import reason_counts, reason_name
from halkhata.oversight.analytics.selectors.promise_filters import (
    BREAKDOWNS,
    METRICS,
    STATES,
    TEAM,
    PromiseFilters,
)
from halkhata.oversight.analytics.selectors.promise_report import PromiseReport, ReportLine, Tally, promise_report
from halkhata.oversight.analytics.selectors.promise_rows import promise_rows

_BY = {code for code, _label in BREAKDOWNS}


@require_safe
@needs("report.view")
def promises(request: StaffRequest) -> HttpResponse:
    """The report: totals, a breakdown by one thing, reasons of delay."""
    period, trouble = read_period(request.GET)
    filters, by, shown = _asked(request)
    report = promise_report(request.user, period, filters, by)
    branches, teams = branches_and_teams(request.user)
    here = {**period.query(), **filters.query()}
    form = ReportForm(
        period=period, chosen=filters.query(), branches=branches, teams=teams, categories=categories_in_use(),
        hidden={"by": by, **({"metric": shown} if shown else {})},
    )  # fmt: skip
    address = reverse("analytics:promises")
    rows = _rows_address(period, filters)
    return render(
        request,
        "analytics/promises.html",
        {
            "period": period,
            "trouble": trouble,
            "form": form,
            "is_filtered": not filters.is_empty,
            "clear_url": address + written({**period.query(), "by": by, "metric": shown}),
            "chips": [
                {
                    "label": label,
                    "url": address + written({"period": code, **filters.query(), "by": by, "metric": shown}),
                    "active": code == period.code,
                }
                for code, label in PERIODS
            ],
            "states": [label for _code, label in STATES],
            "totals": [
                *({"label": label, "cells": _cells(report.total.metrics[code], rows, metric=code),
                   "tally": report.total.metrics[code]} for code, label in METRICS),
                {"label": report.total.label, "cells": _cells(report.total.all, rows), "tally": report.total.all,
                 "is_sum": True},
            ],
            "tabs": [
                {"label": label, "url": address + written({**here, "by": code, "metric": shown}), "active": code == by}
                for code, label in BREAKDOWNS
            ],
            "metrics": [
                {"label": label, "url": address + written({**here, "by": by, "metric": code}), "active": code == shown}
                for code, label in (("", _("All")), *METRICS)
            ],
            "by_label": dict(BREAKDOWNS)[by],
            "lines": _lines(report, shown, rows),
            "sum": _tally(report.total, shown),
            "reasons": [
                {**line, "url": rows(state=ClockState.BREACHED.value, reason=line["code"])}
                for line in reason_counts(request.user, period, filters)
            ],
            "csv_url": reverse("analytics:promises_csv") + written({**here, "by": by}),
        },
    )  # fmt: skip


@require_safe
@needs("report.view")
def promises_rows(request: StaffRequest) -> HttpResponse:
    """Exactly the promises that a number of the report counts."""
    period, _trouble = read_period(request.GET)
    filters = PromiseFilters.read(request.GET)
    page = promise_rows(request.user, period, filters, request.GET.get("before", ""))
    here = {**period.query(), **filters.query()}
    words = [dict(METRICS).get(filters.metric), dict(STATES).get(filters.state), reason_name(filters.reason)]
    return render(
        request,
        "analytics/promise_rows.html",
        {
            "period": period,
            "page": page,
            "title": " · ".join(str(word) for word in words if word) or _("Promises"),
            "back": reverse("analytics:promises") + written(_without_drill(period, filters)),
            "older_url": written({**here, "before": page.older}) if page.older else "",
            "newer_url": written(here) or "?" if request.GET.get("before") else "",
        },
    )


@require_safe
@needs("report.view")
def promises_csv(request: StaffRequest) -> HttpResponse:
    """The breakdown as a file; taking it is written down."""
    period, _trouble = read_period(request.GET)
    filters, by, _shown = _asked(request)
    report = promise_report(request.user, period, filters, by)
    query = written({**period.query(), **filters.query(), "by": by})
    return export(
        actor=request.user,
        report=f"promises-{period.first.isoformat()}-{period.last.isoformat()}-{by}",
        query=query,
        rows=_file(report),
    )


def _asked(request: StaffRequest) -> tuple[PromiseFilters, str, str]:
    """The filters of the whole page, the breakdown, and the promise whose numbers the breakdown shows."""
    filters = PromiseFilters.read(request.GET)
    by = request.GET.get("by", "")
    shown = filters.metric
    kept = {name: value for name, value in filters.query().items() if name not in {"metric", "state", "reason"}}
    return PromiseFilters(**kept), by if by in _BY else TEAM, shown


def _without_drill(period: Period, filters: PromiseFilters) -> dict[str, str]:
    kept = {name: value for name, value in filters.query().items() if name in {"branch", "team", "category", "channel"}}
    return {**period.query(), **kept}


def _rows_address(period: Period, filters: PromiseFilters) -> Any:
    base = reverse("analytics:promises_rows")
    kept = {**period.query(), **filters.query()}
    return lambda **more: base + written({**kept, **more})


def _cells(tally: Tally, rows: Any, **more: str) -> list[dict[str, Any]]:
    """The counts of a line, each with the address of its rows, and its share of all in per cent."""
    return [
        {
            "label": label,
            "value": getattr(tally, code),
            "share": tally.share(code),
            "url": rows(**more, state=code),
            "state": code,
        }
        for code, label in STATES
    ]


def _tally(line: ReportLine, metric: str) -> Tally:
    return line.metrics[metric] if metric else line.all


def _lines(report: PromiseReport, metric: str, rows: Any) -> list[dict[str, Any]]:
    found = []
    for line in report.lines:
        tally = _tally(line, metric)
        if tally.total:
            cells = _cells(tally, rows, **{report.by: line.key}, metric=metric)
            found.append({"label": line.label, "tally": tally, "cells": cells})
    return found


def _file(report: PromiseReport) -> Sequence[Sequence[Any]]:
    head = [
        str(dict(BREAKDOWNS)[report.by]),
        _("Promise"),
        *(str(label) for _code, label in STATES),
        _("All"),
        _("Kept of those decided, %"),
    ]
    rows: list[Sequence[Any]] = [head]
    for line in [*report.lines, report.total]:
        for metric, label in [*METRICS, ("", _("All"))]:
            tally = _tally(line, metric)
            share = tally.kept_share
            rows.append(
                [line.label, str(label), *(getattr(tally, code) for code, _name in STATES), tally.total,
                 None if share is None else round(share, 1)]
            )  # fmt: skip
    return rows
