"""Forms of the service desk. They read what was typed; the rules live in the services."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import (
    AnsweredHow,
    CancelReason,
    HandedHow,
    JobState,
    LineKind,
    Payer,
    PhotoWhen,
)
from halkhata.desks.service.models import ServiceJob
from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.models import Goodwill
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import AmountField, MomentField, day_input
from halkhata.foundation.core.form_files import PhotosField
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.models import Product
from halkhata.records.warranty.models import Coupon

CHOOSE = ("", _("Choose…"))


class PersonField(forms.ModelChoiceField):
    """A member of staff, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), required=False, empty_label=_("Nobody yet"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return str(obj.name)


class ReadingField(forms.CharField):
    """What the meter shows, in Bengali or Latin digits; None when it is left empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(required=False, max_length=12, **kwargs)

    def clean(self, value: Any) -> int | None:
        """The number."""
        text = fold_digits(clean_text(super().clean(value))).replace(",", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise forms.ValidationError(_("Write the reading as a whole number."))
        return int(text)


class CardPartForm(TakesErrors):
    """One of several forms on a page: its controls have ids of their own."""

    own_ids = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.own_ids:
            kwargs.setdefault("auto_id", f"id_{self.own_ids}_%s")
        super().__init__(*args, **kwargs)


class IntakeForm(TakesErrors):
    """What is written down at the gate; only the customer's words are required."""

    complaint = forms.CharField(
        label=_("What does the customer say?"), max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True, "data-keep": "new-job"}),
        error_messages={"required": _("Write what the customer says, in the customer's words.")},
    )  # fmt: skip
    reading = ReadingField(label=_("What the meter shows"))
    accessories = forms.CharField(
        label=_("What was left with it"), required=False, max_length=2_000,
        help_text=_("One on each line, or with commas: charger, key, remote."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    condition_note = forms.CharField(
        label=_("What it looks like"), required=False, max_length=2_000,
        help_text=_("Scratches, dents, missing parts."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    promised_for = MomentField(label=_("Promised for"), required=False)
    technician = PersonField(label=_("Technician"))
    photos = PhotosField(label=_("Photos of how it came"), accept="image/*")
    token = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, people: Any, has_meter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "technician", people)
        if not has_meter:
            del self.fields["reading"]

    def clean_accessories(self) -> list[str]:
        """The things one by one."""
        text = self.cleaned_data["accessories"].replace(",", "\n").replace("،", "\n")
        return [one for one in (clean_text(line, max_length=120) for line in text.splitlines()) if one]


class VersionForm(CardPartForm):
    """A form that says which version of the card its writer saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StepForm(VersionForm):
    """One press: the next state; with what was found, when that is asked for."""

    state = forms.ChoiceField(label=_("State"), choices=JobState.choices)
    diagnosis = forms.CharField(
        label=_("What was found"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CardForm(VersionForm):
    """Who works on it, and what was found."""

    own_ids = "card"

    technician = PersonField(label=_("Technician"))
    diagnosis = forms.CharField(
        label=_("What was found"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "technician", people)


class LineForm(VersionForm):
    """A part, labour or a visit. Without a payer the warranty decides."""

    own_ids = "line"

    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices)
    text = forms.CharField(label=_("What"), max_length=200)
    quantity = AmountField(label=_("Quantity"), required=False, initial="1")
    unit_price = AmountField(label=_("Price"), required=False)
    discount = AmountField(label=_("Discount"), required=False)
    cost = AmountField(label=_("What it costs us"), required=False)
    component = forms.ChoiceField(label=_("Component of the warranty"), required=False)
    model_code = forms.CharField(
        label=_("Model code of the part, if it stands in the price list"), required=False, max_length=60
    )
    from_stock = forms.BooleanField(label=_("Take it from the shelf"), required=False)
    payer = forms.ChoiceField(
        label=_("Who pays"), required=False, choices=[("", _("As the warranty says")), *Payer.choices]
    )
    rule = forms.CharField(label=_("Why, if other than the warranty says"), required=False, max_length=300)
    coupon = forms.ModelChoiceField(
        label=_("Free service"), queryset=Coupon.objects.none(), required=False, empty_label=_("None")
    )
    goodwill = forms.ModelChoiceField(
        label=_("Goodwill"), queryset=Goodwill.objects.none(), required=False, empty_label=_("None")
    )
    amc_ref = forms.CharField(label=_("Number of the service contract"), required=False, max_length=40)
    faulty_serial = forms.CharField(label=_("Number of the faulty part"), required=False, max_length=60)
    replacement_serial = forms.CharField(label=_("Number of the new part"), required=False, max_length=60)

    def __init__(self, *args: Any, job: ServiceJob, components: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "component", [("", _("The whole unit")), *components])
        offer_records(self, "coupon", Coupon.objects.filter(unit=job.unit_id).order_by("round", "number"))
        given = Goodwill.objects.filter(customer=job.customer_id, state=GoodwillState.GRANTED)
        offer_records(self, "goodwill", given.order_by("-pk"))

    def clean_model_code(self) -> Product | None:
        """The product of that model code; None for none."""
        code = clean_text(self.cleaned_data["model_code"], max_length=60)
        if not code:
            return None
        found = Product.objects.filter(model_code__iexact=code, is_active=True).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(_("There is no such model in the price list."))
        return found


class EstimateForm(VersionForm):
    """A word with the estimate."""

    own_ids = "estimate"

    note = forms.CharField(
        label=_("A word with it"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AnswerForm(VersionForm):
    """What the customer said, and how."""

    own_ids = "answer"

    approves = forms.ChoiceField(
        label=_("Answer"), choices=[("1", _("Approved")), ("0", _("Refused"))], widget=forms.RadioSelect
    )
    how = forms.ChoiceField(
        label=_("How"), choices=[choice for choice in AnsweredHow.choices if choice[0] != AnsweredHow.LINK]
    )
    answered_by = forms.CharField(label=_("Who answered"), max_length=120)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class PartForm(VersionForm):
    """A part that is not here."""

    own_ids = "part"

    name = forms.CharField(label=_("Spare part"), max_length=200)
    quantity = NumberField(label=_("Quantity"), lowest=1, initial="1")
    eta_on = forms.DateField(label=_("Expected on"), widget=day_input())
    supplier = forms.CharField(label=_("Asked from"), required=False, max_length=120)
    order_ref = forms.CharField(label=_("Order number"), required=False, max_length=60)
    waits = forms.BooleanField(label=_("The job waits for it"), required=False, initial=True)


class EtaForm(TakesErrors):
    """Another day for a part."""

    eta_on = forms.DateField(label=_("Expected on"), widget=day_input())


class PhotoForm(CardPartForm):
    """Photos for the card."""

    own_ids = "photo"

    photos = PhotosField(accept="image/*")
    taken_when = forms.ChoiceField(label=_("When"), choices=PhotoWhen.choices, initial=PhotoWhen.BENCH)
    note = forms.CharField(label=_("Note"), required=False, max_length=120)


class DateForm(CardPartForm):
    """A date for a job that has none."""

    own_ids = "date"

    promised_for = MomentField(label=_("Promised for"))


class CancelForm(VersionForm):
    """Why it is not done."""

    own_ids = "cancel"

    reason = forms.ChoiceField(label=_("Why"), choices=[CHOOSE, *CancelReason.choices])
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class HandoverForm(VersionForm):
    """Who fetches it, and how that is shown."""

    own_ids = "hand"

    how = forms.ChoiceField(
        label=_("Proof"), choices=HandedHow.choices, initial=HandedHow.SIGNATURE, widget=forms.RadioSelect
    )
    taken_by = forms.CharField(label=_("Handed to"), max_length=120)
    relation = forms.CharField(label=_("Who that is to the customer"), required=False, max_length=120)
    typed_code = forms.CharField(
        label=_("Code"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    typed_name = forms.CharField(label=_("Name typed by the customer as a signature"), required=False, max_length=120)
    strokes = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput)
    accessories_back = forms.BooleanField(label=_("Everything that was left with it is given back"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def clean_strokes(self) -> Any:
        """The drawn signature as lists of points; [] for anything else."""
        try:
            return json.loads(self.cleaned_data["strokes"] or "[]")
        except ValueError:
            return []


class ServiceRulesForm(TakesErrors):
    """The rules of the desk."""

    told_states = forms.MultipleChoiceField(
        label=_("At which steps the customer gets a message"), required=False, choices=JobState.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    estimate_days = NumberField(label=_("Days an estimate holds"), lowest=1, highest=60)
    buffer_hours = NumberField(label=_("Hours before the promised time when we are warned"), highest=240)
    asks_satisfaction = forms.BooleanField(
        label=_("Ask customers on the next working day whether they are content"), required=False
    )
