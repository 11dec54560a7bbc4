"""Reading units: by number, by any part of an identifier, of a customer."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.core.trigrams import MIN_PART, TextTable
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Reading, Unit, UnitIdentifier, unit_scope
from halkhata.records.catalog.registry import item_units
from halkhata.records.customers.models import Customer

IDENTIFIERS = TextTable(table="catalog_unitidentifier", column="folded", key="id")
# So many of each are looked at; nobody reads more hits than this.
HITS = 300


def unit_by_number(user: User, number: str, *, with_identifiers: bool = True) -> Unit | None:
    """The unit of this number, in any spelling, if ``user`` may see it. Two queries, one without identifiers."""
    wanted = parse_ref(number) or clean_text(number).upper()
    rows = Unit.objects.visible_to(user).filter(number=wanted)
    return (with_all(rows) if with_identifiers else with_names(rows)).first()


def with_names(rows: QuerySet[Unit]) -> QuerySet[Unit]:
    """The same units with product, kind, brand, branch and owner, in one query."""
    return rows.select_related("product__kind", "product__brand", "branch", "owner")


def with_all(rows: QuerySet[Unit]) -> QuerySet[Unit]:
    """The same with their identifiers, in two queries."""
    return with_names(rows).prefetch_related(Prefetch("identifiers", UnitIdentifier.objects.order_by("pk")))


def found_ids(text: str) -> QuerySet[Unit, Any]:
    """Ids of units by number, or by any part of an identifier (three letters at least, else its beginning)."""
    number = parse_ref(text)
    folded = fold_identifier(text)
    ids: QuerySet[Unit, Any] = (
        Unit.objects.filter(number=number or fold_digits(clean_text(text)).upper()).order_by().values("pk")
    )
    if not folded:
        return ids
    if len(folded) < MIN_PART:
        held = UnitIdentifier.objects.filter(folded__startswith=folded).order_by("-pk")[:HITS].values("pk")
        parts = UnitIdentifier.objects.filter(pk__in=held)
    else:
        parts = UnitIdentifier.objects.filter(pk__in=IDENTIFIERS.holding(folded, HITS))
    return ids.union(parts.order_by().values("unit_id"), all=True)


def find_units(user: User, text: str, limit: int = 20) -> list[Unit]:
    """Units by number or any part of an identifier, the last changed first. Two queries."""
    return list(_found(user, text)[:limit])


def find_units_with_owners(user: User, text: str, limit: int = 20) -> list[tuple[Unit, Customer | None]]:
    """The same with their owners, as far as ``user`` may see them. Two queries, too."""
    if not user.may("customer.view"):
        return [(unit, None) for unit in find_units(user, text, limit)]
    sight = Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("owner_id")))
    rows = _found(user, text).annotate(is_owner_in_sight=sight)[:limit]
    return [(unit, unit.owner if unit.is_owner_in_sight else None) for unit in rows]


def _found(user: User, text: str) -> QuerySet[Unit]:
    if not fold_identifier(text):
        return Unit.objects.none()
    rows = Unit.objects.filter(as_value(unit_scope(user)), pk__in=found_ids(text))
    return with_all(rows).order_by("-updated_at", "-pk")


def units_of(customer: Customer) -> QuerySet[Unit]:
    """What the customer owns now, the last bought first."""
    return with_all(Unit.objects.filter(owner=customer)).order_by("-sold_on", "-pk")


def unit_of_item(item_id: int) -> Unit | None:
    """The unit a piece of work is about, as its desk says; None where it is about none, or no desk says."""
    for units in item_units:
        found = units([item_id]).get(item_id)
        if found is not None:
            return with_all(Unit.objects.all()).filter(pk=found).first()
    return None


def latest_reading(unit: Unit) -> Reading | None:
    """What the meter showed last."""
    return Reading.objects.filter(unit=unit).order_by("-read_on", "-pk").first()
