"""Products with their kinds, and what they cost on a day."""

from decimal import Decimal
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.shapes import Day, PageOut, listed, listing
from halkhata.foundation.core.text import search_key
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Price, Product
from halkhata.records.catalog.selectors.prices import prices_in_force

router = Router(tags=["units"])
ORDERS = {"id": Order(column="pk")}


class IdentifierField(Schema):
    """A number that units of the product have."""

    code: str
    label_bn: str
    label_en: str
    required: bool


class ProductOut(Schema):
    """One product. `identifiers` says by which numbers its units are known; none: it is sold by pieces."""

    id: int
    name_bn: str
    name_en: str
    brand: str
    model_code: str
    kind: str
    usage_unit: str
    identifiers: list[IdentifierField]
    is_active: bool
    price: Decimal | None
    currency: str | None


class ProductPage(PageOut):
    """A page of products."""

    items: list[ProductOut]


class ProductFilters(Page):
    """Which products."""

    q: Annotated[str, Field(max_length=100, description="Words of brand, name or model.")] = ""
    kind: Annotated[str, Field(max_length=40, description="The code of a kind.")] | None = None
    active: bool | None = None
    on: Annotated[Day, Field(description="The day of the price; today if left out.")] | None = None


@router.get("", response=listing(ProductPage), summary="List products")
def list_products(request: KeyRequest, filters: Query[ProductFilters]) -> dict[str, Any]:
    """The products with the price in force for the key's branch."""
    require_scope(request, "unit.view")
    rows = Product.objects.select_related("brand", "kind")
    for word in search_key(filters.q).split():
        rows = rows.filter(folded__contains=word)
    if filters.kind is not None:
        rows = rows.filter(kind__code=filters.kind)
    if filters.active is not None:
        rows = rows.filter(is_active=filters.active)
    found = page_of(request, rows, page=filters, orders=ORDERS, order="id")
    prices = prices_in_force([one.pk for one in found[0]], on=filters.on or today(), branch=request.user.branch)
    return listed(found, lambda one: product_out(one, prices.get(one.pk)))


def product_out(product: Product, price: Price | None) -> dict[str, Any]:
    """The product as it is answered."""
    return {
        "id": product.pk,
        "name_bn": product.name_bn,
        "name_en": product.name_en,
        "brand": product.brand.name_en or product.brand.name_bn,
        "model_code": product.model_code,
        "kind": product.kind.code,
        "usage_unit": product.kind.usage_unit,
        "identifiers": [
            {
                "code": str(entry["code"]),
                "label_bn": str(entry.get("label_bn", "")),
                "label_en": str(entry.get("label_en", "")),
                "required": bool(entry.get("required")),
            }
            for entry in product.kind.identifiers
        ],
        "is_active": product.is_active,
        "price": price.amount if price is not None else None,
        "currency": price.currency if price is not None else None,
    }
