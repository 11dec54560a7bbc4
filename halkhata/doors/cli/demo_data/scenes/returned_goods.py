"""Eleven returns of the demo, one at each place of the way, one replaced in advance, and a parcel nobody knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from stdnum import luhn

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.advancing import replace_in_advance
from halkhata.desks.returns.services.approving import appeal_return, approve_return, reject_return
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.defaults import FIRST_POLICY, create_first_policy, create_inspection_checklist
from halkhata.desks.returns.services.goods import dispose
from halkhata.desks.returns.services.inspecting import begin_inspection, inspect_return
from halkhata.desks.returns.services.parcels import take_parcel
from halkhata.desks.returns.services.publishing import publish_policy
from halkhata.desks.returns.services.receiving import receive_return, send_on_its_way
from halkhata.desks.returns.services.requesting import request_return
from halkhata.desks.returns.services.settling import close_return, settle_return
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import record_event
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.models import ProductKind, PurchaseLine, Unit
from halkhata.records.catalog.services.units import create_unit

PHONE = "phone"
# How far each goes, why, how it was paid, what the customer says, days ago.
STORIES: tuple[tuple[str, str, str, str, int], ...] = (
    ("requested", "defect", "cash", "চালু করলে শব্দ করে, ঠান্ডা হয় না।", 1),
    ("approved", "wrong_item", "mobile", "যে রঙ চেয়েছিলাম সেটা আসেনি।", 2),
    ("in_transit", "damaged", "card", "বাক্স খুলে দেখি দরজায় দাগ।", 2),
    ("received", "incomplete", "cash", "চার্জার বাক্সে ছিল না।", 2),
    ("inspecting", "defect", "cash", "দুই দিনেই বন্ধ হয়ে গেছে।", 3),
    ("rejected", "changed_mind", "cash", "আর লাগবে না।", 6),
    ("refund", "dead_on_arrival", "mobile", "প্রথম দিন থেকেই চলে না।", 20),
    ("store_credit", "changed_mind", "cash", "বড়টা নিতে চাই।", 3),
    ("replacement", "defect", "cash", "স্ক্রিনে দাগ পড়েছে।", 30),
    ("sent_back", "other", "card", "মনে হয় সমস্যা আছে।", 35),
)


def give_things_back(*, branches: Mapping[str, Branch], now: datetime) -> int:
    """Have the last buyers of units bring them back, each at its hour. Returns how many returns there are."""
    with moved_to(now - timedelta(days=360)):
        create_first_policy(is_demo=True)
        create_inspection_checklist(is_demo=True)
        # Nobody is without a telephone for a week: a new one at once, against a fifth of the price.
        publish_policy(
            actor=SYSTEM, kind=ProductKind.objects.get(code=PHONE), advance_kind="percent",
            advance_amount=Decimal(20), advance_days=7, is_demo=True, **FIRST_POLICY,
        )  # fmt: skip
    sold = (
        PurchaseLine.objects.filter(purchase__is_demo=True, stands=True, unit__state="sold")
        .select_related("purchase__branch", "purchase__customer", "product__kind", "unit__owner", "unit__product")
        .order_by("-purchase__bought_on", "-pk")
    )
    lines = list(sold[: len(STORIES)])
    for (stage, reason, method, words, days), line in zip(STORIES, lines, strict=False):
        at = max(now - timedelta(days=days), _after_sale(line, now))
        _tell(line, stage, reason, method, words, at)
    branch = lines[0].purchase.branch if lines else next(iter(branches.values()))
    with moved_to(now - timedelta(hours=5)):
        take_parcel(
            actor=SYSTEM, branch=branch, content="একটি ছোট বাক্স, ভিতরে চার্জার ও কেবল", sender="কুরিয়ার, নাম পড়া যায় না",
            is_demo=True,
        )  # fmt: skip
    phone = sold.filter(product__kind__code=PHONE).exclude(pk__in=[line.pk for line in lines]).first()
    if phone is None:
        return len(lines)
    at = max(now - timedelta(days=3), _after_sale(phone, now))
    _tell(phone, "advance", "defect", "mobile", "চার্জ নেয় না, অথচ ফোন ছাড়া একদিনও চলে না।", at)
    return len(lines) + 1


def _after_sale(line: PurchaseLine, now: datetime) -> datetime:
    sold = now - timedelta(days=(now.date() - line.purchase.bought_on).days)
    return sold + timedelta(days=1)


def _tell(line: PurchaseLine, stage: str, reason: str, method: str, words: str, at: datetime) -> None:
    with moved_to(at):
        request = request_return(
            actor=SYSTEM, purchase_line=line, unit=line.unit, reason_code=reason, note=words, wish="",
            channel="counter", paid_method=method, against_rules=True, is_demo=True, tell=False,
        )  # fmt: skip
    if stage == "requested":
        return
    with moved_to(at + timedelta(hours=2)):
        if stage == "rejected":
            reject_return(
                actor=SYSTEM, request=request, reason="নীতির সময় পার হয়ে গেছে, আর পণ্যটি ব্যবহার করা হয়েছে।", tell=False
            )
            appeal_return(actor=SYSTEM, request=request, text="আমি মাত্র একদিন চালিয়েছি।")
            return
        approve_return(actor=SYSTEM, request=request, goodwill_reason="পুরোনো গ্রাহক", tell=False)
        # Somebody said so to the customer: the promise of an answer is kept.
        record_event(actor=request.owner, item=request, kind=WorkEventKind.HUMAN_REPLY, is_update=True)
    if stage == "approved":
        return
    if stage == "advance":
        with moved_to(at + timedelta(hours=3)):
            replace_in_advance(
                actor=SYSTEM, request=request, replacement_unit=_other_piece(request, line), method="cash",
                reference="০০৭৭", tell=False,
            )  # fmt: skip
        return
    with moved_to(at + timedelta(hours=4)):
        if stage == "in_transit":
            send_on_its_way(actor=SYSTEM, request=request, carrier="কুরিয়ার")
            return
        serial = line.unit.identifiers.order_by("pk").values_list("value", flat=True)[0] if line.unit else ""
        receive_return(actor=SYSTEM, request=request, serial=serial, tell=False)
    if stage == "received":
        return
    with moved_to(at + timedelta(hours=6)):
        begin_inspection(actor=SYSTEM, request=request)
        if stage == "inspecting":
            return
        request.checklist.update(done_at=at + timedelta(hours=6))
        inspect_return(actor=SYSTEM, request=request, grade="b", note="হালকা দাগ আছে, চলে।")
    with moved_to(at + timedelta(hours=8)):
        _finish(request, line, stage)


def _finish(request: ReturnRequest, line: PurchaseLine, stage: str) -> None:
    note = "পরীক্ষা করে কোনো ত্রুটি পাওয়া যায়নি।" if stage == "sent_back" else ""
    decide_return(actor=SYSTEM, request=request, result=stage, note=note, tell=False)
    other = _other_piece(request, line) if stage == "replacement" else None
    settle_return(actor=SYSTEM, request=request, replacement_unit=other, tell=False)
    if stage == "refund":
        dispose(actor=SYSTEM, request=request, disposition="release")
    if stage != "store_credit":
        close_return(actor=SYSTEM, request=request, tell=False)


def _other_piece(request: ReturnRequest, line: PurchaseLine) -> Unit:
    """A new unit of the same product, on the shelf, to be given in replacement."""
    numbers = {
        str(entry["code"]): f"RP{request.pk:013d}" if entry.get("check") != "imei" else _imei(request.pk)
        for entry in line.product.kind.identifiers
        if entry["required"]
    }
    return create_unit(actor=SYSTEM, product=line.product, identifiers=numbers, branch=request.branch, is_demo=True)


def _imei(number: int) -> str:
    body = f"35209933{number:06d}"[:14]
    return body + luhn.calc_check_digit(body)
