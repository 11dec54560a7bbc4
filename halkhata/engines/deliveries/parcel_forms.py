"""Forms of parcels and couriers."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier
from halkhata.engines.deliveries.parcel_choices import ParcelEventKind
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import MomentField


class GiveForm(TakesErrors):
    """Which courier carries it, and the number on its slip."""

    courier = forms.ModelChoiceField(label=_("Courier"), queryset=Courier.objects.none(), empty_label=_("Choose…"))
    number = forms.CharField(label=_("Number on the courier's slip"), max_length=60)
    what = forms.CharField(label=_("What is in it"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "courier", Courier.objects.filter(is_active=True))


class EventForm(TakesErrors):
    """What happened to a parcel, as somebody heard it."""

    kind = forms.ChoiceField(label=_("What happened"), choices=[("", _("Choose…")), *ParcelEventKind.choices])
    happened_at = MomentField(label=_("When"))
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    reason = forms.CharField(label=_("Why, when it could not be delivered"), max_length=200, required=False)
    # The same form sent twice is one event.
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("happened_at", timezone.localtime(now()))
        super().__init__(*args, **kwargs)


class CourierForm(TakesErrors):
    """One courier."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    tracking_address = forms.CharField(
        label=_("Web address for following a parcel"),
        max_length=300,
        required=False,
        help_text=_("With {number} where the parcel's number goes, as in https://courier.example.com/track/{number}"),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class SilenceForm(TakesErrors):
    """When a parcel counts as silent."""

    silent_days = NumberField(
        label=_("Days without news"), lowest=0, highest=60, help_text=_("With 0 nobody is told of silence.")
    )


class EventFileForm(TakesErrors):
    """A courier's file."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


class DropForm(TakesErrors):
    """Why a message is put aside."""

    note = forms.CharField(label=_("Why"), max_length=200)
