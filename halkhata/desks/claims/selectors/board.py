"""The list of claims, and finding them."""

from typing import Any

from django.db.models import Count, F, Q

from halkhata.desks.claims.choices import Sort, Stage
from halkhata.desks.claims.models import Claim, ClaimQuerySet
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit

VIEWS = ("draft", "late", "sent", "unpaid", "over", "all")
_WITH = ("brand", "unit__product__brand", "owner", "branch", "about")


def claims_of(user: User) -> ClaimQuerySet:
    """All claims the user may see, with what a list shows, the newest first."""
    return Claim.objects.visible_to(user).select_related(*_WITH).order_by("-opened_at", "-pk")


def in_view(name: str) -> Q:
    """The condition of one tab."""
    return {
        "draft": Q(stage=Stage.DRAFT),
        "late": Q(stage=Stage.DRAFT, deadline_on__lt=today()),
        "sent": Q(stage=Stage.SUBMITTED),
        "unpaid": Q(stage__in=[Stage.APPROVED, Stage.PARTLY]),
        "over": Q(stage__in=[Stage.CREDITED, Stage.REJECTED, Stage.WITHDRAWN]),
    }.get(name, Q())


def board_rows(user: User, *, view: str = "", filters: dict[str, Any] | None = None) -> ClaimQuerySet:
    """One tab, narrowed by brand, branch, sort and stage."""
    return narrowed(claims_of(user), filters).filter(in_view(view))


def board_counts(user: User, filters: dict[str, Any] | None = None) -> dict[str, int]:
    """How many claims each tab shows under the same filters. One query."""
    rows = narrowed(Claim.objects.visible_to(user), filters)
    return rows.aggregate(**{name: Count("pk", filter=in_view(name)) for name in VIEWS if name != "all"})


def narrowed(rows: ClaimQuerySet, filters: dict[str, Any] | None) -> ClaimQuerySet:
    """Only what the filters name; what they cannot mean is no row."""
    for name, value in (filters or {}).items():
        text = str(value or "")
        if not text:
            continue
        if name in {"brand", "branch"}:
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
            rows = rows.filter(**{f"{name}_id": number})
        elif name == "sort":
            rows = rows.filter(sort=text if text in Sort.values else "-")
        elif name == "stage":
            rows = rows.filter(stage=text if text in Stage.values else "-")
        elif name == "short":
            rows = rows.filter(stage=Stage.CREDITED, credited_amount__lt=F("approved_amount"))
    return rows


def find_claims(user: User, text: str, limit: int) -> list[Claim]:
    """Claims by their number with its letter, in any spelling: one query, none for anything else.

    By a serial number the unit is found, and its page lists its claims; the board finds the company's own numbers.
    """
    number = parse_ref(clean_text(text).upper())
    if number is None or not number.startswith("C-"):
        return []
    return list(claims_of(user).filter(number=number)[:limit])


def claims_of_unit(user: User, unit: Unit) -> ClaimQuerySet:
    """A unit's claims, the newest first."""
    return claims_of(user).filter(unit=unit)
