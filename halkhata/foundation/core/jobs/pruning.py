"""Keeps the tables of finished work small."""

from datetime import timedelta

from django_tasks import task

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job, OutboxEvent

KEEP = timedelta(days=30)


@task()
def prune_finished_work() -> int:
    """Delete jobs, deliveries and events that ended more than 30 days ago. Returns how many rows went."""
    before = now() - KEEP
    removed = Job.objects.filter(state=Job.DONE, finished_at__lt=before).delete()[0]
    removed += EventDelivery.objects.filter(state=EventDelivery.DONE, finished_at__lt=before).delete()[0]
    removed += OutboxEvent.objects.filter(
        occurred_at__lt=before, deliveries__isnull=True, effects__isnull=True
    ).delete()[0]
    return removed
