"""Filters of the list of customers and its order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.fields.forms import filter_field
from halkhata.foundation.fields.selectors.schema import CustomField, schema_of
from halkhata.foundation.fields.services.values import PREFIX
from halkhata.records.customers.models import Organization
from halkhata.records.customers.own_fields import TARGET
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.customers.selectors.customers import CustomerFilters

FILTER_CHOICES = 200


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
