"""The page of the shop."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Digits
from halkhata.foundation.accounts.forms.pieces import PlainForm
from halkhata.foundation.core.models import Installation


class ShopForm(PlainForm):
    """What stands on the shop's own page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    shop_name_bn = forms.CharField(
        label=_("Name in Bengali"), max_length=120, required=False, help_text=_("Stands in Bengali letters and pages.")
    )
    shop_name_en = forms.CharField(
        label=_("Name in English letters"),
        max_length=120,
        required=False,
        help_text=_("Stands in English letters and pages."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Stands on the pages for customers, and in letters of a branch without a phone."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail for letters"),
        max_length=254,
        required=False,
        help_text=_("Stands on printed papers and the pages for customers. Mail is read from the mailboxes."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address = forms.CharField(
        label=_("Address"), max_length=255, required=False, help_text=_("Stands where the e-mail address stands.")
    )
    trade = forms.ChoiceField(
        label=_("What do you sell?"),
        choices=Installation.TRADES,
        help_text=_("A trade brings categories of its own for complaints. Another choice adds those that are missing."),
    )
    default_language = forms.ChoiceField(
        label=_("Language of the shop"),
        choices=[("bn", "বাংলা"), ("en", "English")],
        help_text=_("For the pages for customers, until the visitor chooses."),
    )
    digits = forms.ChoiceField(
        label=_("Digits"), choices=Digits.choices, help_text=_("For letters, and for people who are not signed in.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, help_text=_("For new branches, and for people who are not signed in.")
    )
