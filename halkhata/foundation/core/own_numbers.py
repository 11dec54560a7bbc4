"""Numbers of ours as they stand in a form's field: in the digits of whoever reads."""

from decimal import Decimal
from typing import Any

from django import forms

from halkhata.foundation.core.formatting import format_number, show_digits
from halkhata.foundation.core.reader import current_reader


def number_in_field(value: Any) -> Any:
    """What a field shows for a whole number or an amount; an amount has commas, and no decimals without a fraction.

    Everything else comes back with nothing changed: a text is what somebody typed, and stays as it was typed.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    digits = current_reader().digits
    if isinstance(value, int):
        return show_digits(str(value), digits=digits)
    if not value.is_finite():
        return value
    return format_number(value.quantize(Decimal(1)) if value == value.to_integral_value() else value, digits=digits)


def text_in_field(value: str) -> str:
    """What a field shows for times and numbers that our own code has written out: "09:00-13:00"."""
    return show_digits(value, digits=current_reader().digits)


class OwnNumber(forms.Field):
    """Put before a field for numbers: what the shop has set stands in it as the reader writes numbers."""

    def prepare_value(self, value: Any) -> Any:
        """A number of ours in the reader's digits; what was typed stays as it was typed."""
        return number_in_field(value)
