"""The table of bad inputs is whole, and every test it names is there."""

import tomllib
from pathlib import Path

import pytest

from tests.support.named_tests import is_there

pytestmark = pytest.mark.one_database

ROWS = tomllib.loads(Path(__file__).with_name("rows.toml").read_text(encoding="utf-8"))
# Every row of the list of published weaknesses; numbers that are missing were merged into others there.
IDS = [
    "B01",
    "B03",
    "B05",
    "B07",
    "B08",
    "B09",
    "B10",
    "B11",
    "B12",
    "B13",
    "B14",
    "B15",
    "B18",
    "B19",
    "B21",
    "B22",
    "B23",
    "B25",
    "B26",
    "B28",
    "B29",
    "B31",
    "B33",
    "B34",
    "B35",
    "B36",
    "B37",
    "B39",
    "B40",
    "B42",
    "B43",
    "B44",
    "B46",
    "B47",
    "B48",
    "B49",
    "B50",
    "B51",
    "B53",
    "B54",
    "B56",
    "B57",
    "B59",
    "B60",
    "B61",
    "B62",
    "B64",
    "B65",
    "B66",
    "B67",
    "B68",
    "B71",
    "B73",
    "B74",
    "B75",
    "B76",
    "B79",
    "B80",
    "B81",
    "B83",
    "B85",
    "B87",
    "B88",
    "B89",
    "B90",
    "B91",
    "B92",
    "B94",
    "B95",
    "B97",
    "B98",
    "B99",
    "B100",
]


def test_every_row_of_the_list_is_answered():
    assert list(ROWS) == IDS


@pytest.mark.parametrize("row", IDS)
def test_row_names_tests_that_are_there_or_says_why_not(row):
    answer = ROWS[row]
    assert set(answer) in ({"tests"}, {"why"})
    assert answer.get("tests") or len(answer.get("why", "")) > 20
    assert [named for named in answer.get("tests", []) if not is_there(named)] == []


def test_test_that_is_not_there_would_be_noticed():
    assert not is_there("tests/bad_inputs/test_rows.py::test_no_such_thing")
    assert not is_there("tests/bad_inputs/no_such_file.py")
    assert is_there("tests/bad_inputs/test_rows.py::test_every_row_of_the_list_is_answered")
