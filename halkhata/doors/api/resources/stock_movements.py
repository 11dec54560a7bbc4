"""Movements of goods, for an ERP that keeps the same books."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.shapes import Id, Instant, PageOut, listed, listing
from halkhata.records.stock.models import Movement

router = Router(tags=["returns"])


class MovementOut(Schema):
    """One line of the ledger of goods."""

    id: int
    at: datetime
    product_id: int
    unit_number: str | None
    quantity: int
    from_place: str
    from_branch_id: int
    to_place: str
    to_branch_id: int
    condition: str
    reason: str
    ref: str


class MovementPage(PageOut):
    """A page of movements."""

    items: list[MovementOut]


class MovementFilters(Page):
    """Which movements."""

    product_id: Id | None = None
    ref: Annotated[str, Field(max_length=40)] = ""
    since: Instant | None = None
    order: Literal["-id", "id"] = "-id"


@router.get("", response=listing(MovementPage), summary="List movements of goods")
def list_movements(request: KeyRequest, filters: Query[MovementFilters]) -> dict[str, Any]:
    """The ledger of goods inside the key's reach; an ERP reads on from the last id it knows."""
    require_scope(request, "stock.view")
    rows = Movement.objects.visible_to(request.user).select_related("unit", "from_place", "to_place")
    if filters.product_id:
        rows = rows.filter(product_id=filters.product_id)
    if filters.ref:
        rows = rows.filter(ref=filters.ref)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    orders = {"-id": Order(column="pk", descending=True), "id": Order(column="pk")}
    found = page_of(request, rows, page=filters, orders=orders, order=filters.order)
    return listed(found, movement_out)


def movement_out(row: Movement) -> dict[str, Any]:
    """The movement as it is answered."""
    names = ("id", "at", "product_id", "quantity", "reason", "ref")
    return {
        **{name: getattr(row, name) for name in names},
        "unit_number": row.unit.number if row.unit else None,
        "from_place": row.from_place.kind,
        "from_branch_id": row.from_place.branch_id,
        "to_place": row.to_place.kind,
        "to_branch_id": row.to_place.branch_id,
        "condition": row.to_condition,
    }
