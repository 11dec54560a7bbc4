"""Forms of the pages on which a customer follows a complaint."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.doors.portal.forms import PhotosField
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.records.privacy.choices import RequestKind


class _Telling(TakesErrors):
    """A form that can show a domain error at its field."""

    use_required_attribute = False


class FollowForm(_Telling):
    """Which ticket, and the phone number it was opened with."""

    number = forms.CharField(
        label=_("Number of your complaint"),
        max_length=40,
        error_messages={"required": _("Write the number you were given, such as K-1001.")},
        help_text=_("It stands in our message to you, such as K-1001. Bengali or English digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=60,
        error_messages={"required": _("Write the mobile number that you gave us.")},
        help_text=_("The one you gave us when you complained."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class PhoneForm(_Telling):
    """Whose data: the phone number alone, nothing else need be known."""

    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=60,
        error_messages={"required": _("Write the mobile number that you gave us.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class OwnDataForm(_Telling):
    """What somebody asks about their own data. The copy has a button of its own."""

    kind = forms.ChoiceField(
        label=_("What would you like?"),
        choices=[one for one in RequestKind.choices if one[0] != RequestKind.ACCESS],
    )
    what = forms.CharField(
        label=_("In your own words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class CodeForm(_Telling):
    """The one-time code."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=20,
        error_messages={"required": _("Write the six digits.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "hk-code", "spellcheck": "false"}
        ),
    )


class MessageForm(_Telling):
    """What the customer adds to the own ticket."""

    text = forms.CharField(
        label=_("Your message"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    photos = PhotosField(label=_("Photos"), required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Nothing at all is no message; photos kept from before count, which only the view knows."""
        return super().clean() or {}
