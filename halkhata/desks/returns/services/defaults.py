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


def create_first_policy(*, is_demo: bool = False) -> ReturnPolicy:
    """The policy for everything, unless one is published: three days to change one's mind, seven to report a fault."""
    known = ReturnPolicy.objects.filter(scope="//").order_by("version").first()
    return known or publish_policy(
        actor=SYSTEM, window_days=3, defect_days=7, condition_bn=CONDITION_BN, condition_en=CONDITION_EN,
        exclusions_bn=EXCLUSIONS_BN, exclusions_en=EXCLUSIONS_EN, fee_percent=Decimal(0), is_demo=is_demo,
    )  # fmt: skip


def create_inspection_checklist(*, is_demo: bool = False) -> None:
    """The checklist of inspections, unless the shop has one."""
    if not ChecklistTemplate.objects.filter(kind=KIND, category="").exists():
        save_template(
            actor=SYSTEM, template=None, code="return", name_bn="ফেরত পণ্য পরীক্ষা", name_en="Inspecting returned goods",
            kind=KIND, lines=INSPECTION_LINES, is_demo=is_demo,
        )  # fmt: skip


def create_promise(*, is_demo: bool = False) -> None:
    """What is promised for a return, unless the shop has said it: an answer in a day, the end in seven.

    Working hours of a shop that is open ten hours; the time in which goods travel to us does not count.
    """
    if any(KIND in policy.conditions.get("kind", ()) for policy in SlaPolicy.objects.all()):
        return
    save_policy(
        actor=SYSTEM, policy=None, name_bn="ফেরতের প্রতিশ্রুতি", name_en="Returns",
        targets={
            (priority, metric): hours * 60
            for priority in Priority.values
            for metric, hours in ((Metric.FIRST_RESPONSE, 10), (Metric.NEXT_RESPONSE, 10), (Metric.RESOLUTION, 70))
        },
        conditions={"kind": [KIND]}, is_demo=is_demo,
    )  # fmt: skip


def prepare_desk(
    _installation: object = None, _branch: object = None, _answers: Mapping[str, Any] | None = None
) -> None:
    """Step of the first-run set-up."""
    create_first_policy()
    create_inspection_checklist()
    create_promise()
