"""Free services: of a unit, about to be lost, used in a month."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.choices import CouponState
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.selectors.verdict import last_reading
from halkhata.records.warranty.words import day, number

Standing = Literal["early", "open", "expired", "used", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class ShownCoupon:
    """A free service as people see it: where it stands today, and its window in words."""

    coupon: Coupon
    standing: Standing
    label: str
    window: str


def coupons_of(unit: Unit, *, on: date | None = None, reading: int | None = None) -> list[ShownCoupon]:
    """The unit's free services of its last sale, in order. One query."""
    found = unit.coupons.select_related("used_branch").annotate(last_reading=last_reading())
    rows = list(found.order_by("round", "number"))
    last = max((row.round for row in rows), default=0)
    return [
        shown(row, on=on or today(), reading=reading if reading is not None else row.last_reading)
        for row in rows
        if row.round == last
    ]


def shown(coupon: Coupon, *, on: date, reading: int | None) -> ShownCoupon:
    """Where the coupon stands on ``on`` at ``reading``."""
    standing = standing_of(coupon, on=on, reading=reading)
    labels = {
        "early": _("Not yet"), "open": _("Open"), "expired": _("Expired"), "used": _("Used"),
        "cancelled": _("Cancelled"),
    }  # fmt: skip
    return ShownCoupon(coupon=coupon, standing=standing, label=labels[standing], window=window_of(coupon))


def standing_of(coupon: Coupon, *, on: date, reading: int | None) -> Standing:
    """Early, open, expired, used or cancelled; days and use, whichever comes first."""
    if coupon.state == CouponState.USED:
        return "used"
    if coupon.state == CouponState.CANCELLED:
        return "cancelled"
    over = coupon.to_usage is not None and reading is not None and reading > coupon.to_usage
    if on > coupon.to_on or over:
        return "expired"
    under = coupon.from_usage is not None and reading is not None and reading < coupon.from_usage
    return "early" if on < coupon.from_on or under else "open"


def window_of(coupon: Coupon) -> str:
    """ "1 Feb – 3 Mar 2026; 400–1,000" in the reader's language."""
    words = f"{day(coupon.from_on)} – {day(coupon.to_on)}"
    if coupon.to_usage is not None:
        words += f"; {number(coupon.from_usage or 0)}–{number(coupon.to_usage)}"
    return words


def about_to_be_lost(user: User, *, days: int) -> QuerySet[Coupon]:
    """Open ones that end within so many days, the soonest first, with unit, product and owner at hand."""
    start = today()
    return (
        Coupon.objects.visible_to(user)
        .filter(
            state=CouponState.DUE, to_on__gte=start, to_on__lte=start + timedelta(days=days), from_on__lte=F("to_on")
        )
        .select_related("unit__product__brand", "unit__owner", "unit__branch")
        .order_by("to_on", "pk")
    )


def used_in(user: User, *, first: date, last: date) -> QuerySet[Coupon]:
    """Those used in these days: the sheet for the company."""
    return (
        Coupon.objects.visible_to(user)
        .filter(state=CouponState.USED, used_on__gte=first, used_on__lte=last)
        .select_related("unit__product__brand", "used_branch", "used_by")
        .prefetch_related("unit__identifiers")
        .order_by("used_on", "pk")
    )
