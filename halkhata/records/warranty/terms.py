"""Terms in calendar months (R7). Pure functions."""

import calendar
from datetime import date


def add_months(start: date, months: int) -> date:
    """The same day ``months`` later; where that month is shorter, its last day (29 February gives 28 February).

    Raises OverflowError beyond the year 9999, ValueError for negative months.
    """
    if months < 0:
        raise ValueError("months cannot be negative")
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError("that is after the end of the calendar")
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def end_of_term(start: date, months: int) -> date:
    """The last covered day of a term of so many months from ``start``."""
    return add_months(start, months)
