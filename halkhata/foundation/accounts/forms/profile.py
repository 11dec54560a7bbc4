"""One's own settings and password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Digits
from halkhata.foundation.accounts.forms.pieces import PlainForm


class ProfileForm(PlainForm):
    """Name, language, digits, Bangla date."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("bn", "বাংলা"), ("en", "English")], widget=forms.RadioSelect
    )
    digits = forms.ChoiceField(label=_("Digits"), choices=Digits.choices)
    show_bangla_date = forms.BooleanField(label=_("Show the Bangla date beside the date"), required=False)


class NewPasswordForm(PlainForm):
    """A new password, twice."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words do well."),
    )
    repeated = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("repeated") and data["new_password"] != data["repeated"]:
            self.add_error("repeated", _("The two are not the same."))
        return data


class PasswordForm(NewPasswordForm):
    """Present password and a new one, twice."""

    field_order = ("old_password", "new_password", "repeated")
    old_password = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
