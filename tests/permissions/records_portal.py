"""Records of the customer's own pages for the walk: a unit, its repair, a booked visit, of one's own and a foreign."""

from datetime import timedelta
from typing import Any

from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services.bookings import ask_booking
from halkhata.desks.service.services.opening import open_job
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.warranty.services.cards import card_of


def make_portal_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walk-fan", name_en="Walk", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="walk-portal-brand", name_en="Walk")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Fan", model_code="WF1", folded="WALK FAN")
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        units = [
            Unit.objects.create(
                number=f"U-66{number}{place}", product=product, branch=side["branch"], state="sold",
                sold_on=today() - timedelta(days=3), owner=side["customer"],
            )
            for place in (0, 1)
        ]  # fmt: skip
        job = open_job(
            actor=SYSTEM, unit=units[1], customer=side["customer"], branch=side["branch"], complaint="It hums",
            team=side["team"], owner=side["clerk"],
        )  # fmt: skip
        booking = ask_booking(
            actor=SYSTEM, unit=units[0], customer=side["customer"], branch=side["branch"], complaint="It hums",
            wished_on=free_days(side["branch"])[0].on, key=f"walk:{number}",
        )  # fmt: skip
        # The card is made on first use: looking at it in the walk then writes nothing.
        card_of(units[0])
        sides.append((units[0].number, job.number, booking.number))
    own, foreign = sides
    return {
        "own unit": kind((own[0],), (foreign[0],), absent=("U-999999",)),
        "own repair": kind((own[1],), (foreign[1],), absent=("J-999999",)),
        "own visit": kind((own[2],), (foreign[2],), absent=("V-999999",)),
        "booking": kind((own[2],), (foreign[2],), absent=("V-999999",)),
    }
