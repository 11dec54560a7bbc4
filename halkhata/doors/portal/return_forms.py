"""Forms of the customers' pages about returns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import WISHES, Reason
from halkhata.doors.portal.follow_forms import _Telling


class AppealForm(_Telling):
    """Why the customer does not agree."""

    text = forms.CharField(
        label=_("Why do you not agree?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write why you do not agree.")},
    )  # fmt: skip


class ReturnForm(_Telling):
    """What somebody wants to give back, and the phone number that belongs to the sale."""

    number = forms.CharField(
        label=_("Serial number, or number of the memo"), max_length=60,
        error_messages={"required": _("Write the serial number, or the number of the memo.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your mobile number"), max_length=60,
        error_messages={"required": _("Write the mobile number that you gave us.")},
        help_text=_("The one you gave us when you bought it."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    reason_code = forms.ChoiceField(
        label=_("Why do you give it back?"), choices=[("", _("Choose…")), *Reason.choices],
        error_messages={"required": _("Choose why you give it back.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("In your own words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    wish = forms.ChoiceField(
        label=_("What would you like?"), required=False,
        choices=[("", _("You decide")), *((one.value, one.label) for one in WISHES)],
    )  # fmt: skip
    has_accessories = forms.BooleanField(label=_("Box and all accessories are there"), required=False)
