"""Earlier decisions: finding them, and whether like cases are decided alike (A60.9)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from halkhata.desks.disputes.choices import Finding, Ground, RecordKind, RemedyKind
from halkhata.desks.disputes.models import Decision, DecisionRecord, Dispute
from halkhata.desks.disputes.search_words import folded
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

MOST = 100
LIKE = 5


def decisions_for(user: User) -> QuerySet[Decision]:
    """Signed decisions of the disputes that the user may see; of an appealed one the last decision stands."""
    rows = Decision.objects.filter(signed_at__isnull=False, dispute__in=Dispute.objects.visible_to(user).values("pk"))
    later = Q(round=1, dispute__decisions__round=2, dispute__decisions__signed_at__isnull=False)
    return rows.exclude(pk__in=Decision.objects.filter(later).values("pk")).select_related(
        "dispute__unit__product__brand", "dispute__branch"
    )


def find_decisions(
    user: User, *, text: str = "", cause: str = "", finding: str = "", product: int | None = None
) -> list[Decision]:
    """The register, narrowed: every word must stand in it, in either script. Newest first."""
    rows = decisions_for(user)
    for word in folded(text)[:200].split():
        rows = rows.filter(search_text__contains=word)
    if cause in Ground.values:
        rows = rows.filter(root_cause=cause)
    if finding in Finding.values:
        rows = rows.filter(finding=finding)
    if product is not None:
        rows = rows.filter(dispute__unit__product=product)
    return list(rows.order_by("-signed_at", "-pk")[:MOST])


def precedents_for(user: User, dispute: Dispute) -> list[Decision]:
    """Decisions like this case: the same product with the same cause first, then either. One query."""
    cause = dispute.root_cause or dispute.ground
    same = Q(root_cause=cause)
    if dispute.unit is not None:
        same |= Q(dispute__unit__product=dispute.unit.product_id)
    rows = list(decisions_for(user).filter(same).exclude(dispute=dispute.pk).order_by("-signed_at")[: LIKE * 6])

    def nearness(one: Decision) -> int:
        product = one.dispute.unit.product_id if one.dispute.unit is not None else None
        same_product = dispute.unit is not None and product == dispute.unit.product_id
        return -(2 * same_product + (one.root_cause == cause))

    return sorted(rows, key=nearness)[:LIKE]


def corrections_of(dispute: Dispute) -> list[DecisionRecord]:
    """Corrections in the record, oldest first."""
    rows = DecisionRecord.objects.filter(
        dispute_id_then=dispute.pk, is_demo=dispute.is_demo, kind=RecordKind.CORRECTION
    )
    return list(rows.order_by("n"))


@dataclass(frozen=True, slots=True)
class LikeCases:
    """Cases with one cause: how they were decided, and whether that differs."""

    label: Any
    count: int
    upheld: int
    partly: int
    rejected: int
    remedies: tuple[tuple[Any, int], ...]
    numbers: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Like cases with unlike findings: both ways, neither rare. Somebody should look at them side by side."""
        decided = self.upheld + self.partly
        return self.count >= 3 and min(decided, self.rejected) * 4 >= self.count


def consistency(user: User, days: int = 365) -> list[LikeCases]:
    """Decisions of the last days by cause. One query."""
    rows = decisions_for(user).filter(signed_at__gte=now() - timedelta(days=days)).order_by("-signed_at")[:5000]
    groups: dict[str, list[Decision]] = defaultdict(list)
    for one in rows:
        groups[one.root_cause].append(one)
    return sorted((_summed(cause, found) for cause, found in groups.items()), key=lambda one: -one.count)


def _summed(cause: str, found: Sequence[Decision]) -> LikeCases:
    findings = [one.finding for one in found]
    remedies: dict[str, int] = defaultdict(int)
    for one in found:
        remedies[one.remedy] += 1
    return LikeCases(
        label=Ground(cause).label, count=len(found), upheld=findings.count(Finding.UPHELD),
        partly=findings.count(Finding.PARTLY), rejected=findings.count(Finding.REJECTED),
        remedies=tuple(
            (RemedyKind(code).label, number) for code, number in sorted(remedies.items(), key=lambda pair: -pair[1])
        ),
        numbers=tuple(one.dispute.number for one in found[:12]),
    )  # fmt: skip
