"""Rows a new shop starts with: what is promised for a claim."""

from typing import Any

from halkhata.desks.claims.choices import KIND
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import SlaPolicy
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.starting_rows import StartingPromise
from halkhata.foundation.audit.trail import SYSTEM

HOUR = 60
# Sent within twenty days of work, over within sixty: the time in which the company has it does not count. In working
# hours of a shop that is open ten hours; the company's own last day has its own alarm (deadlines.py).
TARGET_HOURS = ((Metric.FIRST_RESPONSE, 200), (Metric.NEXT_RESPONSE, 200), (Metric.RESOLUTION, 600))
CLAIM_PROMISE = StartingPromise(
    kind=KIND, name_bn="কোম্পানির কাছে দাবি", name_en="Claims to companies",
    targets={(priority, metric): hours * HOUR for priority in Priority.values for metric, hours in TARGET_HOURS},
)  # fmt: skip


def create_promise(*, is_demo: bool = False) -> SlaPolicy:
    """The promise of claims: the one there is, else the standard one."""
    known: SlaPolicy | None = CLAIM_PROMISE.known(SlaPolicy.objects.filter(is_default=False))
    return known or save_policy(
        actor=SYSTEM, policy=None, name_bn=CLAIM_PROMISE.name_bn, name_en=CLAIM_PROMISE.name_en,
        targets=dict(CLAIM_PROMISE.targets), conditions={"kind": [KIND]}, is_demo=is_demo,
    )  # fmt: skip


def prepare_desk(_installation: Any = None, _branch: Any = None, _answers: Any = None) -> None:
    """Step of the first-run set-up."""
    create_promise()
