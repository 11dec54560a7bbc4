"""Sixteen job cards of the demo, at every place between gate and gate; goodwill, and a date promised for a sale."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.services.defaults import create_bench_checklist, create_job_promise
from halkhata.desks.service.services.estimates import record_answer, send_estimate
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.parts import ask_for_part
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.engines.deliveries.services.promising import promise_delivery, reschedule
from halkhata.engines.goodwill.services.granting import ask_goodwill, grant_goodwill
from halkhata.engines.goodwill.services.limits import prepare_limits
from halkhata.engines.work.models import ChecklistItem
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Unit

# How far each card goes, what the customer says, what was found, the part, its price, days ago.
STORIES: tuple[tuple[str, str, str, str, int, int], ...] = (
    ("in", "চালু হচ্ছে না, গত রাত থেকে।", "", "", 0, 0),
    ("in", "চলার সময় অদ্ভুত শব্দ করে।", "", "", 0, 1),
    ("diagnosed", "চার্জ থাকে না।", "ব্যাটারির সংযোগ ঢিলা", "সংযোগ তার", 350, 1),
    ("diagnosed", "মাঝে মাঝে বন্ধ হয়ে যায়।", "সেন্সর নষ্ট", "সেন্সর", 1200, 5),
    ("waiting_approval", "পড়ে গিয়ে ভেঙে গেছে।", "বাইরের ঢাকনা ভাঙা", "ঢাকনা", 2400, 2),
    ("waiting_approval", "পানি ঢুকেছে মনে হয়।", "ভিতরে মরিচা", "সার্কিট বোর্ড", 5200, 9),
    ("waiting_part", "আগের মতো শক্তি পাই না।", "মোটর দুর্বল", "মোটর", 3800, 4),
    ("waiting_part", "ঠান্ডা হতে দেরি হয়।", "ফ্যান বদলাতে হবে", "ফ্যান", 1500, 12),
    ("working", "ব্রেক ঠিকমতো ধরে না।", "ব্রেক প্যাড ক্ষয়", "ব্রেক প্যাড", 900, 2),
    ("working", "গরম হয়ে যায়।", "ফিল্টার বন্ধ", "ফিল্টার", 600, 18),
    ("tested", "সুইচ কাজ করে না।", "সুইচ পোড়া", "সুইচ", 250, 3),
    ("ready", "লাইট জ্বলে না।", "ফিউজ কাটা", "ফিউজ", 120, 4),
    ("ready", "তেল পড়ে।", "সিল নষ্ট", "সিল", 450, 6),
    ("delivered", "স্টার্ট নেয় না।", "প্লাগ ময়লা", "প্লাগ", 300, 15),
    ("delivered", "শব্দ বেশি।", "বেয়ারিং ক্ষয়", "বেয়ারিং", 800, 25),
    ("cancelled", "অনেক পুরোনো, আর চলে না।", "মেরামতের খরচ বেশি", "ইঞ্জিন ব্লক", 24000, 20),
)
LEFT: tuple[list[str], ...] = (["চাবি"], ["চার্জার", "কেবল"], [], ["রিমোট"], ["হেলমেট", "চাবি"])
_NEEDS_YES = frozenset({"working", "tested", "ready", "delivered"})


def take_units_in(*, branches: Mapping[str, Branch], staff: Mapping[str, User], now: datetime) -> int:
    """Open the cards, each at its hour, and bring each as far as its story goes. Returns how many there are."""
    with moved_to(now - timedelta(days=360)):
        create_job_promise(is_demo=True)
        create_bench_checklist(is_demo=True)
        prepare_limits(currency="BDT")
    owner = staff["malik"]
    given_back = ReturnRequest.objects.filter(unit__isnull=False).values("unit")
    sold = (
        Unit.objects.filter(
            is_demo=True, state="sold", owner__isnull=False, sold_on__lt=day_of(now - timedelta(days=40))
        )
        .exclude(pk__in=given_back)
        .select_related("product__kind", "owner", "branch")
        .order_by("-sold_on", "pk")
    )
    # Every other card is in the workshop whose people one signs in as, so that their boards have work on them.
    at_home = list(sold.filter(branch=staff["advisor"].branch)[: (len(STORIES) + 1) // 2])
    elsewhere = list(sold.exclude(pk__in=[unit.pk for unit in at_home])[: len(STORIES) - len(at_home)])
    units = [unit for pair in zip_longest(at_home, elsewhere) for unit in pair if unit is not None]
    cards = []
    for number, (story, unit) in enumerate(zip(STORIES, units, strict=False)):
        at = now - timedelta(days=story[5], hours=3 + number % 4)
        cards.append(_tell(story, unit, owner, LEFT[number % len(LEFT)], at, now))
    if cards:
        _around(cards[0], owner, now)
    return len(cards)


def _tell(
    story: tuple[str, str, str, str, int, int], unit: Unit, owner: User, left: list[str], at: datetime, now: datetime
) -> ServiceJob:
    state, words, found, part, price, _days = story
    team, advisor = _workshop(unit.branch)
    with moved_to(at):
        job = open_job(
            actor=SYSTEM, unit=unit, customer=unit.owner, branch=unit.branch, complaint=words, accessories=left,
            team=team, owner=advisor, technician=None if state == "in" else advisor,
            promised_for=at + timedelta(days=3), is_demo=True,
        )  # fmt: skip
    if state == "in":
        return job
    with moved_to(at + timedelta(hours=1)):
        take_step(actor=SYSTEM, job=job, state="diagnosed", diagnosis=found)
        add_line(actor=SYSTEM, job=job, kind="part", text=part, unit_price=Decimal(price), cost=Decimal(price) * 6 / 10)
        labour: dict[str, Any] = {}
        if state == "waiting_approval":
            labour = {"payer": "customer", "rule": "পড়ে ভেঙেছে, ওয়ারেন্টিতে নেই"}
        add_line(actor=SYSTEM, job=job, kind="labour", text="মেরামতের মজুরি", unit_price=Decimal(400), **labour)
    if state == "diagnosed":
        return job
    with moved_to(min(at + timedelta(hours=2), now)):
        _go_on(job, state, part, owner, at, now)
    return job


def _workshop(branch: Branch) -> tuple[Team | None, User | None]:
    """The team that repairs and its advisor; without a workshop, the branch's team and whom its rule picks."""
    teams = Team.objects.filter(branch=branch, is_active=True).order_by("code")
    team = teams.filter(code__startswith="demo-service").first() or teams.first()
    if team is None:
        return None, None
    return team, team.members.filter(role__code="service_advisor").order_by("pk").first()


