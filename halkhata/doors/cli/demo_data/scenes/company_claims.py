"""Claims to companies in the demo: one at each place of the way, one paid short, free services, old parts."""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from PIL import Image, ImageDraw

from halkhata.desks.claims.choices import PhotoKind
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.coupons import unclaimed
from halkhata.desks.claims.services.answering import decide_claim, record_credit
from halkhata.desks.claims.services.coupons import claim_month
from halkhata.desks.claims.services.defaults import create_promise
from halkhata.desks.claims.services.editing import add_photos, set_company_number
from halkhata.desks.claims.services.filing import ask_back, submit_claim, withdraw_claim
from halkhata.desks.claims.services.old_parts import send_parts, tag_part
from halkhata.desks.claims.services.opening import NewLine, open_claim
from halkhata.desks.claims.services.rules import save_rules
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import record_event
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Job
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.files.services.thumbnails import make_thumbnail_of
from halkhata.records.catalog.days import day_of, today
from halkhata.records.catalog.models import Brand, Unit
from halkhata.records.warranty.models import Coupon

# How far each goes, what failed, its code, the part, what part and labour cost, days ago.
STORIES: tuple[tuple[str, str, str, str, int, int, int], ...] = (
    ("draft", "চালু হয় না, ভিতরের বোর্ড পোড়া", "EL-04", "সার্কিট বোর্ড", 3200, 400, 2),
    # The last day comes near; a photo is missing.
    ("draft", "ঠান্ডা হয় না, গ্যাস বেরিয়ে যায়", "GS-02", "কম্প্রেসর", 6800, 900, 25),
    ("asked", "শব্দ করে, বেয়ারিং ক্ষয়", "MC-11", "বেয়ারিং", 850, 350, 18),
    ("submitted", "স্টার্ট নেয় না", "EL-09", "স্টার্টার মোটর", 2400, 500, 20),
    ("submitted", "চার্জ থাকে না", "BT-01", "ব্যাটারি", 4100, 200, 52),
    ("approved", "পানি পড়ে", "SL-03", "সিল", 450, 300, 48),
    ("partly", "ডিসপ্লেতে দাগ", "DS-05", "ডিসপ্লে", 5200, 600, 75),
    ("short", "ফ্যান ঘোরে না", "MT-07", "মোটর", 2900, 450, 110),
    ("credited", "তেল লিক করে", "SL-01", "গ্যাসকেট", 700, 500, 130),
    ("rejected", "পড়ে গিয়ে ফাটা", "BD-02", "কভার", 1500, 250, 95),
    ("withdrawn", "দুবার লেখা হয়েছে", "EL-04", "তার", 300, 150, 60),
)
_SENT = frozenset({"submitted", "asked", "approved", "partly", "short", "credited", "rejected"})


def claim_from_companies(*, branches: Mapping[str, Branch], now: datetime) -> int:
    """Write down the rules of the companies and tell the claims, each at its hour. Returns how many there are."""
    units = list(
        Unit.objects.filter(is_demo=True, state="sold", sold_on__lt=day_of(now - timedelta(days=140)))
        .select_related("product__brand", "product__kind", "branch", "owner")
        .order_by("-sold_on", "pk")[: len(STORIES)]
    )
    with moved_to(now - timedelta(days=300)):
        create_promise(is_demo=True)
        for brand in Brand.objects.filter(is_demo=True):
            _write_rules(brand)
    told = [
        _tell(story, unit, now - timedelta(days=story[6], hours=2), now)
        for story, unit in zip(STORIES, units, strict=False)
    ]
    _send_parts(told, now)
    return len(told) + _claim_coupons(branches, now)


def _write_rules(brand: Brand) -> None:
    save_rules(
        actor=SYSTEM, brand=brand, name_bn=f"{brand.name_bn or brand.name_en} কোম্পানি",
        name_en=f"{brand.name_en or brand.name_bn} company", deadline_days=30, warn_days=7,
        required_fields=["serial", "sold_on", "failed_on", "repaired_on", "defect_code"],
        required_photos=["serial_plate", "failed_part"], coupon_rate=Decimal(180),
        address="কোম্পানির ডিপো, তেজগাঁও, ঢাকা", is_demo=True,
    )  # fmt: skip


