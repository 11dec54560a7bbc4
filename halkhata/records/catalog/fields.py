"""Fields of the catalogue's forms: amounts and days as people write them, in either script."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_fields import AmountField, EitherDigits, day_input
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


class MoneyField(AmountField):
    """An amount as bills show it, with the marks of ``read_amount``; None for an empty field."""

    default_error_messages = {"amount": _("Write an amount like 1200 or 1200.50.")}

    def __init__(self, *, max_length: int = 30, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def read(self, typed: str) -> Decimal:
        """The amount. Raises ValueError."""
        return read_amount(typed)


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


class DayField(EitherDigits, forms.DateField):
    """A day, also as old bills write it."""

    widget = day_input()
    input_formats = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
