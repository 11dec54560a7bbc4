"""From the registry of personal data to the rows of one person: the one way for export, erasure and their preview."""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from halkhata.foundation.core.personal_data import PersonalData, personal_data
from halkhata.records.customers.models import ContactPoint

CHUNK = 500


def entries() -> list[PersonalData]:
    """Every table with data about people, what hangs on other rows first."""
    return sorted(personal_data, key=lambda entry: (entry.order, entry.model_label))


def model_of(entry: PersonalData) -> type[Model]:
    """The model of an entry."""
    return apps.get_model(entry.model_label)


def rows_of(entry: PersonalData, ids: Collection[int], addresses: Collection[str]) -> QuerySet[Any]:
    """The rows of these people. ``addresses``: numbers and addresses that are theirs alone."""
    model = model_of(entry)
    condition = Q(pk__in=[])
    for path in entry.paths:
        # A sub-query each: joins of several paths in one statement would read the tables crosswise.
        found = model._base_manager.filter(**{f"{path}__in": list(ids)}).values("pk")
        condition |= Q(pk__in=list(ids)) if path == "pk" else Q(pk__in=found)
    for column in entry.addresses if addresses else ():
        condition |= Q(**{f"{column}__in": list(addresses)})
    return model._base_manager.filter(condition)


def ties_of(ids: Collection[int], addresses: Collection[str]) -> set[str]:
    """Numbers that are said nowhere else: a text that names one (K-1045) is about these people."""
    found: set[str] = set()
    for entry in entries():
        if entry.tie:
            found |= set(rows_of(entry, ids, addresses).values_list(entry.tie, flat=True))
    return found


def own_addresses(ids: Collection[int]) -> list[str]:
    """Numbers and addresses of these customers that nobody else in the book has: rows that name one are theirs.

    A village phone that several people share says nothing about whose a row is.
    """
    points = ContactPoint.objects.filter(customer_id__in=ids)
    values = set(points.values_list("value", flat=True))
    shared = ContactPoint.objects.filter(value__in=values).exclude(customer_id__in=ids)
    return sorted(values - set(shared.values_list("value", flat=True)))


def in_chunks(values: list[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Cut a list into pieces that fit into one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
