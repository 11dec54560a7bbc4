"""Rows a new shop starts with: what is promised for a job, and the checklist of the bench."""

from typing import Any

from halkhata.desks.service.choices import KIND
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import ChecklistTemplate, SlaPolicy
from halkhata.engines.work.services.checklists import save_template
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.starting_rows import StartingChecklist, StartingPromise
from halkhata.foundation.audit.trail import SYSTEM

HOUR = 60
# First look at the fault, and ready, in working hours.
TARGET_HOURS = {
    Priority.URGENT: (2, 10), Priority.HIGH: (4, 20), Priority.NORMAL: (8, 40), Priority.LOW: (10, 80),
}  # fmt: skip
BENCH_LINES = [
    ("অভিযোগের ত্রুটি আর নেই", "The fault the customer named is gone", True),
    ("পুরো যন্ত্র চালিয়ে দেখা হয়েছে", "The whole unit was run and tried", True),
    ("নিরাপত্তা পরীক্ষা করা হয়েছে (তার, ব্রেক, গ্যাস)", "Safety was checked (wires, brakes, gas)", True),
    ("খোলা স্ক্রু ও ঢাকনা লাগানো হয়েছে", "Screws and covers are back in place", True),
    ("পরিষ্কার করা হয়েছে", "It was cleaned", False),
    ("পুরোনো পার্টস আলাদা রাখা হয়েছে", "Old parts are kept aside", False),
]
JOB_PROMISE = StartingPromise(
    kind=KIND, name_bn="জব কার্ড", name_en="Job cards",
    targets={
        (priority, metric): hours * HOUR
        for priority, promised in TARGET_HOURS.items()
        for metric, hours in zip((Metric.FIRST_RESPONSE, Metric.RESOLUTION), promised, strict=True)
    },
)  # fmt: skip
BENCH_CHECKLIST = StartingChecklist(kind=KIND, name_bn="বেঞ্চে পরীক্ষা", name_en="Check on the bench", lines=BENCH_LINES)


def create_job_promise(*, is_demo: bool = False) -> SlaPolicy:
    """The promise of job cards: the one there is, else the standard one. Shops add one for each kind of product."""
    known: SlaPolicy | None = JOB_PROMISE.known(SlaPolicy.objects.filter(is_default=False))
    return known or save_policy(
        actor=SYSTEM, policy=None, name_bn=JOB_PROMISE.name_bn, name_en=JOB_PROMISE.name_en,
        targets=dict(JOB_PROMISE.targets), conditions={"kind": [KIND]}, is_demo=is_demo,
    )  # fmt: skip


def create_bench_checklist(*, is_demo: bool = False) -> ChecklistTemplate:
    """The checklist of the bench: the one there is, else the standard one."""
    known = ChecklistTemplate.objects.filter(kind=KIND, category="").order_by("-is_active", "pk").first()
    return known or save_template(
        actor=SYSTEM, template=None, code=KIND, name_bn=BENCH_CHECKLIST.name_bn, name_en=BENCH_CHECKLIST.name_en,
        kind=KIND, lines=BENCH_LINES, is_demo=is_demo,
    )  # fmt: skip


def prepare_desk(_installation: Any = None, _branch: Any = None, _answers: Any = None) -> None:
    """Step of the first-run set-up: what the desk needs for its first job card."""
    create_job_promise()
    create_bench_checklist()
