"""Forms of the customer pages. Plain text inputs everywhere: Bengali digits and pasted spellings are welcome."""

from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.bengali_order import sort_key
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.forms import CustomFieldsMixin, filter_field
from halkhata.foundation.fields.selectors.schema import CustomField, schema_of
from halkhata.foundation.fields.selectors.values import read_values
from halkhata.foundation.fields.services.values import PREFIX
from halkhata.records.customers.choices import ContactKind, Honorific, PreferredChannel, Relation
from halkhata.records.customers.countries import HOME, country_choices
from halkhata.records.customers.country_packs import DISTRICT, UPAZILA, pack_of
from halkhata.records.customers.merging.nearby import similar_to
from halkhata.records.customers.models import Address, Customer, Organization
from halkhata.records.customers.own_fields import TARGET, checked_input
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.customers.selectors.customers import CustomerFilters
from halkhata.records.customers.selectors.duplicates import DuplicateMatch, find_duplicates
from halkhata.records.customers.selectors.households import share_household
from halkhata.records.customers.services.addresses import ADDRESS_FIELDS, address_values
from halkhata.records.customers.services.contacts import ReadContact, read_contact, read_contacts, region_of
from halkhata.records.customers.services.names import NAME_LENGTH, place_names

ORGANIZATION_CHOICES = 50
FILTER_CHOICES = 200


