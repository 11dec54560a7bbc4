"""User name or phone, and password."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.services.sign_in import canonical_login


class SignInForm(AuthenticationForm):
    """User name or phone, and password."""

    username = forms.CharField(
        label=_("User name or phone number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": _("Type your user name or phone number.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )
    error_messages = {
        "invalid_login": _(
            "User name, phone number or password is wrong. Capital and small letters differ in passwords."
        ),
        "inactive": _("This account is switched off."),
    }

    def clean_username(self) -> str:
        return canonical_login(self.cleaned_data["username"])
