"""Records of the warranty for the walk: one's own branch's and a foreign one's."""

from datetime import date, timedelta
from typing import Any

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.warranty.models import Coupon, Flag, Registration
from halkhata.records.warranty.services.cards import card_of
from halkhata.records.warranty.services.covers import start_covers
from halkhata.records.warranty.services.publishing import Term, publish_policy


def make_warranty_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walk-sort", name_en="Walk", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="walk-brand", name_en="Walk")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Walk", model_code="W1", folded="WALK")
    policy = publish_policy(
        actor=SYSTEM,
        code="walk",
        name_en="Walk",
        product=product,
        terms=[Term(component="all", label_en="All", months=9)],
    )
    sides: list[dict[str, Any]] = []
    for number, side in enumerate((shop.own, shop.foreign)):
        unit = Unit.objects.create(
            number=f"U-90{number}", product=product, branch=side["branch"], state="sold", sold_on=date(2026, 1, 1),
            owner=side["customer"],
        )  # fmt: skip
        cover = start_covers(actor=SYSTEM, unit=unit, starts_on=date(2026, 1, 1), policy=policy)[0]
        sides.append(
            {
                "unit": unit.number, "cover": cover.pk, "card": card_of(unit).token,
                "registration": Registration.objects.create(
                    number=f"W-90{number}", branch=side["branch"], unit=unit, product=product, serial="WALK1",
                    serial_folded="WALK1", bought_on=date(2026, 1, 1), channel="web", created_at=now(),
                ).number,
                "coupon": Coupon.objects.create(
                    unit=unit, number=1, from_on=today(), to_on=today() + timedelta(days=30)
                ).pk,
                "flag": Flag.objects.create(unit=unit, kind="many_claims", raised_at=now()).pk,
            }
        )  # fmt: skip
    own, foreign = sides
    absent = {"unit": ("U-999999",), "registration": ("W-999999",)}
    made = {
        f"warranty {name}": kind((own[name],), (foreign[name],), absent=absent.get(name, (999_999,)))
        for name in ("unit", "cover", "registration", "coupon", "flag")
    }
    return {
        **made,
        "warranty terms": kind((policy.code,), absent=("none-such",)),
        "warranty card": kind((own["card"],), absent=("none-such",)),
    }
