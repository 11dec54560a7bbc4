"""Forms of the aftercare desk. They read what was typed; the rules live in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare.choices import CallResult
from halkhata.desks.aftercare.models.rules import MOST_MONTHS, MOST_USAGE
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import day_input
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.models import Brand, Product, ProductKind


class CountField(OwnNumber, forms.CharField):
    """A whole number in Bengali or Latin digits, with or without commas; None when it is left empty."""

    def __init__(self, *, lowest: int = 1, highest: int, **kwargs: Any) -> None:
        self.lowest, self.highest = lowest, highest
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(max_length=12, **{"required": False, **kwargs})

    def clean(self, value: Any) -> int | None:
        """The number."""
        text = fold_digits(clean_text(super().clean(value))).replace(",", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and self.lowest <= int(text) <= self.highest):
            digits = current_reader().digits
            raise forms.ValidationError(
                _("Write a number from %(lowest)s to %(highest)s."),
                params={
                    "lowest": format_number(self.lowest, digits=digits),
                    "highest": format_number(self.highest, digits=digits),
                },
            )
        return int(text)


class DaysField(forms.CharField):
    """Several numbers of days: "60, 30, 7"."""

    def clean(self, value: Any) -> list[int]:
        """The numbers."""
        text = fold_digits(clean_text(super().clean(value))).replace("،", ",")
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
            raise forms.ValidationError(_("Write numbers with commas between them, like 60, 30, 7."))
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """As ``clean`` reads it."""
        return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else value


class CallForm(TakesErrors):
    """How a call ended."""

    result = forms.ChoiceField(label=_("How did the call end?"), choices=CallResult.choices, widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("Day"), required=False, widget=day_input(),
        help_text=_("The day the customer wants to come, or the day to call again."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


class DoneForm(TakesErrors):
    """A recall that another workshop did."""

    note = forms.CharField(
        label=_("Where and by whom was it done?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write where and by whom it was done.")},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_done_%s")
        super().__init__(*args, **kwargs)


class RuleForm(TakesErrors):
    """After how many months, or how much use, which units are due for service."""

    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("Every product")
    )
    brand = forms.ModelChoiceField(
        label=_("Brand"), queryset=Brand.objects.none(), required=False, empty_label=_("Every brand")
    )
    kind = forms.ModelChoiceField(
        label=_("Kind"), queryset=ProductKind.objects.none(), required=False, empty_label=_("Every kind")
    )
    months = CountField(label=_("Months between services"), highest=MOST_MONTHS)
    usage_every = CountField(
        label=_("Use between services"), highest=MOST_USAGE,
        help_text=_("In what the kind of product counts: kilometres, hours, cycles."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "product", Product.objects.filter(is_active=True).select_related("brand"), by_name=True)
        offer_records(self, "brand", Brand.objects.filter(is_active=True), by_name=True)
        offer_records(self, "kind", ProductKind.objects.filter(is_active=True), by_name=True)


class SettingsForm(TakesErrors):
    """How early customers hear of it."""

    before_days = NumberField(label=_("Days before a service is due"), lowest=1, highest=60)
    after_days = NumberField(label=_("Days after it was due"), lowest=1, highest=60)
    coupon_days = NumberField(label=_("Days before a free service is lost"), lowest=1, highest=90)
    renewal_days = DaysField(
        label=_("Days before an extended warranty or contract ends"), max_length=40,
        help_text=_("Numbers with commas between them, like 60, 30, 7."),
    )  # fmt: skip
    sends_texts = forms.BooleanField(
        label=_("Also send an SMS"), required=False,
        help_text=_("In the hours in which customers may get one, never at night."),
    )  # fmt: skip


class RecallForm(TakesErrors):
    """Which units, and what their owners are told."""

    name_bn = forms.CharField(label=_("Name in Bengali"), required=False, max_length=120)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=120)
    company_ref = forms.CharField(label=_("Number of the company"), required=False, max_length=60)
    brand = forms.ModelChoiceField(label=_("Brand"), queryset=Brand.objects.none(), empty_label=_("Choose…"))
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("Every product")
    )
    serial_from = forms.CharField(label=_("First number"), required=False, max_length=60)
    serial_to = forms.CharField(label=_("Last number"), required=False, max_length=60)
    serials = forms.CharField(
        label=_("Or a list of numbers"), required=False, max_length=400_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, or with commas, as the company sent them."),
    )  # fmt: skip
    text_bn = forms.CharField(
        label=_("What owners are told, in Bengali"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    text_en = forms.CharField(
        label=_("What owners are told, in English"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    remedy = forms.CharField(
        label=_("What the workshop does"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    stop_use = forms.BooleanField(label=_("Must not be used until it is done"), required=False)
    sends_texts = forms.BooleanField(label=_("Also send owners an SMS"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "brand", Brand.objects.filter(is_active=True), by_name=True)
        offer_records(self, "product", Product.objects.filter(is_active=True).select_related("brand"), by_name=True)

    @property
    def which(self) -> dict[str, Any]:
        """The part that says which units."""
        return {name: self.cleaned_data[name] for name in ("brand", "product", "serial_from", "serial_to", "serials")}


class CentreForm(TakesErrors):
    """One service centre."""

    name_bn = forms.CharField(label=_("Name in Bengali"), required=False, max_length=120)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=120)
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    district = forms.CharField(label=_("District"), max_length=80)
    upazila = forms.CharField(label=_("Upazila or thana"), required=False, max_length=80)
    address_bn = forms.CharField(label=_("Address in Bengali"), required=False, max_length=200)
    address_en = forms.CharField(label=_("Address in English"), required=False, max_length=200)
    hours_bn = forms.CharField(label=_("Opening hours in Bengali"), required=False, max_length=120)
    hours_en = forms.CharField(label=_("Opening hours in English"), required=False, max_length=120)
    capacity = CountField(label=_("Units a day"), highest=1000)
    brands = forms.ModelMultipleChoiceField(
        label=_("Brands it serves"), queryset=Brand.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all."),
    )  # fmt: skip
    kinds = forms.ModelMultipleChoiceField(
        label=_("Kinds it serves"), queryset=ProductKind.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: all."),
    )  # fmt: skip
    branch = forms.ModelChoiceField(
        label=_("Our own branch"), queryset=Branch.objects.none(), required=False, empty_label=_("A partner")
    )
    is_public = forms.BooleanField(label=_("Shown to customers"), required=False, initial=True)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "brands", Brand.objects.filter(is_active=True), by_name=True)
        offer_records(self, "kinds", ProductKind.objects.filter(is_active=True), by_name=True)
        offer_records(self, "branch", Branch.objects.filter(is_active=True), by_name=True)
