"""The forms of the settings: a field, a layout, a rule, a tag."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.fields.choices import WITH_OPTIONS, FieldKind, PlaceMode, Severity, TagTone
from halkhata.foundation.fields.models import FieldDefinition
from halkhata.foundation.fields.registry import BUILT_IN, target_called
from halkhata.foundation.fields.selectors.schema import condition_fields, schema_of


class SettingForm(TakesErrors):
    """A form of the settings that shows a DomainError at its field."""


class PlaceField(OwnNumber, forms.CharField):
    """A place in a list: a whole number in either script."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(max_length=6, **options)

    def clean(self, value: Any) -> int:
        text = fold_digits(clean_text(super().clean(value)))
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 9999):
            raise forms.ValidationError(_("Write a whole number from 1 to 9999."))
        return int(text)


class DefinitionForm(SettingForm):
    """One field of the shop's own."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("What it holds"), choices=FieldKind.choices)
    options = forms.CharField(
        label=_("Entries of the list"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Each on its own line; Bengali and English with = between them: লাল = Red"),
    )
    help_bn = forms.CharField(label=_("Help in Bengali"), max_length=200, required=False)
    help_en = forms.CharField(label=_("Help in English"), max_length=200, required=False)
    position = PlaceField(label=_("Place in the list"))
    is_filter = forms.BooleanField(label=_("Offer it as a filter above the list"), required=False)
    is_private = forms.BooleanField(
        label=_("Private: only for those who see customers' phone numbers in full"), required=False
    )
    is_identity = forms.BooleanField(
        label=_("Number of an identity paper: the same one at two customers is a sign of a double"),
        required=False,
        help_text=_("NID, passport, trade licence. Such a field is private; doubles are told without the number."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(
        self, *args: Any, definition: FieldDefinition | None = None, has_doubles: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not has_doubles or (definition is not None and definition.kind != FieldKind.TEXT):
            del self.fields["is_identity"]
        if definition is not None:
            del self.fields["kind"]
            if definition.kind not in WITH_OPTIONS:
                del self.fields["options"]

    def values(self) -> dict[str, Any]:
        """Arguments for ``save_definition``."""
        values = dict(self.cleaned_data)
        values["options"] = read_options(values.pop("options", ""))
        return values


def read_options(text: str) -> list[tuple[str, str]]:
    """Pairs of Bengali and English names, a line each: "লাল = Red"; a single name is of its own script."""
    pairs = []
    for line in text.splitlines():
        first, equals, second = (clean_text(part) for part in line.partition("="))
        if equals:
            pairs.append((first, second))
        elif first:
            pairs.append(("", first) if first.isascii() else (first, ""))
    return pairs


def write_options(options: Any) -> str:
    """The options as ``read_options`` reads them."""
    return "\n".join(
        f"{one.name_bn} = {one.name_en}" if one.name_bn and one.name_en else one.name_bn or one.name_en
        for one in options
    )


class LayoutForm(SettingForm):
    """What one role sees: for each field how, and where."""

    def __init__(self, *args: Any, target: str, role_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schema = schema_of(target)
        own = [(one.code, one.label, one.position) for one in schema.active]
        built_in = [
            (f"{BUILT_IN}{one.code}", str(one.label), 0) for one in target_called(target).built_in if one.in_layout
        ]
        # A built-in field keeps its place in the form, and a record without it could not be read again: two modes fit.
        self.rows: list[dict[str, Any]] = []
        for code, label, position in (*built_in, *own):
            place = schema.places.get((role_id, code)) or schema.places.get((None, code))
            is_own = not code.startswith(BUILT_IN)
            modes = [
                (mode.value, mode.label)
                for mode in PlaceMode
                if is_own or mode in (PlaceMode.SHOWN, PlaceMode.REQUIRED)
            ]
            mode_field = forms.ChoiceField(
                label=label, choices=modes, required=False, initial=place.mode if place else PlaceMode.SHOWN.value
            )
            self.fields[f"mode_{code}"] = mode_field
            if is_own:
                self.fields[f"place_{code}"] = PlaceField(
                    label=_("Place of “%(field)s”") % {"field": label},
                    initial=place.position if place else position,
                )
            self.rows.append({"code": code, "label": label, "is_own": is_own})

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For the template: label, bound mode, bound place."""
        return [
            {
                "label": row["label"],
                "mode": self[f"mode_{row['code']}"],
                "place": self[f"place_{row['code']}"] if row["is_own"] else None,
            }
            for row in self.rows
        ]

    def places(self) -> dict[str, tuple[str, int]]:
        """Argument for ``save_layout``."""
        return {
            row["code"]: (
                self.cleaned_data[f"mode_{row['code']}"] or PlaceMode.SHOWN.value,
                self.cleaned_data.get(f"place_{row['code']}", 100),
            )
            for row in self.rows
        }


class RuleForm(SettingForm):
    """A validation rule but for its conditions."""

    name_bn = forms.CharField(label=_("What people read, in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("What people read, in English"), max_length=120, required=False)
    severity = forms.ChoiceField(label=_("What happens"), choices=Severity.choices)
    at_field = forms.ChoiceField(label=_("Beside which field"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, target: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [(one.code, one.label) for one in condition_fields(target).values()]
        offer_choices(self, "at_field", [("", _("Above the form")), *fields])


class TagForm(SettingForm):
    """A tag."""

    name = forms.CharField(label=_("Tag"), max_length=40)
    tone = forms.ChoiceField(label=_("Colour"), choices=TagTone.choices)
    is_active = forms.BooleanField(label=_("In use"), required=False)
