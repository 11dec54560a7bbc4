"""Writing a customer down, and changing the record."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.countries import HOME
from halkhata.records.customers.forms.duplicates import DuplicateQuestion
from halkhata.records.customers.forms.profile import ProfileFields
from halkhata.records.customers.forms.records import TextField
from halkhata.records.customers.models import Customer, Organization
from halkhata.records.customers.selectors.papers import marks_typed
from halkhata.records.customers.services.addresses import ADDRESS_FIELDS, address_values
from halkhata.records.customers.services.contacts import read_contacts, region_of
from halkhata.records.customers.services.names import NAME_LENGTH, place_names


def _country_of(customer: Customer) -> str:
    return customer.branch.country if customer.branch else HOME


class CustomerForm(ProfileFields):
    """Changing a customer's own record."""

    version = TextField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(customer: Customer) -> dict[str, Any]:
        """The record as the form shows it."""
        names = ("name_bn", "name_en", "language", "honorific", "preferred_channel", "preferred_hours")
        addresses = list(customer.addresses.all())
        return {
            **{name: getattr(customer, name) for name in (*names, "organization_role", "note", "version")},
            "organization_name": str(customer.organization or ""),
            "branch": str(customer.branch_id or ""),
            "country": addresses[0].country if addresses else _country_of(customer),
            **address_values(addresses[0] if addresses else None),
        }

    def after_conflict(self, current: Customer, error: Conflict) -> "CustomerForm":
        """The form with everything that was typed, the new version, and what the other person left in the record."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(current.version)
        form = CustomerForm(data, user=self.user, customer=current)
        form.show_theirs(self.initial_of(current), error)
        return form


class NewCustomerForm(DuplicateQuestion, ProfileFields):
    """Writing a customer down: a name or a number is enough."""

    phone = TextField(
        label=_("Phone"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = TextField(
        label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"})
    )

    @staticmethod
    def initial_from(query: QueryDict, user: User) -> dict[str, Any]:
        """What the address of the page brings: phone, email, name, organization (its id)."""
        name = clean_text(query.get("name"), max_length=NAME_LENGTH)
        name_bn, name_en = place_names(name, "")
        initial = {
            "name_bn": name_bn,
            "name_en": name_en,
            "phone": clean_text(query.get("phone"), max_length=200),
            "email": clean_text(query.get("email"), max_length=254),
            "language": Language.BENGALI.value,
            "branch": str(user.branch_id),
            "country": user.branch.country,
        }
        pk = query.get("organization", "")
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            initial["organization_name"] = str(Organization.objects.visible_to(user).filter(pk=pk).first() or "")
        return initial

    def clean(self) -> dict[str, Any]:
        """Read numbers and addresses, and look for people who have them already."""
        cleaned = super().clean() or self.cleaned_data
        region = region_of(self.chosen_branch, self.user)
        contacts = []
        for phones, emails in (([cleaned.get("phone", "")], []), ([], [cleaned.get("email", "")])):
            try:
                contacts += read_contacts(phones=phones, emails=emails, region=region)
            except DomainError as error:
                self.take_error(error)
        if not (self.errors or contacts or cleaned.get("name_bn") or cleaned.get("name_en")):
            self.add_error(None, _("Write at least a name, a phone number or an e-mail address."))
        if not self.errors:
            names = [cleaned.get("name_bn", ""), cleaned.get("name_en", "")]
            address = {name: cleaned.get(name, "") for name in ADDRESS_FIELDS}
            papers = marks_typed(self.custom_values())
            self.ask_about_duplicates(
                self.user, contacts, person={"names": names, "address": address, "papers": papers}
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """Arguments for create_customer."""
        return {
            **super().values(),
            "phones": [self.cleaned_data["phone"]],
            "emails": [self.cleaned_data["email"]],
            "confirm_duplicate": self.confirmed,
            "family_of": self.family_of,
        }
