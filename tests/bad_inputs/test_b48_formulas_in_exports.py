"""B48: no cell of an export begins as a formula, and taking the apostrophe off gives back what was typed."""

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.oversight.analytics.exporting import csv_text

pytestmark = pytest.mark.one_database

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\0", "\n", "＝", "＋", "－", "＠", " =", "  @"]
RUNS = ("=", "+", "-", "@", "\t", "\r", "\0", "\n", "＝", "＋", "－", "＠")


def read_back(rows):
    text = csv_text(rows)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:].replace("\0", "\u2400"), newline="")))


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=repr)
@pytest.mark.parametrize("rest", ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.test")', "x;=1+1", '",=1+1'])
def test_cell_that_looks_like_a_formula_is_text(beginning, rest):
    typed = beginning + rest
    ((cell, _other),) = read_back([[typed, "x"]])
    assert cell.startswith("'")
    assert cell.removeprefix("'") == typed.replace("\0", "\u2400")


@given(st.text(alphabet=string.printable + "＝＋－＠হালখাতা", max_size=40))
def test_round_trip_of_any_text(typed):
    ((cell, _other),) = read_back([[typed, "x"]])
    assert not cell.startswith(RUNS)
    assert typed in {cell, cell.removeprefix("'")}


def test_numbers_stay_numbers():
    assert read_back([[-5, 1.5, None]]) == [["-5", "1.5", ""]]


def test_file_of_a_report_goes_through_it():
    """Every address that hands out a table uses the same writer."""
    from pathlib import Path

    house = Path(__file__).resolve().parents[2] / "halkhata"
    writers = [
        str(path.relative_to(house))
        for path in house.rglob("*.py")
        if "tests" not in path.parts and "csv.writer(" in path.read_text(encoding="utf-8")
    ]
    assert writers == ["foundation/core/table_cells.py"]
