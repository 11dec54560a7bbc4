"""The form of a customer's clock."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.forms.records import RecordForm, TextField


class ClockField(forms.TimeField):
    """A time of day, asked for by the device's own picker."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class HoursForm(RecordForm):
    """Zone and hours."""

    use_required_attribute = False

    time_zone = TextField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Only for who lives elsewhere, such as Asia/Dubai. Empty: by the address, then by the number."),
    )
    earliest = ClockField()
    latest = ClockField()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["earliest"].label = _("May be reached from")
        self.fields["latest"].label = _("until")
