"""Which work items a dispute is about, and which branches they belong to."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from halkhata.desks.disputes.choices import ENDED
from halkhata.desks.disputes.models import Dispute
from halkhata.engines.work.models import WorkItem


def linked_ids(dispute: Dispute) -> list[int]:
    """The linked item, what was merged into it, what hangs under both, and the dispute itself. One query."""
    if dispute.about_id is None:
        return [dispute.pk]
    near = WorkItem.objects.filter(
        Q(pk=dispute.about_id)
        | Q(merged_into=dispute.about_id)
        | Q(parent=dispute.about_id)
        | Q(merged_into__parent=dispute.about_id)
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
    """Ids of the items somebody argues about, for a condition: they do not close by themselves (A60.1)."""
    return Dispute.objects.exclude(state__in=ENDED).exclude(about__isnull=True).values("about_id")
