"""Form fields that read what people write in either script: amounts, whole numbers, days and moments; lines of text."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits

_CENT = Decimal("0.01")
_TOO_MUCH = Decimal("1e12")


class AmountField(OwnNumber, forms.CharField):
    """An amount of money in Bengali or Latin digits, with or without commas; None when it is left empty.

    A kind with rules of its own overrides ``read`` and the message ``amount``.
    """

    default_error_messages = {"amount": _("Write an amount like 1500 or 1500.50.")}

    def __init__(self, *, max_length: int = 20, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=max_length, **kwargs)

    def read(self, typed: str) -> Decimal | None:
        """The amount to two places; None where only marks stand. Raises ValueError for what is no amount."""
        text = fold_digits(clean_text(typed)).replace(",", "").lstrip("৳ ")
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(typed) from error
        if not amount.is_finite() or not 0 <= amount < _TOO_MUCH:
            raise ValueError(typed)
        return amount.quantize(_CENT)

    def clean(self, value: Any) -> Decimal | None:
        """The amount."""
        typed = super().clean(value)
        try:
            return self.read(typed) if typed else None
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["amount"], code="amount") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it is another amount: 5,000 is 5000.00."""
        start = None if initial in (None, "") else Decimal(initial)
        try:
            return self.clean(data) != start if data else start is not None
        except forms.ValidationError:
            return True


class EitherDigits(forms.Field):
    """Mixed into a field of Django's: Bengali digits are read like Latin ones."""

    def to_python(self, value: Any) -> Any:
        """What the field makes of it."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class WholeNumberField(OwnNumber, EitherDigits, forms.IntegerField):
    """A whole number."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


def day_input() -> forms.DateInput:
    """A date, asked for by the device's own picker."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    """A date and time, asked for by the device's own picker."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class DayField(EitherDigits, forms.DateField):
    """A day."""

    widget = day_input()
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")


class MomentField(EitherDigits, forms.DateTimeField):
    """A moment in the reader's zone, as an aware instant."""

    widget = moment_input()
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


def text_area(label: Any, *, required: bool = False, rows: int = 2, **kwargs: Any) -> forms.CharField:
    """Some lines of text."""
    kwargs.setdefault("max_length", 4000)
    return forms.CharField(label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
