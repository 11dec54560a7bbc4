"""Conditions that people put together without code: all / any / none of, nested, down to one field, one comparison.

As JSON: ``{"all": [node, …]}``, ``{"any": […]}``, ``{"none": […]}``, or ``{"field": "colour", "op": "is", "value":
"red"}``. Nothing in it is code or a pattern; each value is read as the kind of its field, and depth and length are
limited, so that no stored condition can become slow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.kinds import plain, read_value

MODES = ("all", "any", "none")
MODE_LABELS: dict[str, Any] = {
    "all": _("all of these are true"),
    "any": _("at least one of these is true"),
    "none": _("none of these is true"),
}
MAX_DEPTH = 4
MAX_LINES = 40
MAX_DAYS = 36_500

_EMPTY = ("empty", "filled")
OPERATORS: dict[str, tuple[str, ...]] = {
    "text": ("is", "is_not", "contains", "starts_with", *_EMPTY),
    "long_text": _EMPTY,
    "phone": ("is", "is_not", *_EMPTY),
    "number": ("eq", "ne", "ge", "le", "between", *_EMPTY),
    "date": (
        "on",
        "on_or_before",
        "on_or_after",
        "between",
        "in_last_days",
        "not_in_last_days",
        "in_next_days",
        *_EMPTY,
    ),
    "yes_no": ("yes", "not_yes"),
    "choice": ("is", "is_not", "one_of", *_EMPTY),
    "several": ("has_any", "has_all", "has_none", *_EMPTY),
}
OPERATOR_LABELS: dict[str, Any] = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "starts_with": _("begins with"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
    "eq": _("is equal to"),
    "ne": _("is not equal to"),
    "ge": _("is at least"),
    "le": _("is at most"),
    "between": _("is between"),
    "on": _("is on"),
    "on_or_before": _("is on or before"),
    "on_or_after": _("is on or after"),
    "in_last_days": _("lies within the last … days"),
    "not_in_last_days": _("lies longer ago than … days, or never"),
    "in_next_days": _("lies within the next … days"),
    "yes": _("is yes"),
    "not_yes": _("is not yes"),
    "one_of": _("is one of"),
    "has_any": _("has one of"),
    "has_all": _("has all of"),
    "has_none": _("has none of"),
}
WITHOUT_VALUE = frozenset({"empty", "filled", "yes", "not_yes"})
WITH_SEVERAL = frozenset({"one_of", "has_any", "has_all", "has_none"})
# True or false by the day it is asked, though nothing was changed.
RELATIVE = frozenset({"in_last_days", "not_in_last_days", "in_next_days"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionField:
    """A field that conditions may name. ``choices`` are pairs of code and label, for lists."""

    code: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    group: str = ""

    @property
    def operators(self) -> tuple[str, ...]:
        """The comparisons that its kind knows."""
        return OPERATORS[self.kind]


@dataclass(frozen=True, slots=True)
class Line:
    """One field, one comparison. ``value`` is of the field's kind; a pair for "between", a tuple for lists, days."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Several nodes under "all", "any" or "none"."""

    mode: str
    nodes: tuple["Group | Line", ...]


Node = Group | Line


@dataclass(frozen=True, slots=True)
class _Named:
    """An option as ``read_value`` wants it: found by its code, or by its label."""

    code: str
    name_bn: str
    name_en: str = ""


def parse(data: Any, fields: Mapping[str, ConditionField]) -> Group:
    """The tree that ``data`` describes; a single line becomes a group of one.

    Raises DomainError: "conditions_wrong" (no such shape), "conditions_empty", "conditions_too_long", "unknown_field",
    "unknown_operator", and what the value's kind refuses.
    """
    node = _node(data, fields, 0)
    tree = node if isinstance(node, Group) else Group("all", (node,))
    if sum(1 for _line in lines_of(tree)) > MAX_LINES:
        raise DomainError("conditions_too_long", _("These are too many conditions. At most 40 fit."))
    return tree


