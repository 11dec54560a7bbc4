"""Reports as files for a spreadsheet."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV (RFC 4180) with the mark by which Excel knows UTF-8."""
    return BYTE_ORDER_MARK + "".join(csv_lines(rows))


def export(*, actor: User, report: str, query: str, rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """The file as an answer, written down in the audit trail: who took which report out of the house."""
    with transaction.atomic():
        record(
            actor=actor,
            action="report.export",
            record=Installation.current(),
            after={"report": report, "query": query, "rows": len(rows) - 1},
        )
    response = HttpResponse(csv_text(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{report}.csv"'
    response["Cache-Control"] = "no-store"
    return response
