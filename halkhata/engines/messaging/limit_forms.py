"""The form of the ceilings on automatic mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.services.limits import BOUNDS
from halkhata.foundation.core.form_fields import WholeNumberField


class LimitsForm(forms.Form):
    """How much goes without a person."""

    per_address = WholeNumberField(label=_("Automatic mails to one address, at most"))
    window_minutes = WholeNumberField(label=_("within so many minutes"))
    per_hour = WholeNumberField(
        label=_("Automatic mails of the whole shop within an hour, at most"),
        help_text=_("Set it above the busiest hour of your shop. It stops a mistake from flooding everybody."),
    )
    reopenings = WholeNumberField(
        label=_("Reopenings of one ticket by mail within an hour, at most"),
        help_text=_("A machine that goes on answering is kept in the ticket without opening it again."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    NAMES = tuple(BOUNDS)
