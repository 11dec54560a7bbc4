"""Records of the catalogue for the walk: one's own branch's and a foreign one's."""

from decimal import Decimal
from typing import Any

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.services.defaults import create_price_list
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.purchases import NewLine, record_purchase


def make_catalog_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walked",
        name_en="Walked",
        usage_unit="km",
        identifiers=[{"code": "serial", "label_en": "Serial", "label_bn": "", "required": True, "check": ""}],
    )
    brand = save_brand(actor=SYSTEM, name_en="Walked")
    product = save_product(actor=SYSTEM, brand=brand, kind=sort, name_en="Walked")
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        line = NewLine(product=product, identifiers={"serial": f"WALK-{number}"}, unit_price=Decimal(1))
        sides.append(
            record_purchase(
                actor=SYSTEM, customer=side["customer"], branch=side["branch"], lines=[line], bought_on=today()
            )
        )
    units = [one.lines.get().unit for one in sides]
    return {
        "unit": kind((units[0].number,), (units[1].number,), absent=("U-999999",)),
        "purchase": kind((sides[0].number,), (sides[1].number,), absent=("S-999999",)),
        "product": kind((product.pk,)),
        "brand": kind((brand.code,), absent=("none-such",)),
        "price list": kind((create_price_list().code,), absent=("none-such",)),
        "product kind": kind((sort.code,), absent=("none-such",)),
    }
