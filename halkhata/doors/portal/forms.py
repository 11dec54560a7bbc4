"""Forms for customers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Category
from halkhata.doors.portal.photos import ACCEPT
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_files import FilesField


class PhotosField(FilesField):
    """Photos. What is taken of them is told from their bytes, by the page that has read them (photos.py)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(accept=ACCEPT, **kwargs)


def trap() -> forms.CharField:
    """The field ``website``: people leave it empty because they do not see it; machines fill in everything."""
    return forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )


class TrappingForm(TakesErrors):
    """A form that everybody can reach, with a trap for machines as its field ``website``."""

    def clean_website(self) -> str:
        """Nothing is thrown away silently: a person whose browser filled it in is told."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please empty the last field and send it again."))
        return ""


class ComplaintForm(TrappingForm):
    """What happened, and how we can answer. Only the text and one way back are needed."""

    text = forms.CharField(
        label=_("What happened?"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write what happened.")},
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=60,
        required=False,
        help_text=_("Bengali or English digits. A phone number or an e-mail address is needed, so that we can answer."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email", "autocapitalize": "none"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    category = forms.ModelChoiceField(
        label=_("What is it about?"), queryset=Category.objects.filter(is_active=True), required=False,
        empty_label=_("Choose, if you like"),
    )  # fmt: skip
    serial = forms.CharField(
        label=_("Serial number of the product"), max_length=60, required=False,
        help_text=_("It stands on the sticker or on the bill."),
    )  # fmt: skip
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("The fault, the bill. At most five, JPEG, PNG or WebP, 10 MB each."),
    )
    website = trap()
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
