"""Narrowing a long list by a field or a tag, so that a page is found at once among a million rows.

Few records have the value: they are named. Many have it: the list is read in its order and each row is probed by the
unique index of its values. Which of the two is asked with a bounded look, never with a count.
"""

from typing import Any, TypeVar

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.kinds import folded, read_value
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import CustomField

FEW = 1_000
Rows = TypeVar("Rows", bound="QuerySet[Any]")


def narrow_by_field(rows: Rows, target: str, field: CustomField, typed: Any) -> Rows:
    """``rows`` whose ``field`` is what was typed; of several options, whose has it. Nothing readable: no rows."""
    wanted = condition_by_field(target, field, typed)
    return rows.none() if wanted is None else rows.filter(wanted)


def condition_by_field(target: str, field: CustomField, typed: Any) -> Q | None:
    """The condition "the field is what was typed" on records; None for what cannot be read."""
    try:
        value = read_value("choice" if field.kind == "several" else field.kind, typed, options=field.options)
    except DomainError:
        return None
    if value is None:
        return Q()
    held = target_called(target).values._default_manager.filter(field_id=field.pk, **condition_on(field.kind, value))
    return _condition(held)


def condition_by_tag(target: str, tag_id: int) -> Q:
    """The condition "carries the tag" on records."""
    return _condition(target_called(target).tag_uses._default_manager.filter(tag_id=tag_id))


def narrow_by_tag(rows: Rows, target: str, tag_id: int) -> Rows:
    """``rows`` that carry the tag."""
    return rows.filter(condition_by_tag(target, tag_id))


def condition_on(kind: str, value: Any) -> dict[str, Any]:
    """The condition on the table of values for "is this value"."""
    if kind == "number":
        return {"number": value}
    if kind == "date":
        return {"date": value}
    if kind == "yes_no":
        return {"truth": value}
    return {"folded": folded(value) if kind == "text" else value}


def _condition(held: "QuerySet[Any]") -> Q:
    few = list(held.order_by().values_list("record_id", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return Q(pk__in=few)
    # As an expression, not as a join: SQLite would start from the values and sort all of them.
    has = Case(
        When(Exists(held.filter(record_id=OuterRef("pk"))), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return Q(has)
