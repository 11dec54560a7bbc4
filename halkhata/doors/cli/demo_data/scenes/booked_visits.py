"""Eight visits to the workshop that customers of the demo asked for: to be answered, coming, declined, taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from halkhata.desks.service.choices import IN_HOUSE
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services.bookings import ask_booking, confirm_booking, decline_booking, withdraw_booking
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.models import Unit

CUSTOMER = SystemActor("customer's page")
# How far it went, what the customer says, which of the days offered, hours ago.
WISHES: tuple[tuple[str, int, int], ...] = (
    ("asked", 0, 2),
    ("asked", 1, 5),
    ("asked", 1, 20),
    ("confirmed", 0, 30),
    ("confirmed", 2, 44),
    ("confirmed", 3, 50),
    ("declined", 4, 26),
    ("withdrawn", 2, 70),
)
# What is said of a thing of this kind, one after the other.
WORDS: dict[str, tuple[str, ...]] = {
    "motorcycle": ("সকালে স্টার্ট নিতে দেরি হয়, তারপর ঠিক চলে।", "পেছনের চাকার দিক থেকে শব্দ আসে।", "ব্রেক একটু শক্ত লাগে।"),
    "phone": ("চার্জ দিলে গরম হয়ে যায়।", "চার্জ আধা বেলাও থাকে না।", "কথা বলার সময় শব্দ কেটে যায়।"),
    "appliance": ("চলার সময় জোরে শব্দ হয়।", "মাঝে মাঝে নিজে থেকে বন্ধ হয়ে যায়।"),
    "air-conditioner": ("ঠান্ডা কম হয়।", "রিমোট মাঝে মাঝে কাজ করে না।", "ভিতরের ইউনিট থেকে পানি পড়ে।"),
}
USUAL = ("ফ্রি সার্ভিস করাতে চাই।", "আজকাল আগের মতো কাজ করে না, দেখে দেবেন।")


def book_visits(*, staff: Mapping[str, User], now: datetime) -> int:
    """Write the wishes down, each at its hour, and answer some. Returns how many there are."""
    owner = staff["malik"]
    inside = ServiceJob.objects.filter(state__in=IN_HOUSE).values("unit")
    units = (
        Unit.objects.filter(is_demo=True, state="sold", owner__isnull=False)
        .exclude(pk__in=inside)
        .select_related("owner", "branch", "product__kind")
        .order_by("sold_on", "pk")[: len(WISHES)]
    )
    count, said = 0, dict.fromkeys(["", *WORDS], 0)
    for number, (wish, unit) in enumerate(zip(WISHES, units, strict=False)):
        state, ahead, hours = wish
        if unit.owner is None:
            continue
        kind = unit.product.kind.code if unit.product.kind.code in WORDS else ""
        lines = WORDS.get(kind, USUAL)
        words, said[kind] = lines[said[kind] % len(lines)], said[kind] + 1
        with moved_to(now - timedelta(hours=hours)):
            days = free_days(unit.branch)
            if not days:
                continue
            booking = ask_booking(
                actor=CUSTOMER, unit=unit, customer=unit.owner, branch=unit.branch, complaint=words,
                wished_on=days[min(ahead + 2, len(days) - 1)].on, key=f"demo:{number}", is_demo=True,
            )  # fmt: skip
        with moved_to(now - timedelta(hours=max(hours - 3, 1))):
            if state == "confirmed":
                confirm_booking(actor=owner, booking=booking, note="মেমো সঙ্গে আনবেন।")
            elif state == "declined":
                decline_booking(actor=owner, booking=booking, reason="ওই দিন মিস্ত্রি ছুটিতে। অন্য দিন বেছে নিন।")
            elif state == "withdrawn":
                withdraw_booking(actor=CUSTOMER, booking=booking)
        count += 1
    return count
