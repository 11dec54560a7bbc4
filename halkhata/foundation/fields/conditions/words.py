"""Conditions as a sentence for people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.fields.conditions.tree import (
    MODE_LABELS,
    OPERATOR_LABELS,
    RELATIVE,
    ConditionField,
    Group,
    Line,
    Node,
)
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


def tree_in_words(tree: Group, word_of: Callable[[Line], str]) -> list[str]:
    """The conditions as sentences that all hold, top to bottom: "none of these is true: A; B" is one of them.

    A group within a group stands in brackets. How a group counts is never left out: without it "none" would read as
    its opposite.
    """
    if tree.mode == "all" or (tree.mode == "any" and len(tree.nodes) == 1):
        return [_node_in_words(one, word_of) for one in tree.nodes]
    return [_node_in_words(tree, word_of)]


def _node_in_words(node: Node, word_of: Callable[[Line], str]) -> str:
    if isinstance(node, Line):
        return word_of(node)
    inner = [
        f"({_node_in_words(one, word_of)})" if isinstance(one, Group) else word_of(one) for one in node.nodes
    ]  # fmt: skip
    return f"{MODE_LABELS[node.mode]}: {'; '.join(inner)}"


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
