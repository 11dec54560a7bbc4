"""The form of a sale at the counter: who, what, its numbers; all else is filled in or may stay empty (US-05)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.days import today
from halkhata.records.catalog.fields import DayField, MoneyField, WholeField
from halkhata.records.catalog.identifiers import doubts_about
from halkhata.records.catalog.models import Product, Unit
from halkhata.records.catalog.selectors.prices import price_in_force
from halkhata.records.catalog.selectors.products import find_products, label_of_product
from halkhata.records.catalog.selectors.who import NEW, Found, line_of
from halkhata.records.catalog.services.purchases import NewLine
from halkhata.records.catalog.unit_forms import add_unit_fields, ask_about_doubts, extra_in, identifiers_in
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.models import Customer

MOST_NAMED = 5


class SaleForm(RecordForm):
    """Customer, product, and then the fields that the kind of product asks for."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)
    who = TextField(
        label=_("Customer: phone or name"),
        max_length=120,
        required=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Write the customer's phone number or name.")},
    )
    chosen = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)
    also = TextField(
        label=_("New customer: the name, or the phone number"),
        max_length=120,
        help_text=_("Whichever you did not write above."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    product = TextField(
        label=_("Product"),
        max_length=200,
        required=True,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
        error_messages={"required": _("Choose what was sold.")},
    )
    quantity = WholeField(label=_("Pieces"), required=False)
    price = MoneyField(label=_("Price"), required=False)
    discount = MoneyField(label=_("Discount"), required=False)
    memo = TextField(label=_("Memo number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    bought_on = DayField(label=_("Date"), required=False)
    confirmed = forms.BooleanField(label=_("The numbers are right as they stand here"), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        customer: Customer | None = None,
        product: Product | None = None,
        unit: Unit | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.customer, self.found_product = user, customer, product
        for name in ("chosen", "confirmed"):
            self.fields[name].widget = forms.HiddenInput()
        if customer is not None:
            del self.fields["who"], self.fields["chosen"], self.fields["also"]
        self.fields["bought_on"].initial = today()
        if product is None:
            del self.fields["quantity"]
            return
        known = {one.kind: one.value for one in unit.identifiers.all()} if unit is not None else {}
        add_unit_fields(self, product.kind, known, unit.extra if unit is not None else None,
                        unit.batch if unit is not None else None)  # fmt: skip
        if product.kind.makes_units:
            del self.fields["quantity"]
        else:
            self.fields["quantity"].initial = "1"
        self.price_in_force = price_in_force(product, on=today(), branch=user.branch)
        if self.price_in_force is not None:
            self.fields["price"].initial = f"{self.price_in_force.amount:f}"

    @property
    def unit_fields(self) -> list[forms.BoundField]:
        """The fields of the kind of product: its numbers."""
        return [self[name] for name in self.fields if name.startswith("identifier_")]

    @property
    def extra_fields(self) -> list[forms.BoundField]:
        """And its further details."""
        return [self[name] for name in self.fields if name == "batch" or name.startswith("extra_")]

    def focus_on_product(self) -> None:
        """Put the cursor where the product's own fields begin: for the part that comes once the product is chosen."""
        first = next((name for name in self.fields if name.startswith("identifier_")), "price")
        self.fields[first].widget.attrs["autofocus"] = True

    def offer_people(self, found: Found) -> None:
        """Ask which of these it is; a new customer is the last answer."""
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = forms.RadioSelect()
        field.choices = [
            *((str(one.pk), line_of(self.user, one)) for one in found.offered),
            (NEW, _("None of them: a new customer")),
        ]

    def ask_again(self) -> None:
        """The number is that of somebody whom the seller cannot see: sold to another person only when that is said."""
        self.offer_people(Found([]))
        self.add_error(
            "chosen",
            _("Somebody whom you cannot see has this number. If the buyer is another person, choose that and save."),
        )

    def ask_whose_unit(self, error: DomainError) -> None:
        """A number of the unit is somebody's already: is it the buyer? Whom the seller cannot see is not offered."""
        self.offer_people(Found([match.customer for match in error.data["matches"] if not match.is_hidden]))
        words = _("%(what)s Choose that customer, or say that the buyer is another person and save.")
        self.add_error("chosen", words % {"what": error.message})

    def clean(self) -> dict[str, Any]:
        """What one field alone cannot know: product, price, doubts about a check digit."""
        data = super().clean() or self.cleaned_data
        product = self.found_product
        if product is None:
            if data.get("product"):
                self.add_error("product", self._which_product(data["product"]))
            return data
        if data.get("price") is None and "price" not in self.errors:
            known = price_in_force(product, on=data.get("bought_on") or today(), branch=self.user.branch)
            if known is not None:
                data["price"] = known.amount
            else:
                self.add_error("price", _("No list has a price for this product: write it."))
        ask_about_doubts(self, doubts_about(product.kind, identifiers_in(data)))
        return data

    def _which_product(self, typed: str) -> Any:
        several = find_products(typed, MOST_NAMED + 1)
        if not several:
            return _("There is no such product. Choose one of the list.")
        return _("Which one? %(names)s") % {"names": ", ".join(label_of_product(one) for one in several[:MOST_NAMED])}

    def line(self) -> NewLine:
        """The line of the memo; call when the form is valid."""
        product, data = self.found_product, self.cleaned_data
        assert product is not None
        return NewLine(
            product=product,
            identifiers=identifiers_in(data) if product.kind.makes_units else None,
            quantity=1 if product.kind.makes_units else (data.get("quantity") or 1),
            unit_price=data["price"],
            discount=data.get("discount") or Decimal(0),
            extra=extra_in(data),
            batch=data.get("batch", ""),
        )


class ReverseForm(RecordForm):
    """Why a sale is taken back."""

    reason = TextField(
        label=_("Why is it taken back?"),
        max_length=300,
        required=True,
        error_messages={"required": _("Write why the sale is taken back.")},
    )
