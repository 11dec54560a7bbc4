"""Writing an organization down and changing it."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import Conflict
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.models import Organization
from halkhata.records.customers.services.names import NAME_LENGTH


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
