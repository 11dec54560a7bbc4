"""The form of the ceilings on automatic mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.services.limits import BOUNDS
from halkhata.foundation.core.text import fold_digits


class NumberField(forms.IntegerField):
    """A whole number; Bengali digits are read like Latin ones. Bounds are the service's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        """The number."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class LimitsForm(forms.Form):
    """How much goes without a person."""

    per_address = NumberField(label=_("Automatic mails to one address, at most"))
    window_minutes = NumberField(label=_("within so many minutes"))
    per_hour = NumberField(
        label=_("Automatic mails of the whole shop within an hour, at most"),
        help_text=_("Set it above the busiest hour of your shop. It stops a mistake from flooding everybody."),
    )
    reopenings = NumberField(
        label=_("Reopenings of one ticket by mail within an hour, at most"),
        help_text=_("A machine that goes on answering is kept in the ticket without opening it again."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    NAMES = tuple(BOUNDS)
