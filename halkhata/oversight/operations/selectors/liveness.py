"""Whether this install can do its work now: asked by /readyz, by the metrics and by the page."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Job, ScheduleLine

# The timetable's quickest line fires every five seconds, and a worker with nothing to do starts a job within one.
SILENCE = timedelta(seconds=60)

# Set once this process has seen every migration applied: its own code does not change any more.
_migrated = False


def reasons_not_ready() -> list[str]:
    """Why it is not ready, as codes for machines; nothing when it is. No code tells anything that is secret."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        if not _is_migrated():
            return ["migrations_missing"]
        reasons = []
        if not is_recent(last_work()):
            reasons.append("worker_silent")
        if not is_recent(last_firing()):
            reasons.append("scheduler_silent")
    except DatabaseError:
        return ["database_unreachable"]
    return reasons


def last_work() -> datetime | None:
    """When a worker last gave a sign of life: it finished a job, or holds one by a lease that it renews."""
    if Job.objects.filter(state=Job.RUNNING, lease_until__gt=now()).exists():
        return now()
    return Job.objects.filter(state=Job.DONE).order_by("-finished_at").values_list("finished_at", flat=True).first()


def last_firing() -> datetime | None:
    """When the scheduler last handed something over."""
    return ScheduleLine.objects.order_by("-fired_at").values_list("fired_at", flat=True).first()


def is_recent(at: datetime | None) -> bool:
    """Whether that was within the last minute."""
    return at is not None and now() - at < SILENCE


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
