"""Conditions as a sentence for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.fields.conditions.tree import OPERATOR_LABELS, RELATIVE, ConditionField, Line
from halkhata.foundation.fields.kinds import shown


def line_in_words(line: Line, fields: Mapping[str, ConditionField]) -> str:
    """One line in the reader's language: "Colour is one of: red, blue"."""
    field = fields.get(line.field)
    label = field.label if field else line.field
    operator = str(OPERATOR_LABELS[line.op])
    if line.value is None:
        return f"{label} {operator}"
    text = _shown_value(line, field)
    if "…" in operator:
        return f"{label} {operator.replace('…', text)}"
    return f"{label} {operator}: {text}"


class _Choice:
    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name


def _shown_value(line: Line, field: ConditionField | None) -> str:
    options: list[Any] = [_Choice(code, label) for code, label in (field.choices if field else ())]
    kind = field.kind if field else "text"
    if line.op in RELATIVE:
        return shown("number", line.value)
    if line.op == "between":
        return _("%(from)s and %(to)s") % {"from": shown(kind, line.value[0]), "to": shown(kind, line.value[1])}
    if isinstance(line.value, tuple):
        return shown("several", line.value, options=options)
    return shown(kind, line.value, options=options)
