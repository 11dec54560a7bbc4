"""Relatives of a customer, and what other systems call the customer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.choices import Relation
from halkhata.records.customers.forms.records import RecordForm, TextField


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
