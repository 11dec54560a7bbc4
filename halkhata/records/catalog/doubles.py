"""What units tell of customers who may be one person (A56.5): given to records/customers through its registry."""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from django.db.models import Exists, OuterRef

from halkhata.records.catalog.choices import OwnedHow
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Ownership, UnitIdentifier

# Shorter ones are no serial number of one unit in the world: "1", "A2".
SHORTEST = 5
# How a change of the owner is written down: such a unit went from one to the other, and both are people of their own.
WRITTEN_DOWN = (OwnedHow.SALE, OwnedHow.TRANSFER)
_Row = tuple[int, int, int, str]


def owners(serials: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Who owns a unit with exactly one of these numbers now, by id, with the numbers as they stand on the unit."""
    folded = {one for one in map(fold_identifier, serials) if len(one) >= SHORTEST}
    if not folded:
        return {}
    rows = UnitIdentifier.objects.filter(folded__in=folded, unit__owner__isnull=False).order_by("pk")
    found: dict[int, tuple[str, ...]] = {}
    for owner, value in rows.values_list("unit__owner_id", "value"):
        found[owner] = (*found.get(owner, ()), value)
    return found


def marks_of(ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The changes of an owner that nobody wrote down, by each of these customers who had the unit before or after."""
    if not ids:
        return {}
    theirs = Ownership.objects.filter(customer_id__in=ids, is_undone=False).order_by().values("unit_id")
    found: dict[int, set[str]] = {}
    for mark, before, after in _changes(_rows(unit__in=theirs)):
        for pk in (before, after):
            found.setdefault(pk, set()).add(mark)
    wanted = set(ids)
    return {pk: frozenset(marks) for pk, marks in found.items() if pk in wanted}


def holders(marks: Collection[str]) -> list[int]:
    """Both customers of each of these changes."""
    units = {int(mark.partition(":")[0]) for mark in marks}
    if not units:
        return []
    wanted = set(marks)
    changes = _changes(_rows(unit__in=units))
    return sorted({pk for mark, before, after in changes if mark in wanted for pk in (before, after)})


def _rows(**which: object) -> Iterable[_Row]:
    """Who had these units, in the order of time; units that changed hands by a sale or a handing over only are left
    out by the database."""
    open_ = Ownership.objects.filter(unit=OuterRef("unit"), is_undone=False).exclude(how__in=WRITTEN_DOWN)
    rows = Ownership.objects.filter(Exists(open_), is_undone=False, **which).order_by("unit_id", "from_on", "pk")
    return rows.values_list("unit_id", "pk", "customer_id", "how")


def _changes(rows: Iterable[_Row]) -> Iterator[tuple[str, int, int]]:
    """(mark, who had it before, who had it after) of each change that nobody wrote down."""
    for unit, group in groupby(rows, key=lambda row: row[0]):
        before: int | None = None
        for _unit, pk, customer, how in group:
            if before is not None and customer != before and how not in WRITTEN_DOWN:
                yield f"{unit}:{pk}", before, customer
            before = customer
