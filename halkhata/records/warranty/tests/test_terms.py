"""R7: the end of a term is its start and so many calendar months."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.records.warranty.terms import add_months, end_of_term

DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(8 * 365 + 2)]


def by_counting(start: date, months: int) -> date:
    """The slow way: month after month, then the day, cut to the month's length."""
    year, month = start.year, start.month
    for _step in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def test_every_day_of_eight_years_agrees_with_counting():
    for start in DAYS:
        for months in (1, 6, 12, 24, 36, 60, 120):
            assert end_of_term(start, months) == by_counting(start, months), (start, months)


@given(start=st.sampled_from(DAYS), months=st.integers(1, 600))
def test_end_lies_after_the_start_on_the_same_day_or_the_month_s_last(start, months):
    end = end_of_term(start, months)
    assert end > start
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
    assert (end.year - start.year) * 12 + end.month - start.month == months


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 12), 12, date(2027, 3, 12)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_known_ends(start, months, end):
    assert end_of_term(start, months) == end


def test_negative_months_and_the_end_of_the_calendar_are_refused():
    with pytest.raises(ValueError, match="negative"):
        add_months(date(2026, 1, 1), -1)
    with pytest.raises(OverflowError):
        add_months(date(9999, 6, 1), 12)
