"""Two couriers, six parcels at different places of the way, and three of their messages that nobody could take.

No courier has an address of its own on the web, and none of it reaches anybody.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from halkhata.doors.cli.demo_data.scenes.sold_units import SELLERS
from halkhata.engines.deliveries.models import Courier
from halkhata.engines.deliveries.parcel_choices import EventSource
from halkhata.engines.deliveries.services.alarms import watch_parcels
from halkhata.engines.deliveries.services.inbox import take_message
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.models import Unit

COURIERS = (("রাজহাঁস কুরিয়ার", "Rajhansh Courier", "demo-rajhansh"), ("তুফান মেইল", "Tufan Mail", "demo-tufan"))
# Number on the slip, which courier, hours ago it was given, then what happened: what, hours ago, where, why.
Told = tuple[tuple[str, int, str, str], ...]
PARCELS: tuple[tuple[str, int, int, Told], ...] = (
    ("RJ-402118", 0, 5, ()),
    ("RJ-402090", 0, 30, (("picked_up", 27, "বগুড়া", ""), ("in_transit", 20, "সিরাজগঞ্জ", ""), ("out", 2, "", ""))),
    (
        "TM-775120", 1, 52,
        (("picked_up", 50, "রাজশাহী", ""), ("at_branch", 30, "নাটোর", ""),
         ("failed", 6, "নাটোর", "ফোন ধরেননি, দরজা বন্ধ ছিল")),
    ),
    ("RJ-401877", 0, 120, (("picked_up", 117, "রাজশাহী", ""), ("in_transit", 96, "পাবনা", ""))),
    (
        "TM-774903", 1, 200,
        (("picked_up", 197, "নওগাঁ", ""), ("out", 150, "", ""), ("delivered", 146, "ক্রেতার হাতে", "")),
    ),
    (
        "TM-774711", 1, 290,
        (("picked_up", 286, "নাটোর", ""), ("failed", 240, "", "ঠিকানা পাওয়া যায়নি"), ("returned", 190, "নাটোর", "")),
    ),
)  # fmt: skip
# What their systems sent: a number nobody typed, a word nobody knows, and no message at all. Hours ago.
STRAY = (
    (0, 9, json.dumps({"number": "RJ-409999", "event": "delivered", "at": "{at}", "place": "বগুড়া"}, ensure_ascii=False)),
    (1, 26, json.dumps({"number": "TM-775120", "event": "lost_in_fog", "at": "{at}"})),
    (1, 31, "status=ok;parcel="),
)


def send_parcels(*, staff: Mapping[str, User], now: datetime) -> int:
    """Give them to the couriers, each at its hour, and take their news. Returns how many parcels there are."""
    with moved_to(now - timedelta(days=300)):
        couriers = [Courier.objects.create(name_bn=bn, name_en=en, key=key, is_demo=True) for bn, en, key in COURIERS]
    count = 0
    units = Unit.objects.filter(is_demo=True, state="sold", owner__isnull=False).select_related("branch", "owner")
    for (number, whose, hours, news), unit in zip(PARCELS, units.order_by("-sold_on", "-pk"), strict=False):
        seller = staff[SELLERS[unit.branch.code]]
        with moved_to(now - timedelta(hours=hours)):
            parcel = give_to_courier(
                actor=seller, courier=couriers[whose], number=number, unit=unit, what="বাক্সসহ কাগজপত্র", is_demo=True
            )
        for kind, ago, place, reason in news:
            at = now - timedelta(hours=ago)
            with moved_to(at):
                take_event(
                    actor=seller, parcel=parcel, kind=kind, happened_at=at, place=place, reason=reason,
                    source=EventSource.STAFF,
                )  # fmt: skip
        count += 1
    for counted, (whose, ago, body) in enumerate(STRAY):
        at = now - timedelta(hours=ago)
        with moved_to(at):
            text = body.replace("{at}", at.isoformat(timespec="minutes"))
            take_message(courier=couriers[whose], webhook_id=f"demo-{counted}", body=text.encode())
    with moved_to(now):
        watch_parcels()
    return count
