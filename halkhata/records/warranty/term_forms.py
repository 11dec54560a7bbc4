"""The forms of the terms: a version with its components and free services, as rows that need no script."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_choices import offer_records
from halkhata.records.catalog.fields import WholeField
from halkhata.records.catalog.models import Brand, Product, ProductKind
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.warranty.choices import OnTransfer, PolicyKind, Replacement, StartRule
from halkhata.records.warranty.forms import ProductField
from halkhata.records.warranty.models import WarrantyPolicy
from halkhata.records.warranty.services.publishing import Term, Window

SPARE_ROWS = 2


class PolicyForm(RecordForm):
    """Name, match and rules of a version."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    name_bn = TextField(label=_("Name in Bengali"), max_length=120)
    name_en = TextField(label=_("Name in English"), max_length=120)
    kind = forms.ChoiceField(label=_("What it is"), choices=PolicyKind.choices)
    product = ProductField(help_text=_("Leave empty for all products of the brand and kind."))
    brand = forms.ModelChoiceField(label=_("Brand"), queryset=Brand.objects.none(), required=False)
    product_kind = forms.ModelChoiceField(
        label=_("Kind of product"), queryset=ProductKind.objects.none(), required=False
    )
    start_rule = forms.ChoiceField(label=_("Time runs from"), choices=StartRule.choices)
    replacement = forms.ChoiceField(label=_("A replacement unit"), choices=Replacement.choices)
    on_transfer = forms.ChoiceField(label=_("With a new owner it"), choices=OnTransfer.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "product", Product.objects.filter(is_active=True).select_related("brand"))
        offer_records(self, "brand", Brand.objects.filter(is_active=True))
        offer_records(self, "product_kind", ProductKind.objects.filter(is_active=True))


class TermForm(forms.Form):
    """What is said of one component; an empty row counts for nothing."""

    component = TextField(widget=forms.HiddenInput, max_length=30)
    label_bn = TextField(label=_("Component in Bengali"), max_length=80)
    label_en = TextField(label=_("Component in English"), max_length=80)
    months = WholeField(label=_("Months"), required=False)
    usage_limit = WholeField(label=_("Limit of use"), required=False)
    parts = forms.BooleanField(label=_("Spare parts"), required=False, initial=True)
    labour = forms.BooleanField(label=_("Labour"), required=False, initial=True)
    visit = forms.BooleanField(label=_("Visit"), required=False)
    exchange = forms.BooleanField(label=_("Exchange"), required=False)
    exclusions_bn = TextField(label=_("Not covered, in Bengali"), multiline=True, max_length=2000)
    exclusions_en = TextField(label=_("Not covered, in English"), multiline=True, max_length=2000)

    @property
    def is_empty(self) -> bool:
        """Nothing was written into this row."""
        data = self.cleaned_data
        return not (data.get("label_bn") or data.get("label_en") or data.get("months"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("label_bn") or data.get("label_en")) and not data.get("months") and "months" not in self.errors:
            self.add_error("months", _("Write how many months."))
        return data

    def term(self, place: int) -> Term:
        """The row as the service takes it. The first component without a code is the whole unit."""
        data = dict(self.cleaned_data)
        code = data.pop("component") or slugify(data["label_en"])[:30] or ("all" if place == 0 else f"part-{place + 1}")
        return Term(component=code, **data)


class WindowForm(forms.Form):
    """One free service; an empty row counts for nothing."""

    from_days = WholeField(label=_("From day"), required=False)
    to_days = WholeField(label=_("To day"), required=False)
    from_usage = WholeField(label=_("From reading"), required=False)
    to_usage = WholeField(label=_("To reading"), required=False)

    @property
    def is_empty(self) -> bool:
        """Nothing was written into this row."""
        return self.cleaned_data.get("to_days") is None

    def window(self) -> Window:
        """The row as the service takes it."""
        return Window(**{**self.cleaned_data, "from_days": self.cleaned_data.get("from_days") or 0})


TermRows = forms.formset_factory(TermForm, extra=SPARE_ROWS, max_num=20, absolute_max=20)
WindowRows = forms.formset_factory(WindowForm, extra=SPARE_ROWS, max_num=24, absolute_max=24)


def initial_of(policy: WarrantyPolicy | None) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the three forms begin with."""
    if policy is None:
        return {"kind": PolicyKind.BASE}, [{"component": "all"}], []
    values = {
        name: getattr(policy, name)
        for name in ("version", "name_bn", "name_en", "kind", "start_rule", "replacement", "on_transfer")
    } | {name: getattr(policy, f"{name}_id") for name in ("product", "brand", "product_kind")}
    terms = [
        {
            "component": term.component, "label_bn": term.label_bn, "label_en": term.label_en, "months": term.months,
            "usage_limit": term.usage_limit, "parts": term.covers_parts, "labour": term.covers_labour,
            "visit": term.covers_visit, "exchange": term.covers_exchange, "exclusions_bn": term.exclusions_bn,
            "exclusions_en": term.exclusions_en,
        }
        for term in policy.terms.all()
    ]  # fmt: skip
    windows = [
        {name: getattr(one, name) for name in ("from_days", "to_days", "from_usage", "to_usage")}
        for one in policy.coupons.all()
    ]
    return values, terms, windows
