"""One person may have several rows: the survivor of merges and its aliases, each one step away (customers/merging)."""

from collections.abc import Collection

from halkhata.foundation.core.kept_sql import SOME_ID, kept_rows
from halkhata.records.customers.models import Customer


def survivor_id(pk: int) -> int:
    """The id of the row that a merged one leads to; its own when it is not merged."""
    return Customer.objects.filter(pk=pk).values_list("merged_into_id", flat=True).first() or pk


def aliases_of(ids: Collection[int]) -> list[int]:
    """The ids of all rows merged into these, in order."""
    rows = Customer.objects.filter(merged_into_id__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def family_of(pk: int) -> list[int]:
    """The survivor's id first, then its aliases', whichever of them was asked for."""
    return family_of_survivor(survivor_id(pk))


def family_of_survivor(pk: int) -> list[int]:
    """The same for a row that is known not to be merged: one statement."""
    rows = Customer.objects.filter(merged_into_id__in=[SOME_ID]).order_by("pk").values_list("pk")
    return [pk, *(alias for (alias,) in kept_rows("aliases of one", lambda: rows, {SOME_ID: pk}))]