class TextField(forms.CharField):
    """Text through the one gate: NFC, no invisible characters, tidy spaces."""

    def __init__(self, *, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        if multiline:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        options.setdefault("required", False)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return clean_text(value if isinstance(value, str) else "", multiline=self.multiline)


class UnmaskForm(forms.Form):
    """Which field to show, and why."""

    use_required_attribute = False

    field = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = TextField(label=_("Why (if you like)"), max_length=200)


class RecordForm(TakesErrors):
    """A form whose service may refuse: the error comes to its field, and nothing typed is lost."""

    # What the record holds now, where it differs from what was typed: [(label, value)]. Set after a conflict.
    theirs: list[tuple[Any, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs = []

    @property
    def seen_version(self) -> int:
        """The version of the record that the person saw when the form was opened; 0 for none."""
        text = self.cleaned_data.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def show_theirs(self, current: dict[str, Any], error: Conflict) -> None:
        """After a conflict: say so, and keep what stands in the record now, for the fields that differ."""
        if self.is_valid():
            for name, value in current.items():
                if name in self.fields and name != "version" and (value or "") != (self.cleaned_data.get(name) or ""):
                    shown = dict(getattr(self.fields[name], "choices", ())).get(value, value)
                    self.theirs.append((self.fields[name].label, str(shown or "—")))
        self.add_error(None, str(error.message))


class DuplicateQuestion(forms.Form):
    """The part of a form that asks what is meant when a number or address is known already (US-02, AC 4)."""

    FAMILY, OTHER = "family", "other"

    duplicate_choice = forms.ChoiceField(
        label=_("What is right?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (FAMILY, _("A family member: they share this number or address")),
            (OTHER, _("Somebody else: write down anyway")),
        ],
    )
    duplicate_reason = TextField(label=_("Why is it somebody else?"), max_length=200)
    # Whom the person saw when choosing: a match that came later is shown first.
    duplicate_seen = TextField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches: list[DuplicateMatch] = []
        self.confirmed = ""
        # Who shares the number as a relative: the two become one household.
        self.family_of: Customer | None = None

    def ask_about_duplicates(
        self,
        actor: User,
        contacts: list[ReadContact],
        except_for: Customer | None = None,
        person: dict[str, Any] | None = None,
    ) -> None:
        """Look for people with these contacts; without an answer for exactly them the form is not valid.

        ``person`` (names, address) asks besides who looks like the one who is being written down (A56.5).
        """
        self.matches = find_duplicates(
            actor,
            phones=[contact.value for contact in contacts if contact.kind == ContactKind.PHONE],
            emails=[contact.value for contact in contacts if contact.kind == ContactKind.EMAIL],
            except_for=except_for,
        )
        shares_contact = bool(self.matches)
        if not self.matches and person is not None:
            phones = [contact.value for contact in contacts if contact.kind == ContactKind.PHONE]
            emails = [contact.value for contact in contacts if contact.kind == ContactKind.EMAIL]
            self.matches = similar_to(actor, phones=phones, emails=emails, **person)
        if not self.matches:
            return
        if except_for is not None and share_household(except_for, (match.customer.pk for match in self.matches)):
            self.matches = []
            return
        seen = ",".join(str(match.customer.pk) for match in self.matches)
        choice = self.cleaned_data.get("duplicate_choice")
        if self.cleaned_data.get("duplicate_seen") != seen:
            choice = ""
        if isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data["duplicate_seen"] = seen
        if choice == self.FAMILY:
            self.confirmed = "family member"
            if shares_contact:
                self.family_of = next((match.customer for match in self.matches if not match.is_hidden), None)
        elif choice == self.OTHER and self.cleaned_data.get("duplicate_reason"):
            self.confirmed = self.cleaned_data["duplicate_reason"]
        elif choice == self.OTHER:
            self.add_error("duplicate_reason", _("Write the reason in a few words."))
        else:
            self.add_error(
                None,
                _("Somebody with this number or address is here already. Nothing was saved yet.")
                if shares_contact
                else _("Somebody who looks like the same person is here already. Nothing was saved yet."),
            )


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


def names_of_places(country: str, level: str, within: str = "") -> list[str]:
    """The places of a level, in the reader's language and order; [] for a country without a pack."""
    pack = pack_of(country)
    if pack is None:
        return []
    language = (get_language() or "en").split("-")[0]
    return sorted((place.name(language) for place in pack.under(within, level)), key=sort_key)


def upazilas_of(country: str, district: str) -> list[str]:
    """The upazilas of a district as it was typed; [] while it says none."""
    pack = pack_of(country)
    found = pack.find(DISTRICT, clean_text(district, max_length=80)) if pack else None
    return names_of_places(country, UPAZILA, found.code) if found else []


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


def _country_of(customer: Customer) -> str:
    return customer.branch.country if customer.branch else HOME


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
            self.ask_about_duplicates(self.user, contacts, person={"names": names, "address": address})
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


class RelativeForm(RecordForm):
    """Who lives in the same household."""

    relative = TextField(
        label=_("Phone, customer number or name of the relative"),
        required=True,
        max_length=200,
        error_messages={"required": _("Type a phone number, a customer number or a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(
        label=_("Who this customer is there"), choices=[("", _("Not known")), *Relation.choices], required=False
    )


class ExternalIdForm(RecordForm):
    """What another system calls the customer."""

    system = TextField(
        label=_("System"),
        required=True,
        max_length=40,
        error_messages={"required": _("Type the name of the other system.")},
        help_text=_("For instance: old program, courier, ledger."),
    )
    value = TextField(
        label=_("Id there"),
        required=True,
        max_length=120,
        error_messages={"required": _("Type the id as it stands there.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OrganizationForm(RecordForm):
    """Writing an organization down and changing it."""

    name_bn = TextField(label=_("Name in Bengali"), max_length=NAME_LENGTH)
    name_en = TextField(label=_("Name in English"), max_length=NAME_LENGTH)
    phone = TextField(
        label=_("Phone"), max_length=200, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    email = TextField(
        label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"})
    )
    note = TextField(label=_("Note"), multiline=True, max_length=5000)
    version = TextField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """Arguments for the services."""
        return {name: self.cleaned_data[name] for name in ("name_bn", "name_en", "phone", "email", "note")}

    @staticmethod
    def initial_of(organization: Organization) -> dict[str, Any]:
        """The record as the form shows it."""
        first: dict[str, str] = {}
        for point in organization.contact_points.all():
            first.setdefault(point.kind, point.typed)
        names = ("name_bn", "name_en", "note", "version")
        return {
            **{name: getattr(organization, name) for name in names},
            "phone": first.get(ContactKind.PHONE, ""),
            "email": first.get(ContactKind.EMAIL, ""),
        }

    def after_conflict(self, current: Organization, error: Conflict) -> "OrganizationForm":
        """The form with everything that was typed, the new version, and what the other person left in the record."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(current.version)
        form = OrganizationForm(data)
        form.show_theirs(self.initial_of(current), error)
        return form


class CustomerFilterForm(forms.Form):
    """Filters of the list and its order, in the address. What is no choice is no filter."""

    NAME = "name"

    branch = forms.ChoiceField(label=_("Branch"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    organization = forms.CharField(required=False, widget=forms.HiddenInput)
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Last change first")), (NAME, _("By name"))]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self._branches = {str(branch.pk): branch for branch in branches_open_to(user)}
        branches = ((key, str(branch)) for key, branch in self._branches.items())
        offer_choices(self, "branch", [("", _("All branches")), *branches])
        offer_choices(self, "language", [("", _("All languages")), *Language.choices])
        if len(self._branches) < 2:
            del self.fields["branch"]
        schema = schema_of(TARGET)
        self._tags = {str(tag.pk): tag for tag in schema.tags if tag.is_active}
        if self._tags:
            tags = [(key, tag.name) for key, tag in list(self._tags.items())[:FILTER_CHOICES]]
            self.fields["tag"] = forms.ChoiceField(label=_("Tag"), required=False, choices=[("", _("All tags")), *tags])
        self._own: dict[str, CustomField] = {}
        for one in schema.shown_to(user):
            if one.is_filter and not (one.is_private or one.kind == "phone"):
                self._own[f"{PREFIX}{one.code}"] = one
                self.fields[f"{PREFIX}{one.code}"] = filter_field(one)

    def filters(self) -> CustomerFilters:
        """The filters that were chosen."""
        self.is_valid()
        chosen = self.cleaned_data
        pk = chosen.get("organization", "")
        organization = None
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            organization = Organization.objects.visible_to(self.user).filter(pk=pk).first()
        filters = CustomerFilters(
            branch=self._branches.get(chosen.get("branch", "")),
            language=chosen.get("language", ""),
            organization=organization,
            tag=self._tags.get(chosen.get("tag", "")),
            own=tuple((one, chosen[name]) for name, one in self._own.items() if chosen.get(name)),
        )
        self.is_filtered = filters != CustomerFilters()
        self.is_by_name = chosen.get("order") == self.NAME
        return filters
