"""The steps of the first set-up."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.forms.pieces import PlainForm
from halkhata.foundation.accounts.services.setup import FRIDAY
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.formatting import WEEKDAY_NAMES, format_time
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader


class SetupCodeForm(PlainForm):
    """The code printed where Halkhata was started."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=60,
        help_text=_("Twelve letters and digits, such as BCDF-GHJK-MPQR."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class LanguageStep(PlainForm):
    """Question 1."""

    language = forms.ChoiceField(
        label=_("Which language does the shop work in?"),
        choices=[("bn", "বাংলা"), ("en", "English")],
        initial="bn",
        widget=forms.RadioSelect,
        help_text=_("Everybody can choose another one for themselves, at any time."),
    )


class TradeStep(PlainForm):
    """Question 2."""

    trade = forms.ChoiceField(
        label=_("What do you sell?"),
        choices=Installation.TRADES,
        initial="other",
        widget=forms.RadioSelect,
        help_text=_("Brings categories of its own for complaints. It can be changed later."),
    )


class ShopStep(PlainForm):
    """Questions 3 and 4."""

    shop_name = forms.CharField(
        label=_("What is the shop called?"),
        max_length=120,
        required=False,
        help_text=_("Customers see this name in every message."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.CharField(
        label=_("Which number do customers call?"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class HoursStep(PlainForm):
    """Question 5."""

    opens_minute = forms.TypedChoiceField(label=_("Opens at"), coerce=int, initial=9 * 60)
    closes_minute = forms.TypedChoiceField(label=_("Closes at"), coerce=int, initial=20 * 60)
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed on"), coerce=int, required=False, initial=[FRIDAY], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = current_reader()
        half_hours = [
            (minute, format_time(time(minute // 60 % 24, minute % 60), language=reader.language, digits=reader.digits))
            for minute in range(0, 24 * 60, 30)
        ]
        offer_choices(self, "opens_minute", half_hours)
        midnight = (24 * 60, _("midnight"))
        offer_choices(self, "closes_minute", [*half_hours[1:], midnight])
        # The week starts on Saturday, as on calendars in Bangladesh.
        week = (5, 6, 0, 1, 2, 3, 4)
        offer_choices(self, "closed_weekdays", [(day, WEEKDAY_NAMES[reader.language][day]) for day in week])


class OwnerStep(PlainForm):
    """The owner's own account."""

    owner_name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in. Letters and digits, no spaces."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words do well."),
    )
    repeated = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("repeated") and data["password"] != data["repeated"]:
            self.add_error("repeated", _("The two are not the same."))
        return data
