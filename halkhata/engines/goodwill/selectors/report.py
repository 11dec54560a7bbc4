"""What goodwill costs, and what stayed with us for it (US-53 AC 3)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.models import Goodwill
from halkhata.engines.goodwill.registry import goodwill_kinds
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Purchase


@dataclass(frozen=True)
class KindCost:
    """One line of the report."""

    kind: str
    label: Any
    count: int
    cost: Decimal
    currency: str


def goodwill_rows(
    user: User, *, state: str = "", kind: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[Goodwill]:
    """What the user sees, newest first. ``since`` and ``until``: days on which it was asked for, both counted."""
    rows = Goodwill.objects.visible_to(user).select_related("customer", "item", "asked_by", "decided_by", "branch")
    zone = ZoneInfo(user.branch.time_zone)
    if state in GoodwillState.values:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if since is not None:
        rows = rows.filter(asked_at__gte=datetime.combine(since, time(), tzinfo=zone))
    if until is not None:
        rows = rows.filter(asked_at__lte=datetime.combine(until, time.max, tzinfo=zone))
    return rows.order_by("-asked_at", "-pk")


def cost_by_kind(rows: QuerySet[Goodwill]) -> list[KindCost]:
    """What was given, by kind and currency: one query. The rows behind a line are ``rows`` of that kind."""
    found = (
        rows.filter(state=GoodwillState.GRANTED)
        .order_by("kind", "currency")
        .values("kind", "currency")
        .annotate(count=Count("pk"), cost=Sum("cost"))
    )
    return [
        KindCost(
            kind=row["kind"], label=kind_label(row["kind"]), count=row["count"], cost=row["cost"],
            currency=row["currency"],
        )
        for row in found
    ]  # fmt: skip


def retained_sales(rows: QuerySet[Goodwill]) -> Decimal:
    """What those customers bought after the goodwill they were given: one query."""
    given = rows.filter(state=GoodwillState.GRANTED, customer=OuterRef("customer")).order_by("decided_at")
    bought = (
        Purchase.objects.standing()
        .filter(customer__in=rows.filter(state=GoodwillState.GRANTED).order_by().values("customer"))
        .annotate(given_at=Subquery(given.values("decided_at")[:1]))
        .filter(created_at__gt=F("given_at"))
        .aggregate(total=Coalesce(Sum("total"), Decimal(0)))
    )
    return bought["total"]


def kind_label(code: str) -> Any:
    """The word for a kind; the code itself when no app names it any more."""
    known = goodwill_kinds.find(code)
    return known.label if known is not None else code
