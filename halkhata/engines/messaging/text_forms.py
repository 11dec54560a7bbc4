"""Forms of the SMS channel and of short texts."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.news_choices import NewsBySms
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import EitherDigits, WholeNumberField
from halkhata.foundation.core.own_numbers import OwnNumber

PURPOSES = [(one.value, one.label) for one in (TextPurpose.NOTICE, TextPurpose.OFFER)]


class TextingForm(TakesErrors):
    """A form whose service may refuse: the error comes to its field."""

    use_required_attribute = False


class _Price(OwnNumber, EitherDigits, forms.DecimalField):
    """The price of a text: more places than money has."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The amount, with or without commas."""
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class ChannelForm(TextingForm):
    """The SMS channel."""

    price = _Price(label=_("Price of one part"), required=False, max_digits=8, decimal_places=4)
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3, help_text=_("Empty: the shop's."))
    sender_name = forms.CharField(
        label=_("Name shown as sender (masking)"),
        required=False,
        max_length=32,
        help_text=_("As agreed with the provider, 11 letters at most. Empty: the provider's number."),
    )
    opens = _clock(_("Offers from"))
    closes = _clock(_("until"))
    a_day = WholeNumberField(
        label=_("Offers to one number on one day, at most"),
        required=False,
        help_text=_("Empty: as many as the country allows. More than that never go."),
    )
    a_week = WholeNumberField(
        label=_("and within seven days, at most"), required=False, help_text=_("Empty: no limit.")
    )
    news = forms.ChoiceField(
        label=_("News of complaints"),
        choices=NewsBySms.choices,
        required=False,
        help_text=_("Received, late, solved, how was it. Whoever wrote by SMS is answered by SMS."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_news(self) -> str:
        """What is not asked stays as a shop starts."""
        return self.cleaned_data["news"] or NewsBySms.NO_MAIL.value


class ShortTextForm(TextingForm):
    """A ready text."""

    name = forms.CharField(label=_("Name"), max_length=80)
    purpose = forms.ChoiceField(label=_("What it is"), choices=PURPOSES, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    text = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TryForm(TextingForm):
    """A text, a number, and what it would be."""

    number = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=_("What it is"), choices=PURPOSES, widget=forms.RadioSelect, initial=TextPurpose.OFFER.value
    )
    text = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class WriteForm(TextingForm):
    """One text to one number of the customer's."""

    number = forms.ChoiceField(label=_("Phone number"))
    purpose = forms.ChoiceField(
        label=_("What it is"), choices=PURPOSES, widget=forms.RadioSelect, initial=TextPurpose.NOTICE.value
    )
    text = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, numbers: list[tuple[str, Any]], **kwargs: Any) -> None:
        kwargs["initial"] = {"key": secrets.token_hex(12), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        offer_choices(self, "number", numbers)


class PrayerForm(TextingForm):
    """A line for each month, and one for Friday."""

    friday = forms.CharField(label=_("Besides on Friday"), required=False, max_length=200)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, months: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(months, start=1):
            self.fields[f"month_{number}"] = forms.CharField(
                label=name, required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def month_fields(self) -> list[Any]:
        """The twelve lines."""
        return [self[f"month_{number}"] for number in range(1, 13)]
