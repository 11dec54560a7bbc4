"""The sheet of used free services that goes to the company."""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from halkhata.records.catalog.selectors.products import label_of_product
from halkhata.records.warranty.models import Coupon


def sheet_headings() -> list[str]:
    """The columns, in the reader's language."""
    return [
        _("Date"), _("Product"), _("Numbers"), _("Free service"), _("Reading"), _("Job card"), _("Branch"),
        _("Sold on"), _("Goodwill"),
    ]  # fmt: skip


def sheet_rows(coupons: Iterable[Coupon]) -> list[list[Any]]:
    """One line for each, without a word about the customer."""
    return [
        [
            coupon.used_on.isoformat() if coupon.used_on else "", label_of_product(coupon.unit.product),
            ", ".join(identifier.value for identifier in coupon.unit.identifiers.all()), coupon.number,
            coupon.used_reading if coupon.used_reading is not None else "", coupon.job_number,
            str(coupon.used_branch or ""), coupon.unit.sold_on.isoformat() if coupon.unit.sold_on else "",
            coupon.goodwill,
        ]
        for coupon in coupons
    ]  # fmt: skip


def write_xlsx(out: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The sheet as Excel file. Text is text: no formulas, no links."""
    # Needed by few processes: not at start.
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    bold = book.add_format({"bold": True})
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        page.set_column(column, column, 18)
        page.write_string(0, column, heading, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                page.write_number(line, column, cell)
            elif cell:
                page.write_string(line, column, str(cell)[:32_767])
    book.close()
