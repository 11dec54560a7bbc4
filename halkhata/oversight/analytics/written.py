"""The report of promises for machines and for a terminal."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.analytics.selectors.delay_reasons import reason_counts
from halkhata.oversight.analytics.selectors.promise_filters import METRICS, NONE, STATES, PromiseFilters
from halkhata.oversight.analytics.selectors.promise_report import PromiseReport, Tally


def promise_report_data(user: User | None, report: PromiseReport, filters: PromiseFilters) -> dict[str, Any]:
    """The whole report as plain values: days as ISO dates, shares in per cent; two more statements for reasons."""
    return {
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "time_zone": report.period.zone,
        "by": report.by,
        "total": {name: value for name, value in report.total.as_dict().items() if name not in {"key", "name"}},
        "lines": [line.as_dict() for line in report.lines],
        "delay_reasons": [
            {**line, "code": None if line["code"] == NONE else line["code"]}
            for line in reason_counts(user, report.period, filters)
        ],
    }


def promise_report_lines(report: PromiseReport) -> list[str]:
    """The report as lines of text in the reader's language."""
    reader = current_reader()

    def day(value: Any) -> str:
        return format_date(value, language=reader.language, digits=reader.digits)

    found = [f"{_('Promises kept')}, {day(report.period.first)} – {day(report.period.last)}"]
    for line in [*report.lines, report.total]:
        found.append(line.label)
        for metric, label in METRICS:
            found.append(f"  {label}: {_in_words(line.metrics[metric])}")
    return found


def _in_words(tally: Tally) -> str:
    digits = current_reader().digits
    parts = [f"{label} {format_number(getattr(tally, code), digits=digits)}" for code, label in STATES]
    if tally.kept_share is not None:
        parts.append(f"{format_number(tally.kept_share, digits=digits, decimals=1)}%")
    return ", ".join(parts)
