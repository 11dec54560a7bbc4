"""Lengths, limits and what is covered, as a reader says them."""

import pytest
from django.utils import translation

from halkhata.foundation.core.reader import Reader, reader_context
from halkhata.records.warranty.words import covered, length, usage


@pytest.fixture
def english():
    with reader_context(Reader(language="en", digits="latin")), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("months", "said"), [(12, "1 year"), (120, "10 years"), (18, "18 months"), (1, "1 month"), (3, "3 months")]
)
def test_whole_years_are_said_as_years(english, months, said):
    assert length(months) == said


def test_use_is_said_with_its_unit_and_nothing_without_a_limit(english):
    assert usage(30_000, "km") == "30,000 km"
    assert usage(None, "km") == ""
    assert usage(500, "") == "500"


def test_only_what_is_free_is_named(english):
    assert covered(parts=True, labour=True, visit=False, exchange=False) == "Spare parts, Labour"
    assert covered(parts=False, labour=False, visit=True, exchange=True) == "Visit, Exchange"
