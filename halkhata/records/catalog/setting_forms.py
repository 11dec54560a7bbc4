"""Forms of the settings pages: brands, products, price lists, kinds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch
from halkhata.records.catalog.choices import IdentifierCheck, UsageUnit
from halkhata.records.catalog.days import today
from halkhata.records.catalog.fields import DayField, MoneyField
from halkhata.records.catalog.models import Brand, Product, ProductKind
from halkhata.records.catalog.selectors.products import label_of_product
from halkhata.records.customers.forms.records import RecordForm, TextField

# So many lines a kind's form shows beyond those that are filled in.
EMPTY_LINES = 2


class ByName(forms.ModelChoiceField):
    """One row, by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return label_of_product(obj) if isinstance(obj, Product) else str(obj.name)


class NamedForm(RecordForm):
    """Two names, and whether it is in use."""

    version = TextField(widget=forms.HiddenInput, max_length=10)
    name_bn = TextField(label=_("Name in Bengali"), max_length=120)
    name_en = TextField(label=_("Name in English"), max_length=120)


class BrandForm(NamedForm):
    """A brand."""

    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class ProductForm(NamedForm):
    """A product. A brand that is not there yet is made by its name."""

    brand = ByName(label=_("Brand"), queryset=Brand.objects.none(), required=False, empty_label=_("Choose…"))
    new_brand = TextField(label=_("Or a new brand"), max_length=120)
    kind = ByName(label=_("Kind"), queryset=ProductKind.objects.none(), empty_label=_("Choose…"))
    model_code = TextField(label=_("Model"), max_length=60)
    price = MoneyField(label=_("Price from today"), required=False)
    is_active = forms.BooleanField(
        label=_("Is sold"), required=False, initial=True, help_text=_("A product that is not sold keeps its units.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("brand", Brand.objects.filter(is_active=True)),
            ("kind", ProductKind.objects.filter(is_active=True)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """One of the two ways to name a brand."""
        data = super().clean() or self.cleaned_data
        if not data.get("brand") and not data.get("new_brand") and "brand" not in self.errors:
            self.add_error("brand", _("Choose a brand, or write a new one."))
        return data


class PriceListForm(NamedForm):
    """A price list."""

    branch = ByName(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("Every branch"),
        help_text=_("A branch's own list goes before the list of every branch."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Branch.objects.filter(is_active=True)


class PriceForm(RecordForm):
    """What one product costs from a day on."""

    product = ByName(label=_("Product"), queryset=Product.objects.none(), empty_label=_("Choose…"))
    amount = MoneyField(label=_("Price"))
    valid_from = DayField(label=_("Valid from"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": today()})
        super().__init__(*args, **kwargs)
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Product.objects.filter(is_active=True).select_related("brand")


class KindForm(NamedForm):
    """A kind of product with the numbers and details of its units, a line for each."""

    usage_unit = forms.ChoiceField(
        label=_("Use is counted in"), choices=[("", _("Not counted")), *UsageUnit.choices], required=False
    )
    notice_bn = TextField(label=_("Notice in Bengali"), max_length=300, multiline=True)
    notice_en = TextField(
        label=_("Notice in English"), max_length=300, multiline=True,
        help_text=_("Shown where such a unit is sold and on its page."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, kind: ProductKind | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: dict[str, list[str]] = {"identifiers": [], "extra": []}
        for group in self.lines:
            entries = list(getattr(kind, group)) if kind is not None else []
            for place in range(len(entries) + EMPTY_LINES):
                self._add_line(group, place, entries[place] if place < len(entries) else {})

    def _add_line(self, group: str, place: int, entry: dict[str, Any]) -> None:
        name = f"{group}-{place}"
        self.lines[group].append(name)
        fields: dict[str, forms.Field] = {
            "code": TextField(widget=forms.HiddenInput, max_length=24),
            "label_bn": TextField(label=_("Name in Bengali"), max_length=60),
            "label_en": TextField(label=_("Name in English"), max_length=60),
        }
        if group == "identifiers":
            fields["required"] = forms.BooleanField(label=_("Must be written"), required=False)
            fields["check"] = forms.ChoiceField(
                label=_("Check"), choices=[("", _("None")), *IdentifierCheck.choices], required=False
            )
        for part, field in fields.items():
            field.initial = entry.get(part)
            self.fields[f"{name}-{part}"] = field

    def line_fields(self, group: str) -> list[list[forms.BoundField]]:
        """The bound fields of each line, for the page."""
        return [[self[f] for f in self.fields if f.startswith(f"{name}-")] for name in self.lines[group]]

    @property
    def identifier_lines(self) -> list[list[forms.BoundField]]:
        """Lines of the numbers."""
        return self.line_fields("identifiers")

    @property
    def extra_lines(self) -> list[list[forms.BoundField]]:
        """Lines of the further details."""
        return self.line_fields("extra")

    def entries(self, group: str) -> list[dict[str, Any]]:
        """What was written on the lines."""
        data = self.cleaned_data
        return [
            {f.removeprefix(f"{name}-"): data[f] for f in self.fields if f.startswith(f"{name}-")}
            for name in self.lines[group]
        ]
