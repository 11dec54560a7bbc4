"""One more number or address of a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.forms.duplicates import DuplicateQuestion
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.contacts import read_contact, region_of


class ContactPointForm(DuplicateQuestion, RecordForm):
    """One more number or address of a customer."""

    typed = TextField(
        label=_("Phone number or e-mail"),
        required=True,
        max_length=254,
        error_messages={"required": _("Type a phone number or an e-mail address.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    label = TextField(label=_("Whose or where?"), max_length=60, help_text=_("For instance: wife, shop, office."))
    primary = forms.BooleanField(label=_("Use this one first"), required=False)

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.customer = customer

    @property
    def kind(self) -> str:
        """An @ makes it an address."""
        return (ContactKind.EMAIL if "@" in self.cleaned_data["typed"] else ContactKind.PHONE).value

    def clean(self) -> dict[str, Any]:
        """Read it, and look for others who have it."""
        cleaned = super().clean() or self.cleaned_data
        if "typed" not in cleaned:
            return cleaned
        try:
            contact = read_contact(
                kind=self.kind,
                typed=cleaned["typed"],
                region=region_of(self.customer.branch, self.user),
                field="typed",
            )
        except DomainError as error:
            self.take_error(error)
        else:
            self.ask_about_duplicates(self.user, [contact], except_for=self.customer)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Arguments for add_contact_point."""
        names = ("typed", "label", "primary")
        values = {name: self.cleaned_data[name] for name in names}
        return {**values, "kind": self.kind, "confirm_duplicate": self.confirmed, "family_of": self.family_of}
