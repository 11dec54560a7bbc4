"""Which items must not close by themselves: somebody argues about them (A60.1)."""

from typing import Any

from django.db.models import QuerySet

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import kept_open


def without_kept_open(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that a job may close."""
    for ids in kept_open:
        rows = rows.exclude(pk__in=ids())
    return rows


def is_kept_open(item_id: int) -> bool:
    """Whether something hangs on this item, at this moment."""
    return any(WorkItem.objects.filter(pk=item_id).filter(pk__in=ids()).exists() for ids in kept_open)
