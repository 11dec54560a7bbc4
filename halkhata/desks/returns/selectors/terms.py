"""What is promised about returns, and the rules of the desk."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from halkhata.desks.returns.choices import (
    NOT_THE_CUSTOMERS_FAULT,
    REFUND_DAYS_ELSEWHERE,
    REFUND_DAYS_OF_COUNTRY,
    Reason,
)
from halkhata.desks.returns.models import ReturnPolicy, ReturnRules
from halkhata.foundation.accounts.models import Branch
from halkhata.records.catalog.models import ProductKind, PurchaseLine


@dataclass(frozen=True)
class DeskRules:
    """The rules in use; what the shop has not set is as a new one has it."""

    four_eyes_from: Decimal
    instant_up_to: Decimal
    refund_days: int | None
    bring_days: int
    appeal_days: int


def desk_rules() -> DeskRules:
    """The rules in use. One query."""
    row = ReturnRules.objects.filter(pk=1).first() or ReturnRules()
    return DeskRules(
        four_eyes_from=Decimal(row.four_eyes_from), instant_up_to=Decimal(row.instant_up_to),
        refund_days=row.refund_days, bring_days=row.bring_days, appeal_days=row.appeal_days,
    )  # fmt: skip


def refund_days_of(branch: Branch, rules: DeskRules | None = None) -> int:
    """Days within which money is back: what the shop promises, never more than the country allows."""
    lawful = REFUND_DAYS_OF_COUNTRY.get(branch.country, REFUND_DAYS_ELSEWHERE)
    own = (rules or desk_rules()).refund_days
    return min(own, lawful) if own is not None else lawful


def scope_of(kind: ProductKind | None, channel: str, country: str) -> str:
    """The key of a row of policies: kind, channel and country as one text."""
    return f"{kind.code if kind else ''}/{channel}/{country}"


def policy_for(line: PurchaseLine) -> ReturnPolicy | None:
    """The version in force on the day of the sale, the closest fit first: kind, then channel, then country.

    A sale older than every version goes by the first one that was published.
    """
    purchase = line.purchase
    kind = line.product.kind
    fits = [
        row
        for row in ReturnPolicy.objects.filter(Q(kind=kind) | Q(kind__isnull=True))
        if row.channel in {"", purchase.channel} and row.country in {"", purchase.branch.country}
    ]
    for scope in sorted({row.scope for row in fits}, key=lambda one: _closeness(fits, one), reverse=True):
        rows = [row for row in fits if row.scope == scope]
        chosen = _in_force(rows, purchase.bought_on)
        if chosen is not None:
            return chosen
    return min(fits, key=lambda row: (row.published_on, row.pk), default=None)


def _closeness(rows: list[ReturnPolicy], scope: str) -> tuple[bool, bool, bool]:
    row = next(one for one in rows if one.scope == scope)
    return (row.kind_id is not None, bool(row.channel), bool(row.country))


def _in_force(rows: list[ReturnPolicy], day: date) -> ReturnPolicy | None:
    begun = [row for row in rows if row.from_on <= day]
    return max(begun, key=lambda row: (row.from_on, row.version), default=None)


def policies_in_force(day: date) -> list[ReturnPolicy]:
    """What holds for a sale on ``day``: one version of each scope, the general one first."""
    rows = list(ReturnPolicy.objects.select_related("kind", "advance_terms").order_by("pk"))
    chosen = [_in_force([row for row in rows if row.scope == scope], day) for scope in {row.scope for row in rows}]
    shown = [row for row in chosen if row is not None]
    return sorted(shown, key=lambda row: (row.kind.position if row.kind else -1, row.scope))


def days_for(policy: ReturnPolicy, reason: str) -> int:
    """How many days after the sale this may be given back for this reason."""
    if reason == Reason.NOT_DELIVERED:
        return 3650
    return policy.defect_days if reason in NOT_THE_CUSTOMERS_FAULT else policy.window_days
