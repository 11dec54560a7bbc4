"""What a new shop starts with: the promise of disputes (A60.2)."""

from collections.abc import Mapping
from typing import Any

from halkhata.desks.disputes.choices import KIND
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import SlaPolicy
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.starting_rows import StartingPromise
from halkhata.foundation.audit.trail import SYSTEM

HOUR = 60
# Around the clock: an update after 48 hours at the latest, warned of at half of that, 24 hours; ended in thirty days.
LIMIT, WHOLE = 48 * HOUR, 30 * 24 * HOUR
TARGET_SHARE = 50
DISPUTE_PROMISE = StartingPromise(
    kind=KIND, name_bn="বিরোধের প্রতিশ্রুতি", name_en="Promise for disputes", around_the_clock=True,
    warn_at=(TARGET_SHARE, 90),
    targets={
        (priority, metric): minutes
        for priority in Priority.values
        for metric, minutes in (
            (Metric.FIRST_RESPONSE, LIMIT), (Metric.NEXT_RESPONSE, LIMIT), (Metric.RESOLUTION, WHOLE)
        )
    },
)  # fmt: skip


def prepare_disputes(
    _installation: object = None, _branch: object = None, _answers: Mapping[str, Any] | None = None
) -> SlaPolicy:
    """Step of the first-run set-up. A shop that has a promise for disputes keeps it."""
    known: SlaPolicy | None = DISPUTE_PROMISE.known(SlaPolicy.objects.order_by("pk"))
    return known or save_policy(
        actor=SYSTEM, policy=None, name_bn=DISPUTE_PROMISE.name_bn, name_en=DISPUTE_PROMISE.name_en,
        conditions={"kind": [KIND]}, around_the_clock=True, warn_at=DISPUTE_PROMISE.warn_at,
        targets=dict(DISPUTE_PROMISE.targets),
    )  # fmt: skip
