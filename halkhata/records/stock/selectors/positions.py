"""Reads of the ledger: where things are, how long they wait, what moved."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet, Sum

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Unit
from halkhata.records.stock.choices import WAITING_KINDS, PlaceKind
from halkhata.records.stock.models import Balance, Movement, UnitPosition, branch_condition

# Days, and what is longer.
AGES = (7, 30, 90)


def whereabouts_of(unit: Unit, limit: int) -> tuple[UnitPosition | None, list[Movement]]:
    """Where a unit is, None when the ledger does not know it, and its last movements, newest first. One query."""
    rows = Movement.objects.filter(unit=unit).select_related("to_place", "unit__position__place__branch")
    found = list(rows.order_by("-id")[:limit])
    # No position without a movement: the ledger makes it of the last one.
    return (getattr(found[0].unit, "position", None) if found else None), found


def waiting_units(user: User, kinds: Sequence[str] = WAITING_KINDS) -> "QuerySet[UnitPosition]":
    """Serial numbers among the returned goods, the longest waiting first."""
    return (
        UnitPosition.objects.filter(branch_condition(user, "place__branch"), place__kind__in=kinds)
        .select_related("unit__product__brand", "place__branch", "movement")
        .order_by("since", "pk")
    )


def balances(user: User, *, place_id: int | None = None) -> "QuerySet[Balance]":
    """What lies where, of the places in the user's sight; empty rows left out."""
    rows = (
        Balance.objects.filter(branch_condition(user, "place__branch"), quantity__gt=0)
        .exclude(place__kind=PlaceKind.CUSTOMER)
        .select_related("product__brand", "place__branch")
        .order_by("place__branch__path", "place_id", "product__folded", "condition", "pk")
    )
    return rows.filter(place_id=place_id) if place_id else rows


def movements_for(ref: str) -> "QuerySet[Movement]":
    """The movements that belong to a return or a parcel, in their order."""
    return Movement.objects.filter(ref=ref).select_related("from_place", "to_place", "moved_by").order_by("id")


def age_groups(positions: Sequence[UnitPosition], at: datetime) -> list[tuple[int, int | None, list[UnitPosition]]]:
    """Waiting units by how long they wait: (from days, up to days or None, rows)."""
    edges = [0, *AGES]
    groups: list[tuple[int, int | None, list[UnitPosition]]] = []
    for index, start in enumerate(edges):
        end = edges[index + 1] if index + 1 < len(edges) else None
        rows = [
            row for row in positions if start <= (at - row.since).days and (end is None or (at - row.since).days < end)
        ]
        groups.append((start, end, rows))
    return groups


def differences() -> list[str]:
    """Where balances are not the sum of their movements: empty as long as nobody wrote by hand."""
    sums: dict[tuple[int, int, str], int] = {}
    for side, sign in (("from", -1), ("to", 1)):
        rows = Movement.objects.order_by().values_list("product_id", f"{side}_place_id", f"{side}_condition")
        for product, place, condition, total in rows.annotate(total=Sum("quantity")):
            key = (product, place, condition)
            sums[key] = sums.get(key, 0) + sign * total
    held = {(row.product_id, row.place_id, row.condition): row.quantity for row in Balance.objects.all()}
    return [
        f"{key}: {held.get(key, 0)} != {sums.get(key, 0)}"
        for key in sorted({*sums, *held})
        if held.get(key, 0) != sums.get(key, 0)
    ]
