"""Form fields of the shop's own fields, for any form about a record."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_fields import day_input
from halkhata.foundation.fields.choices import FieldKind, PlaceMode
from halkhata.foundation.fields.kinds import plain, read_value
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import CustomField, Schema, schema_of
from halkhata.foundation.fields.services.values import PREFIX, judge

_TRUTH = [("", "—"), ("yes", _("Yes")), ("no", _("No"))]


class ValueField(forms.Field):
    """Any field that reads its value by the kind of a custom field; Bengali digits and names of options are welcome."""

    def __init__(self, custom: CustomField, **options: Any) -> None:
        self.custom = custom
        super().__init__(required=False, label=custom.label, help_text=custom.help, **options)

    def clean(self, value: Any) -> Any:
        try:
            return read_value(self.custom.kind, value, options=self.custom.options)
        except DomainError as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return plain(value)


def value_field(custom: CustomField) -> ValueField:
    """The form field of one custom field."""
    offered = [(one.code, one.name) for one in custom.options if one.is_active]
    widgets: dict[str, Any] = {
        FieldKind.LONG_TEXT: lambda: forms.Textarea(attrs={"rows": 3}),
        FieldKind.NUMBER: lambda: forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        FieldKind.DATE: day_input,
        FieldKind.YES_NO: lambda: forms.Select(choices=_TRUTH),
        FieldKind.CHOICE: lambda: forms.Select(choices=[("", "—"), *offered]),
        FieldKind.SEVERAL: lambda: forms.CheckboxSelectMultiple(choices=offered),
        FieldKind.PHONE: lambda: forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    }
    return ValueField(custom, widget=widgets.get(custom.kind, lambda: forms.TextInput(attrs={"autocomplete": "off"}))())


def filter_field(custom: CustomField) -> forms.Field:
    """A filter above a list: what is no choice is no filter."""
    offered = [(one.code, one.name) for one in custom.options if one.is_active]
    if custom.kind == FieldKind.YES_NO:
        offered = [("yes", str(_("Yes"))), ("no", str(_("No")))]
    if offered:
        return forms.ChoiceField(label=custom.label, required=False, choices=[("", _("All")), *offered])
    widget = forms.DateInput(attrs={"type": "date"}) if custom.kind == FieldKind.DATE else forms.TextInput()
    return forms.CharField(label=custom.label, required=False, max_length=100, widget=widget)


class CustomFieldsMixin(forms.Form):
    """Adds the fields that the user's layout shows, asks the rules, and gives what was filled in.

    A form calls ``add_custom_fields`` at the end of its ``__init__``, ``check_rules`` at the end of its ``clean`` and
    passes ``custom_values()`` to its service.
    """

    custom_target: str = ""

    def add_custom_fields(self, target: str, user: User, values: Mapping[str, Any] | None = None) -> None:
        """The fields of ``target`` for this user, filled with ``values``, without what the layout locks or hides."""
        self.custom_target, self.custom_user = target, user
        self.custom_before = dict(values or {})
        schema, whole = schema_of(target), target_called(target).see_private(user)
        self.custom_schema: Schema = schema
        for one in schema.shown_to(user):
            if schema.mode(user, one.code) == PlaceMode.READ_ONLY or (
                (one.is_private or one.kind == "phone") and not whole
            ):
                continue
            made = value_field(one)
            made.initial = self.custom_before.get(one.code)
            self.fields[f"{PREFIX}{one.code}"] = made

    @property
    def custom_bound(self) -> list[forms.BoundField]:
        """The fields, to be shown in their order."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def required_custom(self) -> bool:
        """Whether one of them must be filled in: then they do not stay folded."""
        return any(
            self.custom_schema.mode(self.custom_user, name.removeprefix(PREFIX)) == PlaceMode.REQUIRED
            for name in self.fields
            if name.startswith(PREFIX)
        )

    def custom_values(self) -> dict[str, Any]:
        """What was filled in, by code of the field: the argument ``custom`` of the services."""
        return {
            name.removeprefix(PREFIX): self.cleaned_data.get(name) for name in self.fields if name.startswith(PREFIX)
        }

    def check_rules(self, built_in: Mapping[str, Any]) -> None:
        """Show what layout and rules refuse, each at its field. ``built_in`` by code without "="."""
        if self.errors or not self.custom_target:
            return
        values = {**self.custom_before, **self.custom_values()}
        verdict = judge(actor=self.custom_user, target=self.custom_target, built_in=built_in, values=values)
        for at, sentence in verdict.refused:
            self.add_error(at if at in self.fields else None, sentence)


class RecordFieldsForm(CustomFieldsMixin):
    """The shop's own fields of one record, and its tags."""

    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=900,
        help_text=_("Words with commas between them. A new word becomes a new tag."),
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
    )

    def tag_names(self) -> list[str]:
        """The words, as they were typed."""
        return [
            word for word in self.cleaned_data["tags"].replace("،", ",").replace(";", ",").split(",") if word.strip()
        ]

    def take_error(self, error: DomainError) -> None:
        """Show what a service said beside the field it speaks of, or above all fields."""
        for at, sentence in error.data.get("all", [(error.field, str(error.message))]):
            self.add_error(at if at in self.fields else None, sentence)
