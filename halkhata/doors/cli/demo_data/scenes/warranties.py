"""Warranties of the demo's units: installed, serviced free of charge, extended, void, and registrations that wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from halkhata.doors.cli.demo_data.scenes.sold_units import SELLERS
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.days import day_of, moment_of
from halkhata.records.catalog.models import ProductKind, Unit
from halkhata.records.warranty.choices import Channel, CouponState, CoverState, PolicyKind, RejectReason, VoidReason
from halkhata.records.warranty.models import Coupon, Cover
from halkhata.records.warranty.services.coupons import use_coupon
from halkhata.records.warranty.services.covers import begin_covers, extend_covers, void_cover
from halkhata.records.warranty.services.publishing import Term, publish_policy
from halkhata.records.warranty.services.registering import note_registration, reject_registration

SEED = 1453
# Serial, product in the customer's words, where it was bought, phone, days ago.
WAITING = (
    ("HM-8810021", "হিমালি ফ্রিজ ২২০", "স্টেশন রোডের দোকান", "01100900001", 2),
    ("CM-7722019", "ঝড় ১২৫", "রংপুর শোরুম", "01100900002", 5),
    ("HA-5512904", "হিমালি এসি", "", "01100900003", 9),
)


def tell_of_warranties(*, branches: Mapping[str, Branch], staff: Mapping[str, User], now: datetime) -> int:
    """What became of the warranties that began with the sales. Returns how many free services were used."""
    dice = Random(SEED)  # noqa: S311 - a story, no secret
    sellers = {branches[code].pk: staff[user] for code, user in SELLERS.items()}
    _install(sellers, now)
    used = _use_coupons(dice, sellers, now)
    _extend(sellers, now)
    _void(now)
    _register(branches["demo-bogura"], staff[SELLERS["demo-bogura"]], now)
    return used


def _install(sellers: Mapping[int, User], now: datetime) -> None:
    """Air conditioners and solar systems were put up a few days later; of the last one nobody has written it down."""
    waiting = Unit.objects.filter(is_demo=True, covers__state=CoverState.PENDING).distinct().order_by("sold_on", "pk")
    for unit in list(waiting)[:-1]:
        assert unit.sold_on is not None
        on = unit.sold_on + timedelta(days=3)
        if on < day_of(now):
            with moved_to(moment_of(on)):
                begin_covers(actor=sellers[unit.branch_id], unit=unit, on=on)


def _use_coupons(dice: Random, sellers: Mapping[int, User], now: datetime) -> int:
    """Six of ten came in time, in the middle of the window."""
    used = 0
    rows = Coupon.objects.filter(is_demo=True, state=CouponState.DUE).select_related("unit").order_by("pk")
    for coupon in rows:
        on = coupon.from_on + (coupon.to_on - coupon.from_on) / 2
        if on >= day_of(now) or dice.random() > 0.6:
            continue
        reading = None
        if coupon.to_usage is not None:
            reading = ((coupon.from_usage or 0) + coupon.to_usage) // 2
        with moved_to(moment_of(on)):
            use_coupon(actor=sellers[coupon.unit.branch_id], coupon_id=coupon.pk, on=on, reading=reading)
        used += 1
    return used


def _extend(sellers: Mapping[int, User], now: datetime) -> None:
    kind = ProductKind.objects.filter(code="appliance").first()
    unit = Unit.objects.filter(is_demo=True, product__kind=kind, state="sold").order_by("pk").first()
    if kind is None or unit is None:
        return
    with moved_to(now - timedelta(days=40)):
        policy = publish_policy(
            actor=SYSTEM, code="demo-one-more-year", name_bn="আরও এক বছর", name_en="One more year",
            kind=PolicyKind.EXTENDED, product_kind=kind, is_demo=True,
            terms=[Term(component="all", label_bn="যন্ত্রাংশ ও সার্ভিস", label_en="Parts and service", months=12)],
        )  # fmt: skip
        extend_covers(
            actor=sellers[unit.branch_id], unit=unit, policy=policy, sold_on=day_of(now - timedelta(days=40)),
            bill="4811",
        )  # fmt: skip


def _void(now: datetime) -> None:
    cover = Cover.objects.filter(is_demo=True, state=CoverState.ACTIVE, component="panel").order_by("pk").last()
    if cover is not None:
        with moved_to(now - timedelta(days=6)):
            void_cover(actor=SYSTEM, cover=cover, reason_code=VoidReason.OPENED, note="সিল কাটা, অন্য দোকানে খোলা হয়েছে")


def _register(branch: Branch, clerk: User, now: datetime) -> None:
    for serial, product, shop, phone, days in WAITING:
        at = now - timedelta(days=days)
        with moved_to(at):
            note_registration(
                actor=SYSTEM, serial=serial, bought_on=day_of(at - timedelta(days=8)), channel=Channel.WEB,
                branch=branch, phone=phone, product_text=product, sold_by=shop, key=f"demo:{serial}", is_demo=True,
            )  # fmt: skip
    with moved_to(now - timedelta(days=12)):
        row = note_registration(
            actor=SYSTEM, serial="DP-1199", bought_on=day_of(now - timedelta(days=30)), channel=Channel.QR,
            branch=branch, phone="01100900004", product_text="ধোপা ওয়াশিং মেশিন", key="demo:DP-1199", is_demo=True,
        )  # fmt: skip
        reject_registration(actor=clerk, registration=row, reason=RejectReason.UNREADABLE)
