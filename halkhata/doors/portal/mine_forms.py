"""Forms of the customer's own products: which serial number, which day."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.selectors.bookings import FreeDay
from halkhata.doors.portal.follow_forms import _Telling
from halkhata.doors.portal.forms import PhotosField
from halkhata.foundation.core.templatetags.halkhata import localdate


class SerialForm(_Telling):
    """A product that does not stand in the list."""

    serial = forms.CharField(
        label=_("Serial number, IMEI or chassis number"), max_length=64,
        help_text=_("It stands on the sticker of the product."),
        error_messages={"required": _("Write the serial number; it stands on the sticker.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class BookForm(_Telling):
    """What is wrong, and on which day it comes."""

    complaint = forms.CharField(
        label=_("What is wrong?"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In your own words: since when, what it does, what you tried."),
        error_messages={"required": _("Write what is wrong, in your own words.")},
    )  # fmt: skip
    wished_on = forms.TypedChoiceField(
        label=_("On which day do you want to bring it?"),
        error_messages={
            "required": _("Choose a day."), "invalid_choice": _("This day is not free any more. Choose another one."),
        },
    )  # fmt: skip
    photos = PhotosField(
        label=_("Photos"), required=False, help_text=_("The fault. At most five, JPEG, PNG or WebP, 10 MB each.")
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, *args: Any, days: Sequence[FreeDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_text = {day.on.isoformat(): day.on for day in days}
        field = self.fields["wished_on"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("Choose…")), *((text, localdate(on)) for text, on in by_text.items())]
        field.coerce = lambda text: by_text[text]
        field.empty_value = None
