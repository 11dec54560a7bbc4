"""Records of the service desk, of goodwill and of promised dates for the walk."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from halkhata.desks.service.models import PartRequest
from halkhata.desks.service.services.estimates import send_estimate, token_for
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.states import take_step
from halkhata.engines.deliveries.models import Courier, CourierMessage
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.promising import promise_delivery
from halkhata.engines.goodwill.models import Goodwill
from halkhata.engines.work.models import ChecklistItem
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit


def make_service_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    sort = ProductKind.objects.create(
        code="walk-pump", name_en="Walk", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="walk-pump-brand", name_en="Walk")
    product = Product.objects.create(brand=brand, kind=sort, name_en="Pump", model_code="WP1", folded="WALK PUMP")
    courier = Courier.objects.create(name_en="Walk", key="walk-courier", secret="x")
    message = CourierMessage.objects.create(
        courier=courier, webhook_id="walk", source="webhook", at=now(), body="words", state="waiting",
        fault="unreadable",
    )  # fmt: skip
    sides = []
    for number, side in enumerate((shop.own, shop.foreign)):
        unit = Unit.objects.create(
            number=f"U-97{number}", product=product, branch=side["branch"], state="sold", sold_on=today(),
            owner=side["customer"],
        )  # fmt: skip
        job = open_job(
            actor=SYSTEM, unit=unit, customer=side["customer"], branch=side["branch"], complaint="No water",
            team=side["team"], owner=side["clerk"],
        )  # fmt: skip
        check = ChecklistItem.objects.create(item_id=job.pk, position=1, name_en="Look")
        take_step(actor=SYSTEM, job=job, state="diagnosed", diagnosis="Seal")
        line = add_line(actor=SYSTEM, job=job, kind="part", text="Seal", unit_price=Decimal(100))
        part = PartRequest.objects.create(job=job, name="Seal", eta_on=today(), asked_by=side["clerk"])
        # The other branch's card has a second estimate, so that its number is none of ours.
        for _version in range(number + 1):
            estimate = send_estimate(actor=SYSTEM, job=job)
        promise = promise_delivery(
            actor=SYSTEM, item=job, customer=side["customer"], branch=side["branch"],
            promised_for=now() + timedelta(days=2),
        )  # fmt: skip
        parcel = give_to_courier(actor=SYSTEM, courier=courier, number=f"WALK97{number}", promise=promise)
        goodwill = Goodwill.objects.create(
            kind="visit", item_id=job.pk, customer=side["customer"], branch=side["branch"], reason="Walk", cost=1,
            currency="BDT", state="asked", asked_by=side["clerk"],
        )  # fmt: skip
        sides.append(
            {
                "number": job.number, "line": line.pk, "estimate": estimate.number, "token": token_for(estimate),
                "promise": promise.pk, "parcel": parcel.pk, "goodwill": goodwill.pk, "check": check.pk, "part": part.pk,
            }
        )  # fmt: skip
    own, foreign = sides
    absent = "J-999999"

    def nested(name: str) -> Any:
        return kind((own["number"], own[name]), (foreign["number"], foreign[name]), absent=(absent, 999_999))

    return {
        "job card": kind((own["number"],), (foreign["number"],), absent=(absent,)),
        "job card estimate": nested("estimate"),
        "job card line": nested("line"),
        "job card part": nested("part"),
        "job card check": nested("check"),
        "job card page": kind((own["token"],), absent=("none-such",)),
        "promised date": kind((own["promise"],), (foreign["promise"],)),
        "courier parcel": kind((own["parcel"],), (foreign["parcel"],)),
        "courier": kind((courier.pk,)),
        "courier message": kind((message.pk,)),
        "courier key": kind((courier.key,), absent=("none-such",)),
        "goodwill": kind((own["goodwill"],), (foreign["goodwill"],)),
    }
