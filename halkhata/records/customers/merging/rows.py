"""Re-points rows from one customer to another, and back, table by table (registry ``customer_links``)."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet, UniqueConstraint

from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import CustomerLink, customer_links

CHUNK = 500


def links_that_move() -> list[CustomerLink]:
    """The links whose rows follow the customer, in the order of their names."""
    moving = [link for link in customer_links if link.on_merge == "move"]
    return sorted(moving, key=lambda link: (link.model_label, link.field))


def rows_at(link_label: str, field: str, customer_id: int) -> "QuerySet[Any]":
    """The rows of one table that point at this customer."""
    manager: Any = apps.get_model(link_label)._base_manager
    return manager.filter(**{field: customer_id}).order_by()


def move_rows(link: CustomerLink, *, source_id: int, target_id: int) -> list[int]:
    """Point the rows at the target, except those of which the target has its like already. Returns the moved ids.

    What is left stays with the alias: the same number written down for both of them is there twice again when the merge
    is undone.
    """
    rows = rows_at(link.model_label, link.field, source_id)
    staying = _doubles(apps.get_model(link.model_label), link.field, target_id)
    if staying:
        rows = rows.exclude(staying)
    ids = sorted(rows.values_list("pk", flat=True))
    point_at(link.model_label, link.field, ids, target_id)
    return ids


def point_at(
    model_label: str, field: str, ids: Iterable[int], customer_id: int, *, only_from: Collection[int] | None = None
) -> int:
    """Point these rows at the customer; with ``only_from`` only those that point at one of these. Returns how many."""
    manager: Any = apps.get_model(model_label)._base_manager
    changed = 0
    for chunk in chunks(list(ids)):
        rows = manager.filter(pk__in=chunk)
        if only_from is not None:
            rows = rows.filter(**{f"{field}__in": only_from})
        changed += rows.update(**{field: customer_id})
    return changed


def holders(survivor: Customer, merged: Customer) -> list[int]:
    """Who may hold what was the merged one's: the survivor and whoever else leads to the survivor now."""
    aliases = Customer.objects.filter(merged_into=survivor).exclude(pk=merged.pk).values_list("pk", flat=True)
    return [survivor.pk, *aliases]


def last_id(model_label: str) -> int:
    """The highest id of the table."""
    manager: Any = apps.get_model(model_label)._base_manager
    return int(manager.aggregate(last=Max("pk"))["last"] or 0)


def chunks(ids: list[int]) -> Iterator[list[int]]:
    """The ids in pieces that fit into one statement."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _doubles(model: type[Model], field: str, target_id: int) -> Q | None:
    """The condition for rows that the database would not let stand beside a row of the target's."""
    manager: Any = model._base_manager
    found: Q | None = None
    for others, condition in _unique_with(model, field):
        theirs = manager.filter(**{field: target_id})
        if condition is not None:
            theirs = theirs.filter(condition)
        theirs = theirs.filter(**{other: OuterRef(other) for other in others})
        double = Q(Exists(theirs))
        if condition is not None:
            double &= condition
        found = double if found is None else found | double
    return found


@lru_cache(maxsize=256)
def _unique_with(model: type[Model], field: str) -> tuple[tuple[tuple[str, ...], Q | None], ...]:
    """What must be unique together with the column: (other columns, condition). Raises TypeError for expressions."""
    found: list[tuple[tuple[str, ...], Q | None]] = []
    if model._meta.get_field(field).unique:  # type: ignore[union-attr]
        found.append(((), None))
    together: list[tuple[tuple[str, ...], Q | None]] = [(tuple(names), None) for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            if constraint.expressions:
                raise TypeError(f"{model._meta.label}: rows with {constraint.name} cannot be merged")
            together.append((tuple(constraint.fields), constraint.condition))
    for names, condition in together:
        if field in names:
            found.append((tuple(name for name in names if name != field), condition))
    return tuple(found)
