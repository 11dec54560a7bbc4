"""Records of the claims desk for the walk: one's own branch's and a foreign one's."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from halkhata.desks.claims.models import ClaimFile
from halkhata.desks.claims.services.old_parts import send_parts, tag_part
from halkhata.desks.claims.services.opening import NewLine, open_claim
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit


def make_claims_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walk-mixer", name_en="Walk", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="walk-mixer-brand", name_en="Walk")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Mixer", model_code="WM1", folded="WALK MIXER")
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        unit = Unit.objects.create(
            number=f"U-96{number}", product=product, branch=side["branch"], state="sold", owner=side["customer"],
            sold_on=today() - timedelta(days=9),
        )  # fmt: skip
        claim = open_claim(
            actor=SYSTEM, unit=unit, branch=side["branch"], team=side["team"], owner=side["clerk"],
            failed_on=today(), repaired_on=today(),
            lines=[NewLine(kind="part", text="Blade", cost=Decimal(100))],
        )  # fmt: skip
        photo = ClaimFile.objects.create(claim=claim, file=store_file(name="p.txt", data=f"walk {number}".encode()))
        part = tag_part(actor=SYSTEM, claim=claim, name="Blade")
        parcel = send_parts(actor=SYSTEM, parts=[part.pk], sent_on=today(), courier="Walk")
        sides.append({"number": claim.number, "line": claim.lines.get().pk, "photo": photo.pk, "parcel": parcel.pk})
    own, foreign = sides
    absent = "C-999999"

    def nested(name: str) -> Any:
        return kind((own["number"], own[name]), (foreign["number"], foreign[name]), absent=(absent, 999_999))

    return {
        "claim": kind((own["number"],), (foreign["number"],), absent=(absent,)),
        "claim line": nested("line"),
        "claim photo": nested("photo"),
        "claim parcel": kind((own["parcel"],), (foreign["parcel"],)),
    }
