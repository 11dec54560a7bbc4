"""What no company ever pays back of warranty work: by company and month, and the rows behind each number (A53.10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from halkhata.desks.claims.choices import LossReason
from halkhata.desks.claims.registry import loss_sources
from halkhata.desks.claims.selectors.report import Span, money, start_of
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE
from halkhata.records.catalog.models import Brand

_ZONE = ZoneInfo(DEFAULT_TIME_ZONE)
_NOTHING = Decimal(0)
# A page of rows; the file holds them all.
SHOWN = 200
MOST = 20_000


@dataclass(frozen=True)
class Narrowed:
    """What of it is asked for; "" and None are all."""

    span: Span
    brand: int | None = None
    branch: int | None = None
    reason: str = ""
    currency: str = ""
    month: date | None = None

    @property
    def days(self) -> Span:
        """The days of the month, as far as they are in the span."""
        if self.month is None:
            return self.span
        last = (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return Span(max(self.month, self.span.since), min(last, self.span.until))


@dataclass(frozen=True)
class MonthLoss:
    """What one company left with the shop in one month, by reason."""

    month: date
    brand: int | None
    label: str
    currency: str
    amounts: dict[str, Decimal]
    # Jobs and claims; one that lost by two reasons counts for each.
    counts: dict[str, int]

    @property
    def total(self) -> Decimal:
        """All reasons together."""
        return sum(self.amounts.values(), _NOTHING)

    @property
    def cells(self) -> list[tuple[str, Decimal, int]]:
        """Reason, amount and number for each column."""
        return [(code, self.amounts.get(code, _NOTHING), self.counts.get(code, 0)) for code in LossReason.values]


@dataclass(frozen=True)
class LossRow:
    """One line or claim of which nobody pays ``amount``."""

    reason: str
    label: Any
    at: datetime
    brand: str
    branch: str
    number: str
    url_name: str
    what: str
    amount: Decimal
    currency: str


def losses(user: User, wanted: Narrowed) -> list[MonthLoss]:
    """By month, the newest first, and company. As many queries as there are sources, and one for the names."""
    found: dict[tuple[date, int | None, str], MonthLoss] = {}
    names = _brand_names()
    for reason, rows in _sources(user, wanted):
        sums = (
            rows.annotate(loss_month=TruncMonth("loss_at", tzinfo=_ZONE))
            .values("loss_month", "loss_brand", "loss_currency")
            .annotate(loss_sum=Sum("loss_amount"), loss_count=Count("loss_item", distinct=True))
            .order_by()
        )
        for row in sums:
            month = row["loss_month"].astimezone(_ZONE).date()
            key = (month, row["loss_brand"], row["loss_currency"])
            line = found.setdefault(
                key,
                MonthLoss(month, row["loss_brand"], names.get(row["loss_brand"], ""), row["loss_currency"], {}, {}),
            )
            line.amounts[reason] = line.amounts.get(reason, _NOTHING) + money(row["loss_sum"])
            line.counts[reason] = line.counts.get(reason, 0) + row["loss_count"]
    return sorted(found.values(), key=lambda line: (-line.month.toordinal(), line.label, line.currency))


def totals(lines: list[MonthLoss]) -> list[MonthLoss]:
    """All months and companies together, for each currency."""
    made: dict[str, MonthLoss] = {}
    for line in lines:
        whole = made.setdefault(line.currency, MonthLoss(line.month, None, "", line.currency, {}, {}))
        for reason, amount in line.amounts.items():
            whole.amounts[reason] = whole.amounts.get(reason, _NOTHING) + amount
            whole.counts[reason] = whole.counts.get(reason, 0) + line.counts[reason]
    return [made[currency] for currency in sorted(made)]


def loss_rows(user: User, wanted: Narrowed, limit: int = SHOWN) -> tuple[list[LossRow], bool]:
    """Exactly the rows that a number counts, the newest first, and whether there are more than ``limit``."""
    found: list[tuple[str, dict[str, Any]]] = []
    for reason, rows in _sources(user, wanted):
        found += [(reason, row) for row in rows.order_by("-loss_at", "-loss_item")[: limit + 1]]
    found.sort(key=lambda pair: pair[1]["loss_at"], reverse=True)
    brands, branches = _brand_names(), {branch.pk: branch.name for branch in Branch.objects.all()}
    made = []
    for reason, row in found[:limit]:
        kind = item_kinds.find(row["loss_kind"])
        made.append(
            LossRow(
                reason=reason, label=LossReason(reason).label, at=row["loss_at"],
                brand=brands.get(row["loss_brand"], ""), branch=branches.get(row["loss_branch"], ""),
                number=row["loss_number"], url_name=kind.url_name if kind is not None else "", what=row["loss_what"],
                amount=money(row["loss_amount"]), currency=row["loss_currency"],
            )
        )  # fmt: skip
    return made, len(found) > limit


def _sources(user: User, wanted: Narrowed) -> list[tuple[str, QuerySet[Any, Any]]]:
    days = wanted.days
    named = {"loss_brand": wanted.brand, "loss_branch": wanted.branch, "loss_currency": wanted.currency or None}
    sure = {name: value for name, value in named.items() if value is not None}
    return [
        (
            str(source.reason),
            source.rows(user).filter(
                loss_at__gte=start_of(days.since), loss_at__lt=start_of(days.until + timedelta(days=1)), **sure
            ),
        )
        for source in loss_sources
        if wanted.reason in {"", source.reason}
    ]


def _brand_names() -> dict[Any, str]:
    return {brand.pk: brand.name for brand in Brand.objects.all()}
