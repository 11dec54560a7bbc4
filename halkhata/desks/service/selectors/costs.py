"""What repairs under warranty, coupon and goodwill cost the shop, and what of it comes back (A53.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from halkhata.desks.service.choices import Payer
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class PayerCost:
    """The costs of the lines that one payer pays."""

    payer: str
    label: Any
    jobs: int
    cost: Decimal
    recoverable: Decimal
    currency: str

    @property
    def ours(self) -> Decimal:
        """What stays with the shop."""
        return self.cost - self.recoverable


def covered_costs(user: User, *, days: int = 90) -> list[PayerCost]:
    """Costs by payer and currency of cards opened within ``days``, without what customers pay. One query."""
    jobs = ServiceJob.objects.visible_to(user).filter(opened_at__gt=now() - timedelta(days=days))
    rows = (
        JobLine.objects.filter(job__in=jobs.order_by().values("pk"), removed_at__isnull=True)
        .exclude(payer=Payer.CUSTOMER)
        .order_by("payer", "job__currency")
        .values("payer", "job__currency")
        .annotate(
            jobs=Count("job", distinct=True),
            own_cost=Sum("cost"),
            back=Sum("cost", filter=Q(is_recoverable=True)),
        )
    )
    return [
        PayerCost(
            payer=row["payer"], label=Payer(row["payer"]).label, jobs=row["jobs"], cost=row["own_cost"] or _NOTHING,
            recoverable=row["back"] or _NOTHING, currency=row["job__currency"],
        )
        for row in rows
    ]  # fmt: skip


def costs_of_jobs(job_ids: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """What repairs cost the shop, by the id of the card and currency: lines the customer does not pay, without what the
    manufacturer pays back. One query.
    """
    lines = JobLine.objects.filter(job__in=job_ids, removed_at__isnull=True, is_recoverable=False)
    rows = lines.exclude(payer=Payer.CUSTOMER).order_by().values_list("job", "job__currency").annotate(ours=Sum("cost"))
    return {pk: {currency: ours} for pk, currency, ours in rows if ours}
