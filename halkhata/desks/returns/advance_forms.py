"""Forms of a replacement in advance and its deposit. They read what was typed; the rules live in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import DEPOSIT_METHODS
from halkhata.desks.returns.forms import NOTHING, VersionedForm
from halkhata.foundation.core.form_fields import AmountField, day_input

DEPOSIT_ROUTES = [(one.value, one.label) for one in DEPOSIT_METHODS]


class AdvanceForm(VersionedForm):
    """The replacement and the deposit change hands."""

    replacement = forms.CharField(
        label=_("Serial number of the new unit"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    method = forms.ChoiceField(label=_("How is the deposit paid?"), required=False, choices=[NOTHING, *DEPOSIT_ROUTES])
    reference = forms.CharField(label=_("Number of the payment"), max_length=80, required=False)


class DepositBackForm(VersionedForm):
    """Money of the deposit goes back."""

    amount = AmountField(label=_("Amount"), required=False, help_text=_("Left empty: all that is left of the deposit."))
    method = forms.ChoiceField(
        label=_("Money goes back"), required=False, choices=[("", _("The way it was paid")), *DEPOSIT_ROUTES]
    )
    method_reason = forms.CharField(label=_("Why another way"), max_length=300, required=False)
    reference = forms.CharField(label=_("Number of the payment"), max_length=80, required=False)


class DepositKeptForm(VersionedForm):
    """The deposit is kept, or the old piece is given up."""

    amount = AmountField(label=_("Amount"), required=False, help_text=_("Left empty: all that is left of the deposit."))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The customer reads it."),
        error_messages={"required": _("Write the reason: the customer reads it.")},
    )  # fmt: skip


class MoreDaysForm(VersionedForm):
    """More days for the old piece."""

    until = forms.DateField(
        label=_("The old piece must be back by"), widget=day_input(),
        error_messages={"required": _("Choose a later day, within a year.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Write why there are more days.")}
    )
