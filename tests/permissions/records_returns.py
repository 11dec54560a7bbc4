"""Records of returns and stock for the walk: one's own branch's and a foreign one's."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from halkhata.desks.returns.services.parcels import take_parcel
from halkhata.desks.returns.services.requesting import request_return
from halkhata.desks.returns.tracking import tracking_token
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Purchase, PurchaseLine


def make_returns_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(code="walk-fans", name_en="Walk fans")
    brand = Brand.objects.create(code="walk-fan-brand", name_en="Walk fans")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Fan", model_code="WF1", folded="WALK FAN")
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        day = today() - timedelta(days=1)
        purchase = Purchase.objects.create(
            number=f"S-95{number}", customer=side["customer"], branch=side["branch"], bought_on=day,
            channel="counter", currency="BDT", total=Decimal(100),
        )  # fmt: skip
        line = PurchaseLine.objects.create(
            purchase=purchase, product=product, unit_price=Decimal(100), amount=Decimal(100)
        )
        request = request_return(
            actor=SYSTEM, purchase_line=line, unit=None, reason_code="defect", note="", wish="", channel="counter",
            against_rules=True, owner=side["clerk"], team=side["team"], tell=False,
        )  # fmt: skip
        parcel = take_parcel(actor=SYSTEM, branch=side["branch"], content="A box")
        sides.append({"number": request.number, "parcel": parcel.pk, "token": tracking_token(request)})
    own, foreign = sides
    return {
        "return": kind((own["number"],), (foreign["number"],), absent=("R-999999",)),
        "parcel": kind((own["parcel"],), (foreign["parcel"],)),
        "return page": kind((own["token"],), absent=("none-such",)),
    }
