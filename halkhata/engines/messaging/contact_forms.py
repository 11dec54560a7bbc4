"""The form of how often and when customers hear from us without a matter of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import WholeNumberField
from halkhata.records.privacy.hours_forms import ClockField


class ContactRulesForm(TakesErrors):
    """One number and one span."""

    use_required_attribute = False

    a_week = WholeNumberField(
        label=_("To one customer within seven days, at most"),
        help_text=_("Mail and SMS together: offers, reminders to renew, asking how it was."),
    )
    quiet_from = ClockField()
    quiet_until = ClockField()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiet_from"].label = _("Quiet from")
        self.fields["quiet_until"].label = _("until")