def _tell(story: tuple[str, str, str, str, int, int, int], unit: Unit, at: datetime, now: datetime) -> Claim:
    state, words, code, part, cost, labour, _days = story
    team = Team.objects.filter(branch=unit.branch, is_active=True).order_by("code").first()
    with moved_to(at):
        claim = open_claim(
            actor=SYSTEM, unit=unit, branch=unit.branch, team=team, failed_on=day_of(at - timedelta(days=2)),
            repaired_on=day_of(at), defect_code=code, description=words, is_demo=True,
            lines=[
                NewLine(kind="part", text=part, code=f"P-{code}", fault_code=code, cost=Decimal(cost)),
                NewLine(kind="labour", text="মেরামতের মজুরি", code="L-01", cost=Decimal(labour)),
                NewLine(kind="travel", text="গাড়ি ভাড়া", cost=Decimal(150), is_recoverable=False),
            ],
        )  # fmt: skip
        _photo(claim, PhotoKind.SERIAL_PLATE, "#2b5a83")
        tag_part(actor=SYSTEM, claim=claim, name=part, shelf="তাক ২")
    if state in _SENT or state == "withdrawn":
        _photo(claim, PhotoKind.FAILED_PART, "#7a4b24")
    if state == "withdrawn":
        with moved_to(at + timedelta(days=1)):
            withdraw_claim(actor=SYSTEM, claim=claim, reason="একই কাজের দাবি আগেই লেখা ছিল")
    if state in _SENT:
        with moved_to(min(at + timedelta(days=1), now)):
            # Somebody sent it: the promise of a first answer is kept.
            record_event(actor=claim.owner, item=claim, kind=WorkEventKind.HUMAN_REPLY, is_update=True)
            submit_claim(actor=SYSTEM, claim=claim)
            set_company_number(actor=SYSTEM, claim=claim, number=f"WC/{claim.pk:05d}")
        with moved_to(min(at + timedelta(days=12), now)):
            _answer(claim, state, now)
    return claim


def _answer(claim: Claim, state: str, now: datetime) -> None:
    if state == "asked":
        ask_back(actor=SYSTEM, claim=claim, reason="নম্বর প্লেটের ছবি ঝাপসা, আবার তুলে দিন")
    if state == "rejected":
        decide_claim(actor=SYSTEM, claim=claim, granted={}, answer="পড়ে ভাঙা ওয়ারেন্টিতে নেই")
    if state in {"partly", "short"}:
        first = claim.lines.filter(kind="part").get()
        decide_claim(
            actor=SYSTEM, claim=claim, granted={first.pk: first.claimed_amount},
            answer="মজুরি এই মডেলে দেওয়া হয় না",
        )  # fmt: skip
    if state in {"approved", "credited"}:
        decide_claim(actor=SYSTEM, claim=claim)
    if state == "credited":
        _pay(claim, claim.approved_amount, "")
    if state == "short":
        _pay(claim, claim.approved_amount - 300, "কোম্পানি হ্যান্ডলিং খরচ কেটে রেখেছে")


def _pay(claim: Claim, amount: Decimal, short: str) -> None:
    record_credit(actor=SYSTEM, claim=claim, number=f"CR-{claim.pk}", amount=amount, on=today(), short_reason=short)


def _send_parts(told: list[Claim], now: datetime) -> None:
    """The parts of what is over went to the company, in one parcel for each."""
    with moved_to(now - timedelta(days=20)):
        for claim in told:
            fresh = Claim.objects.get(pk=claim.pk)
            if fresh.stage in {"credited", "partly"}:
                send_parts(
                    actor=SYSTEM, parts=list(fresh.old_parts.values_list("pk", flat=True)),
                    sent_on=day_of(now - timedelta(days=20)), courier="কুরিয়ার", consignment=f"PN-{fresh.pk}",
                )  # fmt: skip


def _claim_coupons(branches: Mapping[str, Branch], now: datetime) -> int:
    """The sheet of the last whole month in which free services were given, for one brand and branch."""
    first = day_of(now).replace(day=1)
    row = (
        Coupon.objects.filter(is_demo=True, state="used", used_on__lt=first, used_branch__isnull=False, goodwill="")
        .select_related("unit__product__brand", "used_branch")
        .order_by("-used_on", "pk")
        .first()
    )
    if row is None or row.used_on is None or row.used_branch is None:
        return 0
    brand, branch = row.unit.product.brand, row.used_branch
    if not unclaimed(brand=brand, month=row.used_on, branch=branch).exists():
        return 0
    with moved_to(now - timedelta(days=1)):
        try:
            claim = claim_month(actor=SYSTEM, brand=brand, month=row.used_on, branch=branch, is_demo=True)
            submit_claim(actor=SYSTEM, claim=claim)
        except DomainError:
            return 1 if Claim.objects.filter(sort="coupons", is_demo=True).exists() else 0
    return 1


def _photo(claim: Claim, kind: str, colour: str) -> None:
    """A plain picture that stands for a photo: the demo shows nobody's goods."""
    picture = Image.new("RGB", (640, 420), colour)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 120, 580, 300), outline="#ffffff", width=6)
    pen.text((80, 200), f"{claim.number} {kind}", fill="#ffffff")
    held = io.BytesIO()
    picture.save(held, "PNG")
    file = store_file(name=f"{claim.number}-{kind}.png", data=held.getvalue(), is_demo=True)
    # Small at once: no worker is asked to do it after the story.
    make_thumbnail_of.call(file.pk)
    Job.objects.filter(dedupe_key=f"thumbnail:{file.pk}").delete()
    add_photos(actor=SYSTEM, claim=claim, files=[file], kind=kind)
