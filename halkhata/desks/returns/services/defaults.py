"""Rows a new shop starts with: a first policy for everything, and checklists of the inspection."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from halkhata.desks.returns.models import ReturnPolicy
from halkhata.desks.returns.services.publishing import publish_policy
from halkhata.desks.returns.services.requesting import KIND
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import ChecklistTemplate, SlaPolicy
from halkhata.engines.work.services.checklists import save_template
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.starting_rows import StartingChecklist, StartingPromise
from halkhata.foundation.audit.trail import SYSTEM

# Bengali, English, must it be ticked. One list for everything; the shop adds lists for its kinds of products.
INSPECTION_LINES = [
    ("সিরিয়াল নম্বর মিলিয়ে দেখা হয়েছে", "The serial number is the right one", True),
    ("বাক্স ও সব আনুষঙ্গিক মিলিয়ে দেখা হয়েছে", "Box and accessories were counted", True),
    ("বাইরের অবস্থা দেখা হয়েছে", "The outside was looked at", True),
    ("চালিয়ে পরীক্ষা করা হয়েছে", "It was switched on and tried", True),
    ("গ্রাহকের তথ্য বা সেটিং মুছে ফেলা হয়েছে", "The customer's data and settings were removed", False),
]
CONDITION_BN = "পণ্য, বাক্স, মেমো ও সব আনুষঙ্গিক সহ ফেরত আনুন। নিজের দোষে নষ্ট হলে ফেরত নেওয়া যায় না।"
CONDITION_EN = (
    "Bring the product with its box, the memo and all accessories. What was broken by misuse is not taken back."
)
EXCLUSIONS_BN = "খোলা সফটওয়্যার, ব্যক্তিগত ব্যবহারের পণ্য ও মাপমতো বানানো জিনিস ফেরত নেওয়া হয় না।"
EXCLUSIONS_EN = "Opened software, goods of personal hygiene and what was made to measure are not taken back."
# The policy for everything: three days to change one's mind, seven to report a fault.
FIRST_POLICY: dict[str, Any] = {
    "window_days": 3, "defect_days": 7, "condition_bn": CONDITION_BN, "condition_en": CONDITION_EN,
    "exclusions_bn": EXCLUSIONS_BN, "exclusions_en": EXCLUSIONS_EN, "fee_percent": Decimal(0),
}  # fmt: skip
EVERYTHING = "//"
# An answer in a day, the end in seven: working hours of a shop that is open ten hours. Travel of goods does not count.
RETURN_PROMISE = StartingPromise(
    kind=KIND, name_bn="ফেরতের প্রতিশ্রুতি", name_en="Returns",
    targets={
        (priority, metric): hours * 60
        for priority in Priority.values
        for metric, hours in ((Metric.FIRST_RESPONSE, 10), (Metric.NEXT_RESPONSE, 10), (Metric.RESOLUTION, 70))
    },
)  # fmt: skip
INSPECTION_CHECKLIST = StartingChecklist(
    kind=KIND, name_bn="ফেরত পণ্য পরীক্ষা", name_en="Inspecting returned goods", lines=INSPECTION_LINES
)


def create_first_policy(*, is_demo: bool = False) -> ReturnPolicy:
    """The policy for everything, unless one is published."""
    known = ReturnPolicy.objects.filter(scope=EVERYTHING).order_by("version").first()
    return known or publish_policy(actor=SYSTEM, is_demo=is_demo, **FIRST_POLICY)


def create_inspection_checklist(*, is_demo: bool = False) -> None:
    """The checklist of inspections, unless the shop has one."""
    if not ChecklistTemplate.objects.filter(kind=KIND, category="").exists():
        save_template(
            actor=SYSTEM, template=None, code=KIND, name_bn=INSPECTION_CHECKLIST.name_bn,
            name_en=INSPECTION_CHECKLIST.name_en, kind=KIND, lines=INSPECTION_LINES, is_demo=is_demo,
        )  # fmt: skip


def create_promise(*, is_demo: bool = False) -> None:
    """What is promised for a return, unless the shop has said it."""
    if RETURN_PROMISE.known(SlaPolicy.objects.all()) is None:
        save_policy(
            actor=SYSTEM, policy=None, name_bn=RETURN_PROMISE.name_bn, name_en=RETURN_PROMISE.name_en,
            targets=dict(RETURN_PROMISE.targets), conditions={"kind": [KIND]}, is_demo=is_demo,
        )  # fmt: skip


def prepare_desk(
    _installation: object = None, _branch: object = None, _answers: Mapping[str, Any] | None = None
) -> None:
    """Step of the first-run set-up."""
    create_first_policy()
    create_inspection_checklist()
    create_promise()
