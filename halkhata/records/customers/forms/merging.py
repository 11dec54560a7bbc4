"""The form that merges two customers: a choice for each field on which they differ."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.customers.merging.fields import BOTH, MERGED, SURVIVOR, FieldChoice

PREFIX = "field-"


class MergeForm(RecordForm):
    """The last word before two customers become one. ``other`` is the id of the one who becomes an alias."""

    use_required_attribute = False

    other = forms.CharField(widget=forms.HiddenInput, max_length=18)
    version = TextField(widget=forms.HiddenInput)
    other_version = TextField(widget=forms.HiddenInput)
    reason = TextField(label=_("Why are they one person?"), max_length=200)

    def __init__(self, *args: Any, choices: list[FieldChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in choices:
            if not line.is_open:
                continue
            offered: list[tuple[str, Any]] = [(SURVIVOR, line.mine), (MERGED, line.theirs)]
            if line.may_keep_both:
                offered.append((BOTH, _("Keep both")))
            self.fields[f"{PREFIX}{line.name}"] = forms.ChoiceField(
                label=line.label,
                choices=offered,
                required=False,
                initial=BOTH if line.may_keep_both else line.default,
                widget=forms.RadioSelect,
            )

    @property
    def choice_fields(self) -> list[Any]:
        """The fields that ask which value holds."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def seen_other_version(self) -> int:
        """The version of the other record that the person saw; 0 for none."""
        text = self.cleaned_data.get("other_version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def chosen(self) -> dict[str, str]:
        """The choices for merge_customers."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value
        }
