"""Numbers of ours in a form's field: the reader's digits, and what was typed as it was typed."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms

from halkhata.engines.goodwill.forms import LimitForm
from halkhata.engines.work.forms.fields import HoursField, NumberField, SpanField
from halkhata.foundation.core.own_numbers import number_in_field
from halkhata.foundation.core.reader import Reader, reader_context

BENGALI = Reader(language="bn", digits="bengali")


class Sample(forms.Form):
    count = NumberField(label="Count")
    hours = HoursField(label="Hours")
    span = SpanField(label="Span")


@pytest.mark.parametrize(
    ("value", "bengali", "latin"),
    [
        (30, "৩০", "30"),
        (Decimal("5000.00"), "৫,০০০", "5,000"),
        (Decimal("1500.50"), "১,৫০০.৫০", "1,500.50"),
        (Decimal("1E+3"), "১,০০০", "1,000"),
        (0, "০", "0"),
    ],
)
def test_number_of_ours_stands_in_the_readers_digits(value: Any, bengali: str, latin: str) -> None:
    with reader_context(BENGALI):
        assert number_in_field(value) == bengali
    with reader_context(Reader()):
        assert number_in_field(value) == latin


@pytest.mark.parametrize("value", ["12", "১২", "", None, True, ["12"]])
def test_what_is_no_number_of_ours_stays_as_it_is(value: Any) -> None:
    with reader_context(BENGALI):
        assert number_in_field(value) is value


def test_field_shows_bengali_digits_and_reads_them_again() -> None:
    start = {"count": 12, "hours": ((540, 780),), "span": 90}
    with reader_context(BENGALI):
        form = Sample(initial=start)
        shown = {name: form[name].value() for name in start}
        assert shown == {"count": "১২", "hours": "০৯:০০-১৩:০০", "span": "১:৩০"}
        again = Sample(shown)
        assert again.is_valid()
        assert again.cleaned_data == start
        wrong = Sample({**shown, "count": "12x"})
        assert not wrong.is_valid()
        assert wrong["count"].value() == "12x"


def test_limit_of_a_role_that_was_not_touched_counts_as_unchanged_in_bengali() -> None:
    start = {"per_case": Decimal("5000.00"), "per_month": Decimal("20000.00")}
    with reader_context(BENGALI):
        shown = {name: LimitForm(initial=start)[name].value() for name in start}
        assert shown == {"per_case": "৫,০০০", "per_month": "২০,০০০"}
        assert not LimitForm(shown, initial=start).has_changed()
        assert LimitForm({**shown, "per_case": "৫০০১"}, initial=start).has_changed()
