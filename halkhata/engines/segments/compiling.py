"""Conditions as one condition of the database: nested all, any and none become AND, OR and NOT (A54.3)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from halkhata.engines.segments.registry import Asking, SegmentField, all_fields
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.conditions.tree import (
    RELATIVE,
    ConditionField,
    Group,
    Line,
    Node,
    lines_of,
    parse,
)

NEVER = Q(pk__in=())


def condition_fields(fields: Mapping[str, SegmentField]) -> dict[str, ConditionField]:
    """The fields as the form of conditions names them."""
    return {code: _in_conditions(one) for code, one in fields.items()}


def _in_conditions(field: SegmentField) -> ConditionField:
    return ConditionField(
        code=field.code,
        label=str(field.label),
        kind=field.kind,
        choices=tuple((key, str(label)) for key, label in (field.choices() if field.choices else ())),
        group=str(field.group),
    )


class _OnlyNamed(Mapping[str, ConditionField]):
    """The same, each made when it is asked for: choices are statements, and conditions name few of the fields."""

    def __init__(self, fields: Mapping[str, SegmentField]) -> None:
        self._fields = fields

    def __getitem__(self, code: str) -> ConditionField:
        return _in_conditions(self._fields[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def read_conditions(data: Any, fields: Mapping[str, SegmentField] | None = None) -> Group:
    """The tree that ``data`` describes. Raises what ``parse`` raises."""
    return parse(data, _OnlyNamed(fields if fields is not None else all_fields()))


def condition_of(node: Node, fields: Mapping[str, SegmentField], asking: Asking) -> Q:
    """The tree as a condition on customers."""
    if isinstance(node, Line):
        return line_condition(node, fields[node.field], asking)
    parts = [condition_of(one, fields, asking) for one in node.nodes]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined & part if node.mode == "all" else joined | part
    return ~joined if node.mode == "none" else joined


def line_condition(line: Line, field: SegmentField, asking: Asking) -> Q:
    """One line as a condition on customers. Negative comparisons are the opposite of the positive one, exactly."""
    if line.op in ("empty", "filled"):
        filled = field.holds(asking) if field.holds else ~NEVER
        return filled if line.op == "filled" else ~filled
    if (positive := _OPPOSITE.get(line.op)) is not None:
        return ~line_condition(Line(line.field, positive, line.value), field, asking)
    return _MAKERS[line.op](line, field, asking)


_OPPOSITE = {"is_not": "is", "ne": "eq", "has_none": "has_any", "not_yes": "yes", "not_in_last_days": "in_last_days"}


def _between(line: Line, field: SegmentField, asking: Asking) -> Q:
    low, high = _ends(line, asking.today)
    return _needed(field.between, field)(asking, low, high)


def _ends(line: Line, today: date) -> tuple[Any, Any]:
    value = line.value
    if line.op in ("eq", "on"):
        return value, value
    if line.op in ("ge", "on_or_after"):
        return value, None
    if line.op in ("le", "on_or_before"):
        return None, value
    if line.op == "in_last_days":
        return today - timedelta(days=value), today
    if line.op == "in_next_days":
        return today, today + timedelta(days=value)
    low, high = value
    return low, high


def _is(line: Line, field: SegmentField, asking: Asking) -> Q:
    if field.one_of is not None:
        return field.one_of(asking, (line.value,))
    return _needed(field.text, field)(asking, "is", line.value)


def _text(line: Line, field: SegmentField, asking: Asking) -> Q:
    return _needed(field.text, field)(asking, line.op, line.value)


def _one_of(line: Line, field: SegmentField, asking: Asking) -> Q:
    return _needed(field.one_of, field)(asking, line.value)


def _has_all(line: Line, field: SegmentField, asking: Asking) -> Q:
    found = ~NEVER
    for code in line.value:
        found &= _needed(field.one_of, field)(asking, (code,))
    return found


def _yes(line: Line, field: SegmentField, asking: Asking) -> Q:
    return _needed(field.holds, field)(asking)


def _needed(part: Any, field: SegmentField) -> Any:
    if part is None:
        raise LookupError(f"segment field {field.code!r} of kind {field.kind!r} lacks what this comparison asks")
    return part


_MAKERS: dict[str, Callable[[Line, SegmentField, Asking], Q]] = {
    **dict.fromkeys(
        ("eq", "ge", "le", "between", "on", "on_or_before", "on_or_after", "in_last_days", "in_next_days"), _between
    ),
    "is": _is,
    "contains": _text,
    "starts_with": _text,
    "one_of": _one_of,
    "has_any": _one_of,
    "has_all": _has_all,
    "yes": _yes,
}


def crossing(line: Line, field: SegmentField, *, since: date, until: date) -> Q:
    """Customers for whom a relative line may have changed by the days alone, from ``since`` to ``until``.

    Two short stretches of the index: the far end of the window as it moved, and its near end.
    """
    days = timedelta(days=line.value)
    step = timedelta(days=1)
    asking = Asking(today=until)
    between = _needed(field.between, field)
    far = (since - days, until - days) if line.op != "in_next_days" else (since + days, until + days)
    return between(asking, far[0], far[1] + step) | between(asking, since, until + step)


def is_relative(tree: Group) -> bool:
    """Whether days alone can change who is in it."""
    return any(line.op in RELATIVE for line in lines_of(tree))


def fields_named(data: Any) -> set[str]:
    """The codes of the fields that conditions ask about, in or out of use, however deep they stand."""
    if isinstance(data, Mapping):
        own = {data["field"]} if isinstance(data.get("field"), str) else set()
        return own.union(*(fields_named(value) for value in data.values()))
    return set().union(*(fields_named(one) for one in data)) if isinstance(data, list | tuple) else set()


def readable(data: Any, known: Mapping[str, ConditionField]) -> Group | None:
    """The tree, or None when it names a field that is out of use: such a segment keeps its members and says so.

    ``known`` are ``condition_fields``: their choices cost statements, so they are made once for many segments.
    """
    try:
        return parse(data, known)
    except DomainError:
        return None
