"""Which work items a dispute is about, and which branches they belong to."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from halkhata.desks.disputes.choices import ENDED
from halkhata.desks.disputes.models import Dispute
from halkhata.engines.work.models import WorkItem


def linked_ids(dispute: Dispute) -> list[int]:
    """The linked item, what it was merged with, what hangs under these, and the dispute itself. Two queries."""
    if dispute.about is None:
        return [dispute.pk]
    whole = dispute.about.merged_into_id or dispute.about.pk
    near = WorkItem.objects.filter(
        Q(pk=whole)
        | Q(merged_into=whole)
        | Q(parent=whole)
        | Q(parent__merged_into=whole)
        | Q(merged_into__parent=whole)
    )
    return [*near.order_by("pk").values_list("pk", flat=True), dispute.pk]


def branch_ids(dispute: Dispute, item_ids: Sequence[int]) -> set[int]:
    """The branches that sold, served or took it: nobody of these is neutral. Two queries."""
    ids = set(WorkItem.objects.filter(pk__in=item_ids).values_list("branch_id", flat=True)) | {dispute.branch_id}
    if dispute.unit is not None:
        ids.add(dispute.unit.branch_id)
        ids |= set(dispute.unit.lines.values_list("purchase__branch_id", flat=True))
    return ids


def items_under_dispute() -> Any:
    """Ids of the items somebody argues about, for a condition: they do not close by themselves (A60.1).

    A ticket that was merged is argued about in the one that goes on.
    """
    open_ones = Dispute.objects.exclude(state__in=ENDED).exclude(about__isnull=True)
    argued = Q(pk__in=open_ones.values("about_id")) | Q(
        pk__in=open_ones.exclude(about__merged_into=None).values("about__merged_into_id")
    )
    return WorkItem.objects.filter(argued).order_by().values("pk")
