"""Forms of the bookings' list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.forms import CardPartForm
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import day_input


class AnswerPartForm(CardPartForm):
    """One of several forms on the page of bookings; it says which version its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000, required=False)


class ConfirmForm(AnswerPartForm):
    """Yes: on the day that was wished, or on another one."""

    on = forms.DateField(label=_("On which day"), required=False, widget=day_input())
    note = forms.CharField(
        label=_("A word to the customer"), required=False, max_length=300,
        help_text=_("Such as: bring the bill, come before noon."),
    )  # fmt: skip


class DeclineForm(AnswerPartForm):
    """No, and why."""

    reason = forms.CharField(
        label=_("Why not? The customer reads it."), max_length=300,
        error_messages={"required": _("Write why: the customer reads it.")},
    )  # fmt: skip


class BookingRuleForm(TakesErrors):
    """The numbers of one branch."""

    per_day = NumberField(label=_("Visits a day"), lowest=0, highest=200, help_text=_("0 takes no bookings."))
    days_ahead = NumberField(label=_("Days ahead"), lowest=1, highest=90)
