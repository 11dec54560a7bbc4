"""The lists of units and of sales, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import Purchase, PurchaseLine, Unit, unit_scope
from halkhata.records.catalog.selectors.products import products_named
from halkhata.records.catalog.selectors.units import found_ids, with_all
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.keyset import Page, page_by_time


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFilters:
    """What the list may be narrowed to."""

    text: str = ""
    state: str = ""
    product_id: int | None = None
    # A part of its name.
    product_name: str = ""
    branch_id: int | None = None
    owner_id: int | None = None
    without_owner: bool = False


def unit_page(
    user: User, filters: UnitFilters, *, before: str | None = None, after: str | None = None, size: int = 25
) -> Page[Unit]:
    """One page of the units ``user`` sees, last changed first, in a fixed number of queries."""
    narrow = user.role.scope in {Scope.ALL, Scope.OWN}
    rows = Unit.objects.visible_to(user) if narrow else Unit.objects.filter(as_value(unit_scope(user)))
    if filters.text:
        rows = rows.filter(pk__in=found_ids(filters.text))
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.product_id:
        rows = rows.filter(product_id=filters.product_id)
    if filters.product_name:
        rows = rows.filter(product__in=products_named(filters.product_name).values("pk"))
    if filters.branch_id:
        rows = rows.filter(branch_id=filters.branch_id)
    if filters.owner_id:
        # Whose units these are is no secret to whoever sees the person, and to nobody else.
        rows = rows.filter(owner__in=Customer.objects.visible_to(user).filter(pk=filters.owner_id))
    if filters.without_owner:
        rows = rows.filter(state=UnitState.SOLD, owner__isnull=True)
    return page_by_time(with_all(rows), field="updated_at", before=before, after=after, size=size)


def sales_page(user: User, *, before: str | None = None, after: str | None = None, size: int = 25) -> Page[Purchase]:
    """One page of the sales ``user`` sees, the last recorded first."""
    lines = Prefetch("lines", PurchaseLine.objects.select_related("product__brand", "unit").order_by("pk"))
    rows = Purchase.objects.filter(as_value(unit_scope(user)))
    rows = rows.select_related("customer", "branch").prefetch_related(lines)
    return page_by_time(rows, field="created_at", before=before, after=after, size=size)


def seen_owners(user: User, rows: Sequence[Any], *, field: str = "owner_id") -> set[int]:
    """Ids of those customers of the rows that ``user`` may see; nobody else is named. One query."""
    ids = {getattr(row, field) for row in rows} - {None}
    if not ids or not user.may("customer.view"):
        return set()
    return set(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
