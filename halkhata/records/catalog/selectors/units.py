"""Reading units: by number, by any part of an identifier, of a customer."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_key
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.core.trigrams import MIN_PART, TextTable
from halkhata.foundation.core.trigrams import parameters as text_parameters
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Reading, Unit, UnitIdentifier, unit_scope
from halkhata.records.catalog.registry import item_units
from halkhata.records.customers.models import Customer

IDENTIFIERS = TextTable(table="catalog_unitidentifier", column="folded", key="id")
# So many of each are looked at; nobody reads more hits than this.
HITS = 300
# Stands for a typed part in the statement that is kept.
_SOME_PART = SOME_TEXT * MIN_PART


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
    return _ids(_number(text), fold_identifier(text))


def _number(text: str) -> str:
    return parse_ref(text) or fold_digits(clean_text(text)).upper()


def _ids(number: str, folded: str) -> QuerySet[Unit, Any]:
    ids: QuerySet[Unit, Any] = Unit.objects.filter(number=number).order_by().values("pk")
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
    return _found(user, text, limit)


def find_units_with_owners(user: User, text: str, limit: int = 20) -> list[tuple[Unit, Customer | None]]:
    """The same with their owners, as far as ``user`` may see them. Two queries, too."""
    if not user.may("customer.view"):
        return [(unit, None) for unit in find_units(user, text, limit)]
    found = _found(user, text, limit, with_sight=True)
    # The annotation of with_sight.
    return [(unit, unit.owner if getattr(unit, "is_owner_in_sight", False) else None) for unit in found]


def _found(user: User, text: str, limit: int, *, with_sight: bool = False) -> list[Unit]:
    folded = fold_identifier(text)
    if not folded:
        return []
    if len(folded) < MIN_PART:
        return list(_rows(user, _ids(_number(text), folded), limit, with_sight))
    part = dict(zip(text_parameters([_SOME_PART]), text_parameters([folded]), strict=True))
    return kept_objects(
        ("found units", scope_key(user), limit, with_sight),
        lambda: _rows(user, _ids(SOME_TEXT, _SOME_PART), limit, with_sight),
        {SOME_TEXT: _number(text), **part},
    )


def _rows(user: User, ids: QuerySet[Unit, Any], limit: int, with_sight: bool) -> QuerySet[Unit]:
    rows = with_all(Unit.objects.filter(as_value(unit_scope(user)), pk__in=ids)).order_by("-updated_at", "-pk")
    if with_sight:
        rows = rows.annotate(
            is_owner_in_sight=Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("owner_id")))
        )
    return rows[:limit]


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
