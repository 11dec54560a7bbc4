"""Claims of a company as its own sheet: its columns, its words, no cell a formula (US-33 AC 6)."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from halkhata.desks.claims.choices import FieldCode, Sort
from halkhata.desks.claims.models import Claim, ClaimQuerySet
from halkhata.desks.claims.selectors.fields import Facts, cell, value_of
from halkhata.desks.claims.selectors.rules import Terms
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.records.warranty.sheets import write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 5_000


def headings(terms: Terms) -> list[str]:
    """The company's words for its columns, ours where it has none."""
    return [heading or str(FieldCode(code).label) for code, heading in terms.columns]


def rows_of(claims: ClaimQuerySet, terms: Terms) -> list[list[Any]]:
    """One row for each repair; a month's sheet of free services has one for each of them. Six queries at most."""
    found = claims.select_related("brand", "branch", "about", "unit__product__brand").prefetch_related(
        "lines__coupon__unit__product__brand", "lines__coupon__unit__identifiers", "files", "old_parts",
        "unit__identifiers",
    )[:MOST]  # fmt: skip
    made: list[list[Any]] = []
    for claim in found:
        if claim.sort == Sort.COUPONS:
            made += [_coupon_row(claim, line, terms) for line in claim.lines.all()]
            continue
        facts = Facts.of(claim)
        made.append([cell(value_of(claim, code, facts)) for code, _heading in terms.columns])
    return made


def _coupon_row(claim: Claim, line: Any, terms: Terms) -> list[Any]:
    coupon = line.coupon
    own = {
        FieldCode.SERIAL: ", ".join(one.value for one in coupon.unit.identifiers.all()),
        FieldCode.PRODUCT: coupon.unit.product.name, FieldCode.SOLD_ON: coupon.unit.sold_on,
        FieldCode.REPAIRED_ON: coupon.used_on, FieldCode.READING: coupon.used_reading,
        FieldCode.DESCRIPTION: line.text, FieldCode.JOB_NUMBER: coupon.job_number,
        FieldCode.CLAIMED: line.claimed_amount,
        FieldCode.APPROVED: line.approved_amount if claim.decided_at else None, FieldCode.CREDITED: None,
    }  # fmt: skip
    none = Facts((), (), (), ())
    return [
        cell(own[FieldCode(code)] if FieldCode(code) in own else value_of(claim, code, none))
        for code, _heading in terms.columns
    ]


def as_xlsx(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The sheet as Excel file."""
    held = io.BytesIO()
    write_xlsx(held, names, rows)
    return held.getvalue()


def as_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The sheet as CSV that Excel reads as UTF-8."""
    return BYTE_ORDER_MARK + "".join(csv_lines([names, *rows]))
