"""The form for minutes of work."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.forms import DeskForm
from halkhata.desks.tickets.setting_forms import ReaderNumber
from halkhata.engines.work.services.minutes import LONGEST
from halkhata.foundation.core.form_fields import DayField


class MinutesForm(DeskForm):
    """How long, when, what for."""

    minutes = ReaderNumber(label=_("Minutes"), highest=LONGEST)
    what = forms.CharField(
        label=_("What was done"),
        max_length=300,
        error_messages={"required": _("Say in a few words what was done.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    worked_on = DayField(label=_("On the day"), required=False, help_text=_("Empty: today."))
