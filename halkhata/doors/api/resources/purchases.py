"""Purchases: record a sale that another system billed, look at it, take it back as one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of, customer_of, nameable_customers
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Body, Day, Id, Number, PageOut, listed, listing, read, write
from halkhata.doors.api.versions import note_version
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.choices import SaleChannel
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Product, Purchase, PurchaseLine
from halkhata.records.catalog.selectors.prices import price_in_force
from halkhata.records.catalog.services.purchases import MOST_LINES, NewLine, record_purchase, reverse_purchase
from halkhata.records.customers.models import Customer

router = Router(tags=["units"])
ORDERS = {
    "-created_at": Order(column="created_at", descending=True),
    "created_at": Order(column="created_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}
Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]
Identifier = Annotated[str, Field(max_length=60)]


class PurchaseLineIn(Body):
    """One product: with the numbers of its unit, or a unit in stock, or so many pieces."""

    product_id: Id
    identifiers: Annotated[dict[Annotated[str, Field(max_length=30)], Identifier], Field(max_length=10)] = {}
    unit_number: Annotated[str, Field(max_length=20, description="A unit that stands in stock.")] | None = None
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    unit_price: Annotated[Money | None, Field(description="The price in force if left out.")] = None
    discount: Annotated[Money, Field(description="For the whole line.")] = Decimal(0)
    batch: Annotated[str, Field(max_length=40, description="The maker's batch or lot of the unit.")] = ""
    extra: Annotated[
        dict[Annotated[str, Field(max_length=30)], Annotated[str, Field(max_length=120)]], Field(max_length=20)
    ] = {}


class PurchaseIn(Body):
    """A sale. With `key` (the bill's number in the other system) it is recorded once, however often it is sent."""

    customer_id: Id
    lines: Annotated[list[PurchaseLineIn], Field(min_length=1, max_length=MOST_LINES)]
    bought_on: Annotated[Day, Field(description="Today if left out.")] | None = None
    memo: Annotated[str, Field(max_length=40)] = ""
    branch_id: Id | None = None
    key: Annotated[str, Field(max_length=80)] = ""


class ReverseIn(Body):
    """Why the sale is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class PurchaseLineOut(Schema):
    """One line."""

    product_id: int
    unit_number: str | None
    quantity: int
    unit_price: Decimal
    discount: Decimal
    amount: Decimal


class PurchaseOut(Schema):
    """One purchase. `customer_id` is null where the key may not see the customer."""

    id: int
    number: str
    customer_id: int | None
    branch_id: int
    bought_on: date
    memo: str
    channel: str
    currency: str
    total: Decimal
    created_at: datetime
    reversed_at: datetime | None
    reverse_reason: str
    version: int
    lines: list[PurchaseLineOut]


class PurchasePage(PageOut):
    """A page of purchases."""

    items: list[PurchaseOut]


class PurchaseFilters(Page):
    """Which purchases."""

    customer_id: Id | None = None
    branch_id: Id | None = None
    bought_since: Day | None = None
    bought_before: Day | None = None
    reversed: bool | None = None
    order: Literal["-created_at", "created_at", "-id", "id"] = "-id"


@router.get("", response=listing(PurchasePage), summary="List purchases")
def list_purchases(request: KeyRequest, filters: Query[PurchaseFilters]) -> dict[str, Any]:
    """The purchases inside the key's reach."""
    require_scope(request, "unit.view")
    rows = _rows(request)
    if filters.customer_id is not None:
        rows = rows.filter(customer__in=Customer.objects.visible_to(request.user).filter(pk=filters.customer_id))
    if filters.branch_id is not None:
        rows = rows.filter(branch_id=filters.branch_id)
    if filters.bought_since:
        rows = rows.filter(bought_on__gte=filters.bought_since)
    if filters.bought_before:
        rows = rows.filter(bought_on__lt=filters.bought_before)
    if filters.reversed is not None:
        rows = rows.filter(reversed_at__isnull=not filters.reversed)
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen = nameable_customers(request, [one.customer_id for one in found[0]])
    return listed(found, lambda one: purchase_out(one, seen))


@router.post("", response=write(PurchaseOut, 201), summary="Record a purchase")
def add_purchase(request: KeyRequest, body: PurchaseIn, response: HttpResponse) -> Status:
    """Records the sale with units, owner and warranty, all in one; a number that is taken refuses all of it."""
    require_scope(request, "sale.record")
    branch = branch_of(request, body.branch_id) if body.branch_id is not None else request.user.branch
    bought_on = body.bought_on or today()
    purchase = record_purchase(
        actor=request.user,
        customer=customer_of(request, body.customer_id),
        branch=branch,
        lines=[_line(request, one, bought_on, branch) for one in body.lines],
        bought_on=bought_on,
        memo=body.memo,
        channel=SaleChannel.API,
        key=f"api:{request.user.pk}:{body.key}" if body.key else "",
    )
    response["Location"] = f"/api/v1/purchases/{purchase.number}"
    return Status(201, _shown(request, purchase.number))


@router.get("/{number}", response=read(PurchaseOut), summary="Show a purchase")
def show_purchase(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One purchase by its number, in Latin or Bengali."""
    require_scope(request, "unit.view")
    return _shown(request, number)


@router.post("/{number}/reverse", response=write(PurchaseOut), summary="Take a purchase back")
def reverse_sale(request: KeyRequest, number: Number, body: ReverseIn) -> dict[str, Any]:
    """Takes the whole memo back; refused (409) when something stands against it: a return, an open job."""
    require_scope(request, "sale.reverse")
    purchase = _purchase_of(request, number)
    reverse_purchase(actor=request.user, purchase=purchase, reason=body.reason)
    return _shown(request, purchase.number)


def _rows(request: KeyRequest) -> Any:
    lines = Prefetch("lines", PurchaseLine.objects.select_related("unit").order_by("pk"))
    return Purchase.objects.visible_to(request.user).prefetch_related(lines)


def _purchase_of(request: KeyRequest, number: str) -> Purchase:
    canonical = parse_ref(number) if "\x00" not in number else None
    found: Purchase | None = _rows(request).filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def _line(request: KeyRequest, line: PurchaseLineIn, on: date, branch: Any) -> NewLine:
    product = Product.objects.select_related("kind").filter(pk=line.product_id, is_active=True).first()
    if product is None:
        raise DomainError("unknown_product", _("There is no such product. Choose one of the list."), field="lines")
    price = line.unit_price
    if price is None:
        known = price_in_force(product, on=on, branch=branch)
        if known is None:
            raise DomainError("no_price", _("No list has a price for this product: write it."), field="lines")
        price = known.amount
    return NewLine(
        product=product,
        identifiers=line.identifiers or None,
        unit=unit_of(request, line.unit_number) if line.unit_number is not None else None,
        quantity=line.quantity,
        unit_price=price,
        discount=line.discount,
        extra=line.extra,
        batch=line.batch,
    )


def _shown(request: KeyRequest, number: str) -> dict[str, Any]:
    purchase = _purchase_of(request, number)
    note_version(request, purchase.version)
    return purchase_out(purchase, nameable_customers(request, [purchase.customer_id]))


def purchase_out(purchase: Purchase, seen: set[int]) -> dict[str, Any]:
    """The purchase as it is answered: a closed list of fields."""
    names = (
        "id", "number", "branch_id", "bought_on", "memo", "channel", "currency", "total", "created_at", "reversed_at",
        "reverse_reason", "version",
    )  # fmt: skip
    parts = ("product_id", "quantity", "unit_price", "discount", "amount")
    return {
        **{name: getattr(purchase, name) for name in names},
        "customer_id": purchase.customer_id if purchase.customer_id in seen else None,
        "lines": [
            {**{name: getattr(line, name) for name in parts}, "unit_number": line.unit.number if line.unit else None}
            for line in purchase.lines.all()
        ],
    }
