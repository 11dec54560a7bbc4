"""Whether conditions are true of values at hand, saved or not: what validation rules ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from halkhata.foundation.fields.conditions.tree import ConditionField, Group, Line, combine, lines_of
from halkhata.foundation.fields.kinds import folded


def is_true(tree: Group, values: Mapping[str, Any], fields: Mapping[str, ConditionField], *, today: date) -> bool:
    """Whether the tree is true of ``values`` (by code of field; what is missing is empty)."""
    truth = {
        line: line_is_true(line, values.get(line.field), fields[line.field].kind, today=today)
        for line in lines_of(tree)
    }
    return combine(tree, truth)


def line_is_true(line: Line, value: Any, kind: str, *, today: date) -> bool:
    """Whether one line is true of a value. Compared with nothing, only "is empty" and the negative ones are."""
    has_value = value is not None and value != "" and value != ()
    if line.op == "empty":
        return not has_value
    if line.op == "filled":
        return has_value
    if line.op == "not_yes":
        return value is not True
    if line.op in _NEGATIVE:
        positive = Line(line.field, _NEGATIVE[line.op], line.value)
        return not line_is_true(positive, value, kind, today=today)
    return has_value and _holds(line, value, kind, today)


_NEGATIVE = {"is_not": "is", "ne": "eq", "has_none": "has_any", "not_in_last_days": "in_last_days"}


def _holds(line: Line, value: Any, kind: str, today: date) -> bool:
    wanted, op = line.value, line.op
    if kind == "text":
        have, want = folded(value), folded(wanted)
        return {"is": have == want, "contains": want in have, "starts_with": have.startswith(want)}[op]
    if op == "yes":
        return value is True
    if op in ("is", "eq", "on"):
        return bool(value == wanted)
    if op in ("ge", "on_or_after"):
        return bool(value >= wanted)
    if op in ("le", "on_or_before"):
        return bool(value <= wanted)
    if op == "between":
        return bool(wanted[0] <= value <= wanted[1])
    if op == "in_last_days":
        return bool(today - timedelta(days=wanted) <= value <= today)
    if op == "in_next_days":
        return bool(today <= value <= today + timedelta(days=wanted))
    if op == "one_of":
        return value in wanted
    chosen = set(value)
    return set(wanted) <= chosen if op == "has_all" else bool(chosen & set(wanted))
