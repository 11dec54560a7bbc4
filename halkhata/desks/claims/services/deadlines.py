"""The alarm before the company's last day: once for each claim and deadline, in time to do something (US-33 AC 2)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from halkhata.desks.claims.choices import WARN_DAYS, Stage
from halkhata.desks.claims.events import ClaimDeadlineNear
from halkhata.desks.claims.models import Claim, CompanyRules
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.outbox import publish
from halkhata.records.catalog.days import today

AT_ONCE = 500


def warn_of_deadlines() -> int:
    """Tell the owner of each draft whose last day comes near; a moved deadline is told again. Returns how many."""
    on = today()
    days = dict(CompanyRules.objects.values_list("brand_id", "warn_days"))
    furthest = max([WARN_DAYS, *days.values()])
    near = Claim.objects.filter(
        Q(warned_for__isnull=True) | ~Q(warned_for=F("deadline_on")), stage=Stage.DRAFT,
        deadline_on__lte=on + timedelta(days=furthest),
    )  # fmt: skip
    told = 0
    for claim in near.select_related("owner").order_by("deadline_on", "pk")[:AT_ONCE]:
        if claim.deadline_on is None or (claim.deadline_on - on).days > days.get(claim.brand_id, WARN_DAYS):
            continue
        told += _warn(claim)
    return told


def _warn(claim: Claim) -> int:
    deadline = claim.deadline_on
    assert deadline is not None
    with transaction.atomic():
        # Whoever marks it first tells it.
        mine = Claim.objects.filter(pk=claim.pk, stage=Stage.DRAFT, deadline_on=deadline).filter(
            Q(warned_for__isnull=True) | ~Q(warned_for=deadline)
        )
        if not mine.update(warned_for=deadline):
            return 0
        notify(
            user=claim.owner, verb="claim.deadline", item=claim, data={"deadline": deadline.isoformat()},
            cause=f"claim:{claim.pk}:deadline:{deadline}",
        )  # fmt: skip
        publish(
            ClaimDeadlineNear(claim_id=claim.pk, number=claim.number, deadline_on=deadline, owner_id=claim.owner_id)
        )
    return 1
