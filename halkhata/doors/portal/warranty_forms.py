"""The public form of a warranty registration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.doors.portal.forms import PhotosField, TrappingForm, trap
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.fields import DayField


class WarrantyForm(TrappingForm):
    """Serial number, day, phone and a photo of the bill: what cannot be known otherwise."""

    serial = forms.CharField(
        label=_("Serial number, IMEI or chassis number"), max_length=64,
        help_text=_("It stands on the sticker of the product."),
        error_messages={"required": _("Write the serial number; it stands on the sticker.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    bought_on = DayField(label=_("Bought on"), error_messages={"required": _("Write the day on the bill.")})
    phone = forms.CharField(
        label=_("Your phone number"), max_length=60,
        help_text=_("Bengali or English digits. A code goes there, to see that the number is yours."),
        error_messages={"required": _("Write your phone number: a code goes there.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    photos = PhotosField(
        label=_("Photo of the bill"), required=False,
        help_text=_("So that day and serial number can be read. JPEG, PNG or WebP, 10 MB at most."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    product_text = forms.CharField(label=_("Brand and model"), max_length=120, required=False)
    sold_by = forms.CharField(label=_("Where was it bought?"), max_length=120, required=False)
    invoice_no = forms.CharField(label=_("Number of the bill"), max_length=60, required=False)
    website = trap()
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def clean_serial(self) -> str:
        """Through the gate for text."""
        return clean_text(self.cleaned_data["serial"], max_length=64)

    def clean_bought_on(self) -> Any:
        """No day that has not come."""
        day = self.cleaned_data["bought_on"]
        if day > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day
