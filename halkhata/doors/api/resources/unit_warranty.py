"""The warranty of a unit: the verdict with its rule, each component, the free services."""

from datetime import date
from typing import Annotated

from django.http import Http404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.shapes import Day, read
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.warranty.selectors.coupons import coupons_of
from halkhata.records.warranty.selectors.verdict import verdict_of

router = Router(tags=["units"])
UnitNumber = Annotated[str, Path(max_length=20, description="A unit's number, such as U-1001.")]


class ComponentOut(Schema):
    """What holds for one component."""

    component: str
    label: str
    state: str = Field(description="green, amber or red.")
    parts: bool
    labour: bool
    visit: bool
    exchange: bool
    ends_on: date | None
    usage_limit: int | None
    rule: str


class CouponOut(Schema):
    """One free service."""

    id: int
    number: int
    standing: str = Field(description="early, open, expired, used or cancelled.")
    from_on: date
    to_on: date
    from_usage: int | None
    to_usage: int | None
    used_on: date | None


class WarrantyOut(Schema):
    """The answer to "is it in warranty?"."""

    unit: str
    state: str = Field(description="green, amber or red.")
    sentence: str
    reading: int | None
    components: list[ComponentOut]
    coupons: list[CouponOut]


class Asked(Schema):
    """For which day, and at which reading."""

    on: Day | None = None
    reading: Annotated[int, Field(ge=0, le=9_999_999)] | None = None


@router.get("/{number}/warranty", response=read(WarrantyOut))
def show_warranty(request: KeyRequest, number: UnitNumber, asked: Query[Asked]) -> WarrantyOut:
    """The verdict in the language of Accept-Language; without ``on`` for today, without ``reading`` at the last one."""
    require_scope(request, "warranty.view")
    unit: Unit | None = unit_by_number(request.user, number) if "\x00" not in number else None
    if unit is None:
        raise Http404
    verdict = verdict_of(unit, on=asked.on, reading=asked.reading)
    return WarrantyOut(
        unit=unit.number, state=verdict.state, sentence=verdict.sentence,
        reading=verdict.lines[0].reading if verdict.lines else asked.reading,
        components=[
            ComponentOut(
                component=line.component, label=line.label, state=line.state, parts=line.parts, labour=line.labour,
                visit=line.visit, exchange=line.exchange, ends_on=line.ends_on, usage_limit=line.usage_limit,
                rule=line.rule,
            )
            for line in verdict.lines
        ],
        coupons=[
            CouponOut(
                id=one.coupon.pk, number=one.coupon.number, standing=one.standing, from_on=one.coupon.from_on,
                to_on=one.coupon.to_on, from_usage=one.coupon.from_usage, to_usage=one.coupon.to_usage,
                used_on=one.coupon.used_on,
            )
            for one in coupons_of(unit, on=asked.on, reading=asked.reading)
        ],
    )  # fmt: skip
