"""What a customer sees of the own units: verdict, covers, free services, reading, what is going on with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import OuterRef, Subquery

from halkhata.desks.service.choices import IN_HOUSE
from halkhata.desks.service.models import JobBooking, ServiceJob
from halkhata.desks.service.selectors.bookings import open_bookings_of
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.selectors.units import with_all
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.selectors.coupons import standing_of
from halkhata.records.warranty.selectors.overview import verdicts
from halkhata.records.warranty.selectors.verdict import Verdict

MOST_UNITS = 50
Row = TypeVar("Row", ServiceJob, JobBooking)


@dataclass(frozen=True, kw_only=True)
class OwnUnit:
    """A line of the list. ``coupons_left``: free services that can still be used, now or later."""

    unit: Unit
    verdict: Verdict
    coupons_left: int
    reading: int | None
    read_on: date | None
    job: ServiceJob | None
    booking: JobBooking | None

    @property
    def usage_unit(self) -> str:
        """What its meter counts; "" for units without one."""
        return str(self.unit.product.kind.usage_unit)


def own_units(customer: Customer) -> list[OwnUnit]:
    """Everything the customer owns, the last bought first. The same number of queries however many."""
    return _shown(list(_rows(customer)[:MOST_UNITS]))


def own_unit(customer: Customer, number: str) -> OwnUnit | None:
    """One unit by its number in any spelling; None for one that is not this customer's."""
    wanted = parse_ref(number)
    found = list(_rows(customer).filter(number=wanted)[:1]) if wanted else []
    return _shown(found)[0] if found else None


def _rows(customer: Customer) -> Any:
    last = Reading.objects.filter(unit=OuterRef("pk")).order_by("-read_on", "-pk")
    rows = with_all(Unit.objects.filter(owner__in=family_of_survivor(customer.pk)))
    return rows.annotate(
        last_value=Subquery(last.values("value")[:1]), last_read_on=Subquery(last.values("read_on")[:1])
    ).order_by("-sold_on", "-pk")


def _shown(units: list[Any]) -> list[OwnUnit]:
    ids = [unit.pk for unit in units]
    coupons: dict[int, list[Coupon]] = defaultdict(list)
    for coupon in Coupon.objects.filter(unit__in=ids):
        coupons[coupon.unit_id].append(coupon)
    jobs = {job.unit_id: job for job in ServiceJob.objects.filter(unit__in=ids, state__in=IN_HOUSE)}
    bookings = open_bookings_of(ids)
    return [
        OwnUnit(
            unit=unit,
            verdict=judged.verdict,
            coupons_left=_left(coupons[unit.pk], unit.last_value),
            reading=unit.last_value,
            read_on=unit.last_read_on,
            job=_if_own(jobs.get(unit.pk), unit),
            booking=_if_own(bookings.get(unit.pk), unit),
        )
        for unit, judged in zip(units, verdicts(units), strict=True)
    ]


def _left(coupons: list[Coupon], reading: int | None) -> int:
    last = max((one.round for one in coupons), default=0)
    day = today()
    standings = [standing_of(one, on=day, reading=reading) for one in coupons if one.round == last]
    return sum(standing in {"open", "early"} for standing in standings)


def _if_own(row: Row | None, unit: Unit) -> Row | None:
    """What somebody else had asked for, before the unit changed hands, is that person's affair."""
    return row if row is not None and row.customer_id == unit.owner_id else None
