"""What comes back from companies, how old the unpaid claims are, and what warranty costs the shop (A53.10, A53.11)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DecimalField, F, Q, Sum, When

from halkhata.desks.claims.choices import FILED, UNPAID, Sort, Stage
from halkhata.desks.claims.models import Claim, ClaimLine, ClaimQuerySet
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand

# Days since the claim was sent: up to and with the first, the second, the third; older.
AGES = (30, 60, 90)
_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")
_MONEY = DecimalField(max_digits=14, decimal_places=2)
# What may still come: what was granted, or what was claimed while nobody has answered, less what came.
_OPEN = (
    Case(
        When(stage=Stage.SUBMITTED, then=F("claimed_amount")), default=F("approved_amount"), output_field=_MONEY
    )
    - F("credited_amount")
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """The days a report is about, both included."""

    since: date
    until: date

    @classmethod
    def read(cls, since: str, until: str) -> "Span":
        """From the address; what cannot be read is the last year."""
        end = _day(until) or today()
        start = _day(since) or end - timedelta(days=365)
        return cls(min(start, end), end)


@dataclass(frozen=True)
class Recovery:
    """What was claimed from one company, or by one branch, and what came of it."""

    label: Any
    pk: int
    currency: str
    count: int
    claimed: Decimal
    approved: Decimal
    credited: Decimal
    short: Decimal

    @property
    def rate(self) -> Decimal | None:
        """How much of what was claimed has come, in per cent; None when nothing was claimed."""
        return (self.credited * 100 / self.claimed).quantize(_TENTH) if self.claimed else None


@dataclass(frozen=True)
class Ageing:
    """What one company owes, or what is owed to one branch, by the age of the claim."""

    label: Any
    pk: int
    currency: str
    counts: tuple[int, ...]
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """All ages together."""
        return sum(self.amounts, Decimal(0))

    @property
    def count(self) -> int:
        """How many claims."""
        return sum(self.counts)

    @property
    def cells(self) -> list[tuple[Decimal, int]]:
        """Amount and number of claims of each age."""
        return list(zip(self.amounts, self.counts, strict=True))


@dataclass(frozen=True)
class Cost:
    """What warranty repairs cost in one currency, and what of it no company pays back."""

    currency: str
    cost: Decimal
    recoverable: Decimal

    @property
    def ours(self) -> Decimal:
        """What stays with the shop."""
        return self.cost - self.recoverable


@dataclass(frozen=True)
class Report:
    """All numbers."""

    by_brand: list[Recovery]
    by_branch: list[Recovery]
    by_sort: list[Recovery]
    ages_by_brand: list[Ageing]
    ages_by_branch: list[Ageing]
    costs: list[Cost]


def report(user: User, span: Span) -> Report:
    """The numbers of the claims that the user may see. A fixed number of queries.

    Recovery is of claims sent in ``span``; the unpaid ones are all that are unpaid now.
    """
    seen = Claim.objects.visible_to(user)
    filed = seen.filter(
        stage__in=FILED,
        submitted_at__gte=start_of(span.since),
        submitted_at__lt=start_of(span.until + timedelta(days=1)),
    )
    unpaid = seen.filter(stage__in=UNPAID)
    brands = {brand.pk: brand.name for brand in Brand.objects.all()}
    branches = {branch.pk: branch.name for branch in Branch.objects.all()}
    sorts = {str(sort.value): sort.label for sort in Sort}
    return Report(
        by_brand=_recovery(filed, "brand", brands), by_branch=_recovery(filed, "branch", branches),
        by_sort=_recovery(filed, "sort", sorts), ages_by_brand=_ages(unpaid, "brand", brands),
        ages_by_branch=_ages(unpaid, "branch", branches), costs=_costs(seen, span),
    )  # fmt: skip


def _recovery(rows: ClaimQuerySet, column: str, names: dict[Any, Any]) -> list[Recovery]:
    found = (
        rows.order_by()
        .values(column, "currency")
        .annotate(
            count=Count("pk"), claimed=Sum("claimed_amount"), granted=Sum("approved_amount"),
            came=Sum("credited_amount"),
            short=Sum(F("approved_amount") - F("credited_amount"), filter=Q(stage=Stage.CREDITED)),
        )
        .order_by("-claimed", column)
    )  # fmt: skip
    return [
        Recovery(
            label=names.get(row[column], ""), pk=row[column], currency=row["currency"], count=row["count"],
            claimed=money(row["claimed"]), approved=money(row["granted"]), credited=money(row["came"]),
            short=money(row["short"]),
        )
        for row in found
    ]  # fmt: skip


def _ages(rows: ClaimQuerySet, column: str, names: dict[Any, Any]) -> list[Ageing]:
    # A claim that was sent today is 0 days old; its day counts as a whole.
    edges = [start_of(today() - timedelta(days=days)) for days in AGES]
    bands = [
        Q(submitted_at__gte=edges[0]),
        *(Q(submitted_at__lt=new, submitted_at__gte=old) for new, old in pairwise(edges)),
        Q(submitted_at__lt=edges[-1]),
    ]
    wanted: dict[str, Any] = {}
    for place, band in enumerate(bands):
        wanted |= {f"n{place}": Count("pk", filter=band), f"a{place}": Sum(_OPEN, filter=band)}
    found = rows.order_by().values(column, "currency").annotate(**wanted).order_by(column)
    return [
        Ageing(
            label=names.get(row[column], ""), pk=row[column], currency=row["currency"],
            counts=tuple(row[f"n{place}"] for place in range(len(bands))),
            amounts=tuple(money(row[f"a{place}"]) for place in range(len(bands))),
        )
        for row in found
    ]  # fmt: skip


def _costs(seen: ClaimQuerySet, span: Span) -> list[Cost]:
    claims = seen.filter(
        sort=Sort.REPAIR, opened_at__gte=start_of(span.since), opened_at__lt=start_of(span.until + timedelta(days=1))
    ).exclude(stage=Stage.WITHDRAWN)
    rows = (
        ClaimLine.objects.filter(claim__in=claims.order_by().values("pk"))
        .order_by()
        .values("claim__currency")
        .annotate(whole=Sum("cost"), back=Sum("cost", filter=Q(is_recoverable=True)))
        .order_by("claim__currency")
    )
    return [Cost(row["claim__currency"], money(row["whole"]), money(row["back"])) for row in rows]


def money(value: Any) -> Decimal:
    """A sum of the database as an amount; SQLite calculates in binary."""
    return Decimal(value or 0).quantize(_CENT)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The moment at which the day begins in the shop."""
    return datetime.combine(day, time(0), ZoneInfo(DEFAULT_TIME_ZONE))
