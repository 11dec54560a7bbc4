"""The numbers about returns as rows of a sheet: each part of the report, line by line."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.returns.selectors.analytics import Line, Report


def sheet_of(report: Report) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows."""
    heads = [
        _("By"), _("What"), _("Returns"), _("Per cent of what was sold"), _("Sold of the batch"), _("Small batch"),
        _("Amount"),
    ]  # fmt: skip
    parts = (
        (_("Product"), report.by_product), (_("Batch or lot"), report.by_batch), (_("Reason"), report.by_reason),
        (_("Result"), report.by_result), (_("Branch"), report.by_branch), (_("Customer"), report.returners),
    )  # fmt: skip
    return heads, [_row(str(name), line) for name, lines in parts for line in lines]


def _row(part: str, line: Line) -> list[Any]:
    return [
        part, str(line.label), line.count, "" if line.rate is None else str(line.rate),
        "" if line.sold is None else line.sold, _("yes") if line.is_small else "",
        "" if line.amount is None else str(line.amount),
    ]  # fmt: skip
