"""Fields that read what people write in either script."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.utils import timezone

from halkhata.foundation.core.form_fields import (
    AmountField,
    DayField,
    EitherDigits,
    MomentField,
    WholeNumberField,
    text_area,
)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1500", "1500.00"),
        ("১,২০,০০০.৫০", "120000.50"),
        (" ৳ 99 ", "99.00"),
        ("0", "0.00"),
        ("10.005", "10.00"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_amount_in_either_script_is_read_to_two_places(typed, amount):
    assert str(AmountField().clean(typed)) == amount


@pytest.mark.parametrize("typed", ["much", "-1", "1000000000000", "NaN", "Infinity", "1.2.3", "১০ টাকা"])
def test_what_is_no_amount_is_refused_with_an_example(typed):
    with pytest.raises(forms.ValidationError) as refused:
        AmountField().clean(typed)
    assert refused.value.messages == ["Write an amount like 1500 or 1500.50."]


def test_empty_amount_is_none_where_it_may_be_empty():
    assert AmountField(required=False).clean("") is None
    assert AmountField(required=False).clean("৳") is None
    with pytest.raises(forms.ValidationError) as refused:
        AmountField().clean("")
    assert refused.value.messages == ["This field is required."]


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [
        (Decimal("5000.00"), "5,000", False),
        (Decimal("5000.00"), "৫০০০", False),
        ("5000", "5000.00", False),
        (Decimal("5000.00"), "5001", True),
        (Decimal("5000.00"), "", True),
        (Decimal("5000.00"), "much", True),
        (None, "", False),
        ("", "", False),
        (None, "0", True),
    ],
)
def test_amount_has_changed_when_it_is_another_one(initial, typed, changed):
    assert AmountField(required=False).has_changed(initial, typed) is changed


class Halves(AmountField):
    default_error_messages = {"amount": "Only halves."}

    def read(self, typed):
        if not typed.endswith(".5"):
            raise ValueError(typed)
        return Decimal(typed)


def test_kind_of_amount_reads_and_refuses_by_its_own_rule():
    assert Halves().clean("2.5") == Decimal("2.5")
    with pytest.raises(forms.ValidationError) as refused:
        Halves().clean("2")
    assert refused.value.messages == ["Only halves."]


def test_whole_number_is_read_in_either_script_within_its_bounds():
    field = WholeNumberField(min_value=1, max_value=30)
    assert (field.clean("৭"), field.clean("30")) == (7, 30)
    for typed in ("0", "৩১", "1.5", "x"):
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    assert WholeNumberField(required=False).clean("") is None


def test_day_is_read_as_the_picker_and_as_people_write_it():
    assert DayField().clean("2026-11-22") == DayField().clean("২২/১১/২০২৬") == date(2026, 11, 22)
    with pytest.raises(forms.ValidationError):
        DayField().clean("32/11/2026")


def test_moment_is_read_in_the_zone_of_the_reader():
    with timezone.override("Asia/Dhaka"):
        assert MomentField().clean("২০২৬-১১-২২T০৯:৩০") == datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def test_mixin_leaves_alone_what_is_no_text():
    class Number(EitherDigits, forms.DecimalField):
        pass

    assert Number().to_python(Decimal("1.5")) == Decimal("1.5")
    assert Number().to_python("১.৫") == Decimal("1.5")
    assert Number(required=False).clean(None) is None


def test_text_area_takes_some_lines_and_may_stay_empty():
    field = text_area("What happened?", rows=3)
    assert (field.required, field.max_length, field.widget.attrs["rows"]) == (False, 4000, 3)
    assert text_area("Why?", required=True, max_length=10).max_length == 10
