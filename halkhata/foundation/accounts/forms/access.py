"""The shape of input about getting in: codes, passwords by link, house rules, the provider."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from halkhata.foundation.accounts.forms.pieces import GroupedField, PlainForm
from halkhata.foundation.accounts.models import AccessPolicy, Role, User
from halkhata.foundation.accounts.policies import staff_visible_to
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader


class CodeForm(PlainForm):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class ConfirmForm(PlainForm):
    """The password again."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ForgottenForm(PlainForm):
    """Whose password was forgotten."""

    who = forms.CharField(
        label=_("User name, phone number or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class _Roles(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, record: Any) -> str:
        return str(record)


class PolicyForm(PlainForm):
    """Who needs a second step, how long sessions last, reset by mail."""

    IDLE = (15, 30, 60, 120, 240, 480, 720, 1440, 4320, 10080, 20160)
    TOTAL = (8, 12, 24, 72, 168, 336)

    roles = _Roles(
        label=_("Roles that need a second step at sign-in"),
        queryset=Role.objects.none(),
        required=False,
        help_text=_("Whoever has none yet is led to set it up at the next sign-in; nobody is thrown out before that."),
    )
    idle_minutes = forms.TypedChoiceField(label=_("Sign out after so long without a click"), coerce=int)
    total_hours = forms.TypedChoiceField(label=_("Sign out in any case after"), coerce=int)
    reset_by_mail = forms.BooleanField(
        label=_("Forgotten passwords: send a link by e-mail to whoever has an address here"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "roles", Role.objects.order_by("-level", "code"))
        policy = AccessPolicy.current()
        offer_choices(self, "idle_minutes", [(n, _span(n)) for n in sorted({*self.IDLE, policy.idle_minutes})])
        offer_choices(self, "total_hours", [(n, _span(n * 60)) for n in sorted({*self.TOTAL, policy.total_hours})])


def _span(minutes: int) -> str:
    """A whole number of minutes, hours or days in words."""
    if minutes % 1440 == 0 and minutes > 1440:
        count, text = minutes // 1440, ngettext("%(count)s day", "%(count)s days", minutes // 1440)
    elif minutes % 60 == 0:
        count, text = minutes // 60, ngettext("%(count)s hour", "%(count)s hours", minutes // 60)
    else:
        count, text = minutes, ngettext("%(count)s minute", "%(count)s minutes", minutes)
    return text % {"count": format_number(count, digits=current_reader().digits)}


class ProviderForm(PlainForm):
    """The OpenID Connect provider."""

    label = forms.CharField(
        label=_("What the button says"), max_length=60, help_text=_("For example the name of your company's sign-in.")
    )
    issuer = forms.CharField(
        label=_("Address of the provider (issuer)"),
        max_length=255,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Exactly as the provider writes it."),
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Is kept encrypted and never shown. Leave it empty to keep the present one."),
    )
    trusts_second_factor = forms.BooleanField(
        label=_("The provider asks for a second step itself: ask for none here"), required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)


class LeaveForm(PlainForm):
    """Where the open work of somebody who leaves goes."""

    PERSON, TEAM = "person", "team"

    to = forms.ChoiceField(
        label=_("Who takes over the open work"),
        choices=[(PERSON, _("One person")), (TEAM, _("The teams: each piece to whom its team's rule chooses"))],
        widget=forms.RadioSelect,
        initial=PERSON,
        required=False,
    )
    successor = GroupedField(
        label=_("This person"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, actor: User, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "successor", staff_visible_to(actor).filter(is_active=True).exclude(pk=leaver.pk))

    @property
    def by_team(self) -> bool:
        """Whether each team's rule chooses."""
        return bool(self.cleaned_data.get("to") == self.TEAM)
