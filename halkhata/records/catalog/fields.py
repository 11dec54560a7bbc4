"""Fields of the catalogue's forms: amounts and days as people write them, in either script."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits

_AMOUNT = re.compile(r"\d{1,11}(\.\d{1,2})?", re.ASCII)
_MARKS = re.compile(r"[\s,٬'৳$]|/-|(?i:tk\.?|bdt)")


def read_amount(typed: str) -> Decimal:
    """An amount of money in either script: "১,২০,০০০", "৳ 1200.50", "500/-". Raises ValueError."""
    text = _MARKS.sub("", fold_digits(clean_text(typed)))
    if not _AMOUNT.fullmatch(text):
        raise ValueError(typed)
    return Decimal(text)


class MoneyField(OwnNumber, forms.CharField):
    """An amount; None for an empty field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 30)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """The amount as Decimal."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_amount(text)
        except ValueError as error:
            raise forms.ValidationError(_("Write an amount like 1200 or 1200.50.")) from error


class WholeField(OwnNumber, forms.CharField):
    """A whole number in either script; None for an empty field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 12)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """The number as int."""
        text = fold_digits(clean_text(super().clean(value))).replace(",", "").replace(" ", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise forms.ValidationError(_("Write a whole number."))
        return int(text)


class DayField(forms.DateField):
    """A day; Bengali digits are read like Latin ones."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")

    def to_python(self, value: Any) -> date | None:
        """The day."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)
