"""Cells of tables that leave the house, and of tables that come back (OWASP, CSV injection; reliability.md B48)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# A cell that begins so is a formula for a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# The mark by which Excel knows UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs: text that looks like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def plain_cell(text: str) -> str:
    """What stood in the cell before ``safe_cell``: an apostrophe before something like a formula is taken off."""
    if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA):
        return text[1:]
    return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as lines of CSV (RFC 4180), each cell safe."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
