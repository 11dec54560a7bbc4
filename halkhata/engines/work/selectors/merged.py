"""Items that were merged: who belongs to whom (A52.14)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from halkhata.engines.work.choices import StateFlag, WorkEventKind
from halkhata.engines.work.models import ItemMerge, WorkEvent, WorkItem


def family(item_id: int) -> QuerySet[WorkItem]:
    """The item and all that were merged into it. As a subquery: it costs no statement of its own."""
    return WorkItem.objects.filter(Q(pk=item_id) | Q(merged_into_id=item_id)).order_by().only("pk")


def survivor_of(item: WorkItem) -> WorkItem:
    """The item that is worked on: the one it was merged into, or itself."""
    return item if item.merged_into is None else item.merged_into


def standing_merges(item_id: int) -> QuerySet[ItemMerge]:
    """What was merged into the item itself and still is, newest first."""
    return ItemMerge.objects.filter(survivor_id=item_id, undone_at__isnull=True).order_by("-id")


def merge_of(item_id: int) -> ItemMerge | None:
    """The merge by which this item became part of another."""
    return ItemMerge.objects.filter(merged_id=item_id, undone_at__isnull=True).select_related("survivor", "by").first()


def told_history(item_id: int, rows: Iterable[WorkEvent]) -> list[WorkEvent]:
    """The lines of a family's history that count for ``item_id``, whose promises are to be reckoned.

    Of what was merged into it counts everything, unless that had been solved before: then its promises are over, and
    the old times say nothing about the new ones. A message that was moved away asks nothing any more where it was.
    """
    lines = list(rows)
    gone = {(row.item_id, row.data.get("message")) for row in lines if row.kind == WorkEventKind.MESSAGE_MOVED}
    flags: dict[int, str] = {}
    for row in lines:
        if row.state_flag:
            flags[row.item_id] = row.state_flag
    return [
        row
        for row in lines
        if (row.item_id == item_id or flags.get(row.item_id) != StateFlag.RESOLVED)
        and not (row.kind == WorkEventKind.CUSTOMER_MESSAGE and (row.item_id, row.data.get("message")) in gone)
    ]
