"""Forms about units: what the list is narrowed to, a reading, a transfer, a correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.days import today
from halkhata.records.catalog.fields import DayField, WholeField
from halkhata.records.catalog.identifiers import LONGEST_BATCH, doubts_about, label_of
from halkhata.records.catalog.models import Product, Unit
from halkhata.records.catalog.selectors.listing import UnitFilters
from halkhata.records.catalog.selectors.products import label_of_product
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.policies import branches_open_to

FILTER_CHOICES = 200
QUIET = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


def whole_number(text: str | None) -> int | None:
    """An id from an address, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


class UnitFilterForm(forms.Form):
    """What the list of units is narrowed to."""

    q = TextField(label=_("Number or a part of one"), max_length=60)
    state = forms.ChoiceField(label=_("State"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)
    # Asked only where there are more products than the list above can offer.
    named = TextField(label=_("Product: a part of its name"), max_length=60)
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    owner = TextField(widget=forms.HiddenInput, max_length=18)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products, has_more = self._products()
        if not has_more:
            del self.fields["named"]
        branches = list(branches_open_to(user)[:FILTER_CHOICES])
        states = [("", _("All")), *UnitState.choices, ("ownerless", _("Sold, without an owner"))]
        for name, choices in (
            ("state", states),
            ("product", [("", _("All")), *((str(one.pk), label_of_product(one)) for one in products)]),
            ("branch", [("", _("All")), *((str(one.pk), one.name) for one in branches)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if len(branches) < 2:
            del self.fields["branch"]

    def _products(self) -> tuple[list[Product], bool]:
        """What is offered, and whether there is more; the one that the address names is always among it."""
        rows = Product.objects.select_related("brand").order_by("folded")
        found = list(rows[: FILTER_CHOICES + 1])
        products, has_more = found[:FILTER_CHOICES], len(found) > FILTER_CHOICES
        asked = whole_number(self.data.get("product")) if has_more else None
        if asked is not None and all(one.pk != asked for one in products):
            products += rows.filter(pk=asked)
        return products, has_more

    def filters(self) -> UnitFilters:
        """The filters; what is no choice counts for nothing."""
        self.is_valid()
        data = self.cleaned_data
        state = data.get("state", "")
        return UnitFilters(
            text=data.get("q", ""),
            state="" if state == "ownerless" else state,
            without_owner=state == "ownerless",
            product_id=whole_number(data.get("product")),
            product_name=data.get("named", ""),
            branch_id=whole_number(data.get("branch")),
            owner_id=whole_number(data.get("owner")),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything is narrowed."""
        return any(self.cleaned_data.values()) if hasattr(self, "cleaned_data") else False


class ReadingForm(RecordForm):
    """What the meter shows."""

    value = WholeField(label=_("Reading"), error_messages={"required": _("Write what the meter shows.")})
    read_on = DayField(label=_("Read on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"read_on": today()})
        super().__init__(*args, **kwargs)


class TransferForm(RecordForm):
    """To whom, from which day, and how the registered owner agreed."""

    who = TextField(
        label=_("New owner: phone or name"),
        max_length=120,
        required=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Write the new owner's phone number or name.")},
    )
    chosen = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)
    on = DayField(label=_("From"))
    consent = TextField(
        label=_("How did the registered owner agree?"),
        max_length=300,
        help_text=_("For instance: signed letter kept in the file, or confirmed from the registered phone number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": today()})
        super().__init__(*args, **kwargs)
        self.fields["chosen"].widget = forms.HiddenInput()


class CorrectionForm(RecordForm):
    """The numbers and further details of a unit, as its kind asks for them."""

    version = TextField(widget=forms.HiddenInput, max_length=10)
    confirmed = forms.BooleanField(label=_("The numbers are right as they stand here"), required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        known = {one.kind: one.value for one in unit.identifiers.all()}
        kwargs.setdefault("initial", {"version": str(unit.version)})
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.doubts: dict[str, str] = {}
        add_unit_fields(self, unit.product.kind, known, unit.extra, unit.batch)
        self.fields["confirmed"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Ask once when a check digit does not fit."""
        data = super().clean() or self.cleaned_data
        self.doubts = doubts_about(self.unit.product.kind, identifiers_in(data))
        before = {one.kind: one.value for one in self.unit.identifiers.all()}
        self.doubts = {
            code: words for code, words in self.doubts.items() if before.get(code) != data.get(f"identifier_{code}")
        }
        ask_about_doubts(self, self.doubts)
        return data


def add_unit_fields(
    form: forms.Form,
    kind: Any,
    known: dict[str, str] | None = None,
    extra: dict[str, str] | None = None,
    batch: str | None = None,
) -> None:
    """Give a form the fields that the kind of product asks for."""
    for entry in kind.identifiers:
        code = str(entry["code"])
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        if entry.get("check"):
            attrs["inputmode"] = "numeric"
        form.fields[f"identifier_{code}"] = TextField(
            label=label_of(entry),
            max_length=60,
            required=bool(entry.get("required")),
            initial=(known or {}).get(code, ""),
            widget=forms.TextInput(attrs=attrs),
            error_messages={"required": _("Write the %(label)s.") % {"label": label_of(entry)}},
        )
    if kind.makes_units:
        form.fields["batch"] = TextField(
            label=_("Batch or lot"),
            max_length=LONGEST_BATCH,
            initial=batch or "",
            help_text=_("As it stands on the box. Returns are counted by it."),
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            ),
        )
    for entry in kind.extra:
        code = str(entry["code"])
        form.fields[f"extra_{code}"] = TextField(
            label=label_of(entry), max_length=120, initial=(extra or {}).get(code, "")
        )


def identifiers_in(data: dict[str, Any]) -> dict[str, str]:
    """Code -> what was typed for each identifier."""
    return {name.removeprefix("identifier_"): value for name, value in data.items() if name.startswith("identifier_")}


def extra_in(data: dict[str, Any]) -> dict[str, str]:
    """Code -> what was typed for each further field."""
    return {name.removeprefix("extra_"): value for name, value in data.items() if name.startswith("extra_")}


def ask_about_doubts(form: forms.Form, doubts: dict[str, str]) -> None:
    """Show each doubt at its field and offer to confirm; once confirmed there is nothing to ask."""
    if not doubts:
        return
    form.fields["confirmed"].widget = forms.CheckboxInput()
    if form.cleaned_data.get("confirmed"):
        return
    for code, words in doubts.items():
        form.add_error(f"identifier_{code}", words)
    form.add_error("confirmed", _("Look at the number again. If it is right, tick this and save."))
