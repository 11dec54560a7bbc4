"""What is the same for a new and a known customer."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.fields.forms import CustomFieldsMixin
from halkhata.foundation.fields.selectors.values import read_values
from halkhata.records.customers.choices import Honorific, PreferredChannel
from halkhata.records.customers.countries import country_choices
from halkhata.records.customers.country_packs import DISTRICT
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.models import Address, Customer, Organization
from halkhata.records.customers.own_fields import TARGET, checked_input
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.customers.selectors.places import names_of_places, upazilas_of
from halkhata.records.customers.services.addresses import ADDRESS_FIELDS
from halkhata.records.customers.services.names import NAME_LENGTH

ORGANIZATION_CHOICES = 50


class ProfileFields(CustomFieldsMixin, RecordForm):
    """What is the same for a new and a known customer."""

    name_bn = TextField(label=_("Name in Bengali"), max_length=NAME_LENGTH)
    name_en = TextField(label=_("Name in English"), max_length=NAME_LENGTH)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    honorific = forms.ChoiceField(label=_("Title"), choices=Honorific.choices, required=False)
    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"), choices=[("", _("No preference")), *PreferredChannel.choices], required=False
    )
    preferred_hours = TextField(label=_("Preferred hours"), max_length=80)
    organization_name = TextField(
        label=_("Organization"),
        max_length=NAME_LENGTH,
        help_text=_("A company, school or office. A new name makes a new organization."),
        widget=forms.TextInput(attrs={"list": "organizations", "autocomplete": "off"}),
    )
    organization_role = TextField(label=_("Role there"), max_length=80)
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    line = TextField(label=_("House, road, village"), max_length=Address._meta.get_field("line").max_length)
    landmark = TextField(label=_("Landmark"), max_length=Address._meta.get_field("landmark").max_length)
    upazila = TextField(
        label=_("Upazila or thana"),
        max_length=Address._meta.get_field("upazila").max_length,
        widget=forms.TextInput(attrs={"list": "upazilas", "autocomplete": "off"}),
    )
    district = TextField(
        label=_("District"),
        max_length=Address._meta.get_field("district").max_length,
        widget=forms.TextInput(attrs={"list": "districts", "autocomplete": "off"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    post_code = TextField(
        label=_("Post code"),
        max_length=Address._meta.get_field("post_code").max_length,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    note = TextField(label=_("Note"), multiline=True, max_length=5000)

    _own: ClassVar[tuple[str, ...]] = (
        "name_bn",
        "name_en",
        "language",
        "honorific",
        "preferred_channel",
        "preferred_hours",
        "organization_name",
        "organization_role",
        "note",
    )

    def __init__(self, *args: Any, user: User, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.customer = customer
        self._branches = {str(branch.pk): branch for branch in branches_open_to(user)}
        if customer is not None and customer.branch is not None:
            self._branches.setdefault(str(customer.branch_id), customer.branch)
        branches: list[tuple[str, Any]] = [(key, str(branch)) for key, branch in self._branches.items()]
        if customer is not None and customer.branch is None:
            branches.insert(0, ("", _("No branch")))
        offer_choices(self, "branch", branches)
        if len(branches) < 2:
            del self.fields["branch"]
        language = (get_language() or "en").split("-")[0]
        offer_choices(self, "country", country_choices(language))
        self.place_country = user.branch.country
        recent = Organization.objects.visible_to(user).order_by("-updated_at", "-id")[:ORGANIZATION_CHOICES]
        # Shown as suggestions; any other name may be typed.
        self.organization_names = recent
        for name in ("name_bn", "name_en"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.add_custom_fields(TARGET, user, read_values(TARGET, [customer.pk])[customer.pk] if customer else None)

    def clean(self) -> dict[str, Any]:
        """Ask the shop's own rules, too."""
        cleaned = super().clean() or self.cleaned_data
        self.check_rules(checked_input(self.customer, cleaned))
        return cleaned

    @property
    def district_names(self) -> list[str]:
        """Suggestions: the districts of the branch's country, in the reader's language."""
        return names_of_places(self.place_country, DISTRICT)

    @property
    def upazila_names(self) -> list[str]:
        """Suggestions: the upazilas of the district that stands in the form."""
        return upazilas_of(self.place_country, str(self["district"].value() or ""))

    @property
    def has_more(self) -> bool:
        """Whether the folded part of the form holds something to look at: a mistake, or text that was brought along."""
        folded = ("honorific", "preferred_channel", "preferred_hours", "organization_name", "organization_role", "note")
        names = (*folded, *ADDRESS_FIELDS)
        if self.required_custom or any(bound.errors for bound in self.custom_bound):
            return True
        return any(name in self.errors or self[name].value() for name in names)

    @property
    def chosen_branch(self) -> Branch | None:
        """The branch that was chosen, or the customer's (a new one's: the user's own) when there was no choice."""
        if "branch" in self.fields:
            return self._branches.get(self.cleaned_data.get("branch", ""))
        return self.customer.branch if self.customer else self.user.branch

    def values(self) -> dict[str, Any]:
        """Arguments for the services."""
        values = {name: self.cleaned_data[name] for name in self._own}
        values["branch"] = self.chosen_branch
        values["address"] = {name: self.cleaned_data[name] for name in ADDRESS_FIELDS}
        if self.cleaned_data["country"]:
            values["address"]["country"] = self.cleaned_data["country"]
        values["custom"] = self.custom_values()
        return values
