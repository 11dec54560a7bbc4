"""Fields of the returns desk: amounts and numbers in either script, photos, some lines of text."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits


class AmountField(OwnNumber, forms.CharField):
    """An amount of money in Bengali or Latin digits, with or without commas; None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The amount."""
        text = fold_digits(clean_text(super().clean(value))).replace(",", "").lstrip("৳ ")
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < 0 or amount >= Decimal("1e12"):
            raise forms.ValidationError(_("Write an amount like 1500 or 1500.50."))
        return amount.quantize(Decimal("0.01"))


class WholeNumberField(OwnNumber, forms.IntegerField):
    """A whole number in Bengali or Latin digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class PhotosInput(forms.FileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photos, as a list; checked when they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos"))
        super().__init__(required=False, widget=PhotosInput(attrs={"accept": "image/*,application/pdf"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploaded files."""
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one is not None and one != ""]
        if len(given) > 10:
            raise forms.ValidationError(_("At most ten photos at once."))
        return given


def text_area(label: Any, *, required: bool = False, rows: int = 2, **kwargs: Any) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(
        label=label, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )
