"""Rows a new shop starts with: what is promised for a claim."""

from collections.abc import Mapping
from typing import Any

from halkhata.desks.claims.choices import KIND
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import SlaPolicy
from halkhata.engines.work.services.policies import save_policy
from halkhata.foundation.audit.trail import SYSTEM


def create_promise(*, is_demo: bool = False) -> None:
    """What is promised for a claim, unless the shop has said it: sent within twenty days of work, over within sixty.

    Working hours of a shop that is open ten hours; the time in which the company has it does not count.
    """
    if any(KIND in policy.conditions.get("kind", ()) for policy in SlaPolicy.objects.all()):
        return
    save_policy(
        actor=SYSTEM, policy=None, name_bn="কোম্পানির কাছে দাবি", name_en="Claims to companies",
        targets={
            (priority, metric): hours * 60
            for priority in Priority.values
            for metric, hours in ((Metric.FIRST_RESPONSE, 200), (Metric.NEXT_RESPONSE, 200), (Metric.RESOLUTION, 600))
        },
        conditions={"kind": [KIND]}, is_demo=is_demo,
    )  # fmt: skip


def prepare_desk(
    _installation: object = None, _branch: object = None, _answers: Mapping[str, Any] | None = None
) -> None:
    """Step of the first-run set-up."""
    create_promise()
