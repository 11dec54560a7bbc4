"""Records of reminders, recalls and service centres for the walk."""

from typing import Any

from halkhata.desks.aftercare.models import Reminder, ServiceCentre, ServiceRule
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit, UnitIdentifier


def make_aftercare_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walk-care", name_en="Walk", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="walk-care-brand", name_en="Walk")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Mower", model_code="WCARE1", folded="WALK CARE")
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        unit = Unit.objects.create(
            number=f"U-95{number}", product=product, branch=side["branch"], state="sold", sold_on=today(),
            owner=side["customer"],
        )  # fmt: skip
        UnitIdentifier.objects.create(
            unit=unit, product=product, kind="serial", space="serial", value=f"WCARE{number}", folded=f"WCARE{number}"
        )
        reminder = Reminder.objects.create(
            unit=unit, customer=side["customer"], branch=side["branch"], kind="service", due_key="service:walk:1",
            step="before", due_on=today(), why={"by": "date", "anchor": today().isoformat(), "number": 1},
            call_on=today(), text_at=now(), made_at=now(),
        )  # fmt: skip
        sides.append({"reminder": reminder.pk, "unit": unit})
    own, foreign = sides
    # A recall of its own for each: one's own recall never leads to a unit of another.
    recall, other = (
        start_recall(actor=SYSTEM, brand=brand, serial_from=serial, serial_to=serial, name_en="Walk", text_en="Come")
        for serial in ("WCARE0", "WCARE1")
    )
    rows = [one.units.get(unit=side["unit"]).pk for one, side in zip((recall, other), sides, strict=True)]
    rule = ServiceRule.objects.create(product=product, months=3)
    centre = ServiceCentre.objects.create(name_en="Walk", phone="+8801100000009", district="Bogura")
    return {
        "service reminder": kind((own["reminder"],), (foreign["reminder"],)),
        "recall": kind((recall.number,), absent=("RC-999999",)),
        "recalled unit": kind((recall.number, rows[0]), (other.number, rows[1]), absent=(recall.number, 999_999)),
        "service rule": kind((rule.pk,)),
        "service centre": kind((centre.pk,)),
    }
