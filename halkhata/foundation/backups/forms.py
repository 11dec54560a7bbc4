"""The settings of the backups."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.models import BackupSettings
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_fields import EitherDigits
from halkhata.foundation.core.formatting import format_time
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text


class WholeNumber(OwnNumber, EitherDigits, forms.IntegerField):
    """A number in Bengali or Latin digits."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})


class BackupSettingsForm(forms.Form):
    """When, where, and how many are kept."""

    is_on = forms.BooleanField(label=_("Make a backup every night"), required=False)
    hour = forms.TypedChoiceField(label=_("At"), coerce=int)
    folder = forms.CharField(
        label=_("Folder"),
        required=False,
        max_length=500,
        help_text=_("Best on another disk, a USB stick or a network drive. Empty: in the data folder."),
    )
    keep_daily = WholeNumber(label=_("Days to keep"), min_value=1, max_value=90)
    keep_weekly = WholeNumber(label=_("Weeks to keep"), min_value=0, max_value=104)

    def __init__(self, data: Any, *, row: BackupSettings) -> None:
        fields = ("is_on", "hour", "folder", "keep_daily", "keep_weekly")
        super().__init__(data, initial={name: getattr(row, name) for name in fields})
        reader = current_reader()
        hours = [(hour, format_time(time(hour), language=reader.language, digits=reader.digits)) for hour in range(24)]
        offer_choices(self, "hour", hours)

    def clean_folder(self) -> str:
        """Absolute, or empty. What is not writable is said when it is saved."""
        folder = clean_text(self.cleaned_data["folder"], max_length=500)
        if folder and not folder.startswith("/"):
            raise forms.ValidationError(_("Write the whole path, beginning with /."))
        return folder