def _go_on(job: ServiceJob, state: str, part: str, owner: User, at: datetime, now: datetime) -> None:
    charged = sum(line.charged for line in job.lines.filter(removed_at__isnull=True))
    if state == "waiting_approval":
        send_estimate(actor=SYSTEM, job=job, note="পুরোনো পার্টস ফেরত পাবেন।")
        return
    if state == "cancelled":
        cancel_job(actor=SYSTEM, job=job, reason="refused", note="নতুন কিনবেন")
        return
    if state in _NEEDS_YES and charged:
        send_estimate(actor=SYSTEM, job=job)
        record_answer(actor=owner, job=job, approves=True, how="phone", answered_by=str(job.customer or "গ্রাহক"))
    if state == "waiting_part":
        ask_for_part(actor=owner, job=job, name=part, eta_on=day_of(at) + timedelta(days=7), supplier="কোম্পানির ডিপো")
        return
    take_step(actor=SYSTEM, job=job, state="working")
    if state == "working":
        return
    ChecklistItem.objects.filter(item_id=job.pk).update(done_at=at + timedelta(hours=2), done_by=owner)
    take_step(actor=SYSTEM, job=job, state="tested")
    if state == "tested":
        return
    take_step(actor=SYSTEM, job=job, state="ready")
    if state == "delivered":
        with moved_to(min(at + timedelta(days=1), now)):
            who = str(job.customer or "গ্রাহক")
            hand_over(actor=owner, job=job, how="signature", taken_by=who, typed_name=who)


def _around(job: ServiceJob, owner: User, now: datetime) -> None:
    """What stands beside the cards: a rule waived, one asked for, a date promised for a sale and moved once."""
    if job.customer is None:
        return
    values: dict[str, Any] = {
        "item": None,
        "customer": job.customer,
        "branch": job.branch,
        "currency": "BDT",
        "is_demo": True,
    }
    with moved_to(now - timedelta(days=10)):
        grant_goodwill(actor=owner, kind="visit", reason="দশ বছরের গ্রাহক, এক দিন দেরি", cost=Decimal(500), **values)
        promise = promise_delivery(
            actor=SYSTEM, item=None, purchase_ref="মেমো ৪১২", customer=job.customer, branch=job.branch,
            promised_for=now + timedelta(days=1), what="বাড়িতে পৌঁছে দেওয়া", owner=owner, is_demo=True,
        )  # fmt: skip
    with moved_to(now - timedelta(days=1)):
        ask_goodwill(
            actor=owner, kind="late_warranty", reason="ওয়ারেন্টি শেষ হওয়ার তিন দিন পরে", cost=Decimal(3200), **values
        )
        reschedule(actor=SYSTEM, promise=promise, to=now + timedelta(days=2), reason="transport")