def _node(data: Any, fields: Mapping[str, ConditionField], depth: int) -> Node:
    if not isinstance(data, dict):
        raise DomainError("conditions_wrong", _("These conditions cannot be read."))
    for mode in MODES:
        if mode in data:
            inner = data[mode]
            if len(data) != 1 or not isinstance(inner, list) or len(inner) > MAX_LINES:
                raise DomainError("conditions_wrong", _("These conditions cannot be read."))
            if depth >= MAX_DEPTH:
                raise DomainError("conditions_too_long", _("These conditions are nested too deep."))
            if not inner:
                raise DomainError("conditions_empty", _("Add at least one condition to each group."))
            return Group(mode, tuple(_node(one, fields, depth + 1) for one in inner))
    if set(data) - {"field", "op", "value"}:
        raise DomainError("conditions_wrong", _("These conditions cannot be read."))
    return _line(data, fields)


def _line(data: Mapping[str, Any], fields: Mapping[str, ConditionField]) -> Line:
    code, op, value = data.get("field"), data.get("op"), data.get("value")
    field = fields.get(code) if isinstance(code, str) else None
    if not code:
        raise DomainError("unknown_field", _("Choose a field for each condition."))
    if field is None:
        raise DomainError("unknown_field", _("A field that one of the conditions names does not exist."))
    if op not in field.operators:
        raise DomainError("unknown_operator", _("Choose a comparison for “%(field)s”.") % {"field": field.label})
    return Line(field.code, str(op), _value(field, str(op), value))


def _value(field: ConditionField, op: str, value: Any) -> Any:
    if op in WITHOUT_VALUE:
        return None
    if op in RELATIVE:
        days = _read(field, "number", value)
        if days != days.to_integral_value() or not 0 <= days <= MAX_DAYS:
            raise DomainError("not_days", _("Write a whole number of days."))
        return int(days)
    if op == "between":
        pair = list(value) if isinstance(value, list | tuple) else []
        if len(pair) != 2:
            raise DomainError("not_a_pair", _("Write both ends for “%(field)s”.") % {"field": field.label})
        ends = (_read(field, field.kind, pair[0]), _read(field, field.kind, pair[1]))
        return ends if ends[0] <= ends[1] else (ends[1], ends[0])
    if op in WITH_SEVERAL:
        return _read(field, "several", value)
    return _read(field, field.kind, value)


def _read(field: ConditionField, kind: str, value: Any) -> Any:
    options = [_Named(code, label) for code, label in field.choices]
    found = read_value(kind, value, options=options)
    if found is None:
        raise DomainError("value_missing", _("Write a value for “%(field)s”.") % {"field": field.label})
    return found


def lines_of(node: Node) -> Iterator[Line]:
    """All lines of a tree, from top to bottom."""
    if isinstance(node, Line):
        yield node
        return
    for one in node.nodes:
        yield from lines_of(one)


def combine(node: Node, truth: Mapping[Line, bool]) -> bool:
    """Whether the tree is true when its lines are as ``truth`` says. No group is empty."""
    if isinstance(node, Line):
        return truth[node]
    answers = (combine(one, truth) for one in node.nodes)
    if node.mode == "all":
        return all(answers)
    return any(answers) if node.mode == "any" else not any(answers)


def as_json(node: Node) -> dict[str, Any]:
    """The tree as it is stored: the reverse of ``parse``."""
    if isinstance(node, Group):
        return {node.mode: [as_json(one) for one in node.nodes]}
    found: dict[str, Any] = {"field": node.field, "op": node.op}
    if node.value is not None:
        value = node.value
        found["value"] = [plain(one) for one in value] if isinstance(value, tuple) else plain(value)
    return found


def fields_named(data: Any) -> set[str]:
    """The codes of the fields that a stored tree names, whether they are there or not."""
    if isinstance(data, dict):
        if "field" in data:
            return {data["field"]}
        return set().union(*(fields_named(one) for one in data.values()))
    return set().union(*(fields_named(one) for one in data)) if isinstance(data, list) else set()


def names_field(data: Any, code: str) -> bool:
    """Whether a stored tree names the field ``code``."""
    return code in fields_named(data)


__all__ = [
    "MODES", "MODE_LABELS", "OPERATORS", "OPERATOR_LABELS", "RELATIVE", "WITHOUT_VALUE", "WITH_SEVERAL",
    "ConditionField", "Group", "Line", "Node", "as_json", "combine", "fields_named", "lines_of", "names_field", "parse",
]  # fmt: skip
