"""Keeps the tables of finished work small."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django_tasks import task

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job, OutboxEvent

KEEP = timedelta(days=30)
# So many rows to a transaction: a night may have hundreds of thousands, and meanwhile others want to write.
TOGETHER = 500


@task()
def prune_finished_work() -> int:
    """Delete jobs, deliveries and events that ended more than 30 days ago. Returns how many rows went."""
    before = now() - KEEP
    removed = _in_parts(Job.objects.filter(state=Job.DONE, finished_at__lt=before))
    removed += _in_parts(EventDelivery.objects.filter(state=EventDelivery.DONE, finished_at__lt=before))
    removed += _in_parts(
        OutboxEvent.objects.filter(occurred_at__lt=before, deliveries__isnull=True, effects__isnull=True)
    )
    return removed


def _in_parts(rows: QuerySet[Any]) -> int:
    """Delete the rows a few hundred at a time, in one walk by id. Returns how many went."""
    removed = 0
    last: Any = None
    while True:
        further = rows if last is None else rows.filter(pk__gt=last)
        ids = list(further.order_by("pk").values_list("pk", flat=True)[:TOGETHER])
        if not ids:
            return removed
        removed += rows.filter(pk__in=ids).delete()[0]
        last = ids[-1]
