"""Free services that were given and are not claimed from the company yet."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from halkhata.desks.claims.models import ClaimLine
from halkhata.desks.claims.selectors.branches import branches_of
from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.catalog.models import Brand
from halkhata.records.warranty.choices import CouponState
from halkhata.records.warranty.models import Coupon


def _open() -> QuerySet[Coupon]:
    claimed = ClaimLine.objects.filter(coupon__isnull=False, is_live=True).values("coupon")
    # A free service that a manager gave against the rules is ours to pay.
    return Coupon.objects.filter(state=CouponState.USED, goodwill="").exclude(pk__in=claimed)


def unclaimed(*, brand: Brand, month: date, branch: Branch) -> QuerySet[Coupon]:
    """Those of one brand, branch and month, with unit and numbers at hand. Two queries."""
    return (
        _open()
        .filter(
            unit__product__brand=brand, used_branch=branch, used_on__year=month.year, used_on__month=month.month,
        )
        .select_related("unit__product__brand")
        .prefetch_related("unit__identifiers")
        .order_by("used_on", "pk")
    )  # fmt: skip


def months_to_claim(user: User) -> list[dict[str, Any]]:
    """How many wait, by month, brand and branch, within what the user sees. Three queries."""
    rows = (
        _open()
        .filter(used_branch__in=branches_of(user).order_by().values("pk"), used_on__isnull=False)
        .order_by()
        .annotate(month=TruncMonth("used_on"))
        .values("month", "unit__product__brand", "used_branch")
        .annotate(count=Count("pk"))
        .order_by("-month", "unit__product__brand", "used_branch")[:100]
    )
    found = list(rows)
    brands = Brand.objects.in_bulk({row["unit__product__brand"] for row in found})
    branches = Branch.objects.in_bulk({row["used_branch"] for row in found})
    return [
        {"month": row["month"], "brand": brands[row["unit__product__brand"]], "branch": branches[row["used_branch"]],
         "count": row["count"]}
        for row in found
    ]  # fmt: skip
