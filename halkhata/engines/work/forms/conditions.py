"""Form fields of the conditions of a policy: ticked where values are few, written where there may be thousands."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.registry import PromiseCondition
from halkhata.foundation.core.text import clean_text, search_key

MOST_LINES = 200


def offered_values(condition: PromiseCondition | None, stored: Sequence[Any]) -> list[tuple[str, Any]]:
    """What may be chosen, and what is stored although nobody may choose it any more: it must not vanish unseen."""
    if condition is None or condition.choices is None:
        return []
    offered = [(str(value), label) for value, label in condition.choices()]
    there = {value for value, _label in offered}
    gone = [value for value in stored if str(value) not in there]
    words = condition.words(gone) if gone else {}
    for value in gone:
        name = words.get(value, value)
        offered.append((str(value), _("%(name)s (not in use)") % {"name": name}))
    return offered


def condition_field(condition: PromiseCondition, stored: Sequence[Any]) -> forms.Field | None:
    """The field of one condition; None where there is nothing to choose from."""
    if condition.choices is None:
        return TypedLines(condition, stored)
    offered = offered_values(condition, stored)
    if not offered:
        return None
    return forms.MultipleChoiceField(
        label=condition.label, choices=offered, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=condition.help_text,
    )  # fmt: skip


def stored_as_typed(condition: PromiseCondition | None, values: Sequence[Any]) -> Any:
    """What the field of a condition shows for stored values."""
    if condition is None or condition.choices is not None:
        return [str(value) for value in values]
    words = condition.words(values)
    return "\n".join(dict.fromkeys(str(words.get(value, value)) for value in values))


class TypedLines(forms.CharField):
    """Names, one to a line; the value is what they name. A line that stands for a stored value stays that value."""

    def __init__(self, condition: PromiseCondition, stored: Sequence[Any]) -> None:
        super().__init__(
            label=condition.label, required=False, max_length=12_000, help_text=condition.help_text,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip
        self.condition, self.stored = condition, list(stored)

    def clean(self, value: Any) -> list[Any]:
        lines = clean_text(super().clean(value), multiline=True).splitlines()
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("These are too many lines."))
        known: dict[str, list[Any]] = {}
        words = self.condition.words(self.stored) if self.stored else {}
        for one in self.stored:
            known.setdefault(search_key(str(words.get(one, one))), []).append(one)
        found: list[Any] = []
        for line in filter(None, map(str.strip, lines)):
            named = known.get(search_key(line)) or (self.condition.find(line) if self.condition.find else [])
            if not named:
                raise forms.ValidationError(_("Nothing is called “%(line)s”."), params={"line": line})
            found += [one for one in named if one not in found]
        return found
