"""The Bangla calendar of Bangladesh, rule of 2019."""

import csv
import os
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.foundation.core.bangla_calendar import BanglaDate, bangla_date, gregorian_date

REFERENCE = Path(os.environ.get("HALKHATA_REFERENCE_DIR", Path(__file__).parents[4] / "tests" / "reference"))
FIRST_DAY = date(594, 4, 14)


@pytest.mark.reference
def test_reference_table_both_ways() -> None:
    with (REFERENCE / "bangla_dates.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert rows
    for row in rows:
        day = date.fromisoformat(row["gregorian"])
        expected = (int(row["year"]), int(row["month"]), int(row["day"]))
        found = bangla_date(day)
        assert (found.year, found.month, found.day) == expected, row
        assert found.month_name_bn == unicodedata.normalize("NFC", row["month_name"]), row
        assert gregorian_date(*expected) == day, row


def test_day_of_the_requirement_is_7_agrahayan_1433() -> None:
    assert bangla_date(date(2026, 11, 22)) == BanglaDate(1433, 8, 7, "অগ্রহায\u09bcণ", "Agrahayan")


@pytest.mark.parametrize("year", [2020, 2023, 2024, 2100])
def test_national_days_fall_on_the_same_bangla_day_every_year(year: int) -> None:
    found = [bangla_date(date(year, *day)) for day in ((2, 21), (3, 26), (4, 14), (12, 16))]
    assert [(day.month, day.day) for day in found] == [(11, 8), (12, 12), (1, 1), (9, 1)]


def test_falgun_has_a_30th_only_when_february_has_a_29th() -> None:
    assert gregorian_date(1430, 11, 30) == date(2024, 3, 14)
    with pytest.raises(ValueError, match="no such Bangla day"):
        gregorian_date(1431, 11, 30)


@pytest.mark.parametrize("wrong", [(1433, 0, 1), (1433, 13, 1), (1433, 7, 31), (1433, 1, 0), (1433, 1, 32), (0, 1, 1)])
def test_days_that_do_not_exist_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no such Bangla"):
        gregorian_date(*wrong)


def test_before_the_first_year_and_after_the_last_is_refused() -> None:
    assert bangla_date(FIRST_DAY) == BanglaDate(1, 1, 1, "বৈশাখ", "Boishakh")
    with pytest.raises(ValueError, match="does not reach back"):
        bangla_date(FIRST_DAY - timedelta(days=1))
    with pytest.raises(ValueError, match="out of range"):
        gregorian_date(9406, 12, 30)


@given(st.dates(min_value=FIRST_DAY))
def test_there_and_back_is_the_same_day(day: date) -> None:
    found = bangla_date(day)
    assert gregorian_date(found.year, found.month, found.day) == day


@given(st.dates(min_value=FIRST_DAY, max_value=date(9999, 12, 30)))
def test_the_next_day_follows(day: date) -> None:
    today, tomorrow = bangla_date(day), bangla_date(day + timedelta(days=1))
    if tomorrow.day == 1:
        assert today.day in (29, 30, 31)
        assert (tomorrow.year, tomorrow.month) in ((today.year, today.month + 1), (today.year + 1, 1))
    else:
        assert (tomorrow.year, tomorrow.month, tomorrow.day) == (today.year, today.month, today.day + 1)
