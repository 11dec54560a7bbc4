"""The yearly public summary (A60.11): only counts, nobody in it."""

from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Sum

from halkhata.desks.disputes.choices import DisputeState, Finding
from halkhata.desks.disputes.models import Decision, Dispute
from halkhata.records.catalog.models import PurchaseLine

# With fewer cases a number tells about persons: it is not shown.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class YearSummary:
    """One calendar year. None: too few cases, or nothing to divide by."""

    year: int
    opened: int
    sales: int
    per_thousand: float | None
    median_days: float | None
    upheld_percent: int | None
    repeat_percent: int | None
    settled: int
    appealed: int

    @property
    def is_shown(self) -> bool:
        """Whether there are enough cases to publish shares."""
        return self.opened >= FEWEST


def year_summary(year: int, *, is_demo: bool = False) -> YearSummary:
    """The numbers of a year, by the day it was opened or decided in UTC. Four queries."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    opened = Dispute.objects.filter(opened_at__date__gte=first, opened_at__date__lt=after, is_demo=is_demo)
    rows = list(opened.values_list("opened_at", "resolved_at", "state", "repeats_id", "round"))
    sold = (
        PurchaseLine.objects.filter(
            purchase__bought_on__gte=first, purchase__bought_on__lt=after, stands=True, purchase__is_demo=is_demo
        ).aggregate(pieces=Sum("quantity"))["pieces"]
        or 0
    )
    decided = list(
        Decision.objects.filter(
            signed_at__date__gte=first, signed_at__date__lt=after, dispute__is_demo=is_demo
        ).values_list("dispute_id", "round", "finding")
    )
    last: dict[int, tuple[int, str]] = {}
    for dispute, round_, finding in decided:
        if dispute not in last or last[dispute][0] < round_:
            last[dispute] = (round_, finding)
    findings = [finding for _round, finding in last.values()]
    upheld = sum(finding in {Finding.UPHELD, Finding.PARTLY} for finding in findings)
    ended = [(done - began).total_seconds() / 86400 for began, done, _s, _r, _n in rows if done is not None]
    count = len(rows)
    enough = count >= FEWEST
    return YearSummary(
        year=year,
        opened=count,
        sales=sold,
        per_thousand=round(count * 1000 / sold, 1) if sold and enough else None,
        median_days=round(median(ended), 1) if ended and enough else None,
        upheld_percent=round(100 * upheld / len(findings)) if findings and enough else None,
        repeat_percent=round(100 * sum(row[3] is not None for row in rows) / count) if enough else None,
        settled=sum(row[2] == DisputeState.SETTLED for row in rows)
        + Dispute.objects.filter(
            opened_at__date__gte=first, opened_at__date__lt=after, is_demo=is_demo, state=DisputeState.CLOSED,
            offers__state="accepted",
        ).count(),
        appealed=sum(row[4] == 2 for row in rows),
    )  # fmt: skip


def years_with_disputes(*, is_demo: bool = False) -> list[int]:
    """The years there is something to say about, newest first."""
    return sorted(
        {one.year for one in Dispute.objects.filter(is_demo=is_demo).dates("opened_at", "year")}, reverse=True
    )
