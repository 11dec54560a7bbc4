"""What stands in a cell, as text: whatever a spreadsheet made of it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from halkhata.foundation.core.table_cells import plain_cell

# A cell longer than this is no cell of a list of people; the rest is cut before anything looks at it.
MOST = 5_000


def cell_text(value: Any) -> str:
    """The cell as a person would type it: whole numbers without ".0", days as ISO, nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return plain_cell(value[:MOST])
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        # A phone number in a numeric cell: 1712345678.0 and 8.801712345678e12 are whole.
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)[:MOST]
