"""Background work of the API."""

from halkhata.doors.api.limits import WINDOW
from halkhata.doors.api.models import IdempotentRequest, RateWindow
from halkhata.doors.api.uploads import drop_unused_uploads
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task


@task()
def prune_api() -> int:
    """Delete answers older than a day, counters of past minutes and unused uploads. Returns how many rows went."""
    at = now()
    removed = IdempotentRequest.objects.filter(expires_at__lte=at).delete()[0]
    removed += RateWindow.objects.filter(minute__lt=int(at.timestamp()) // WINDOW - 5).delete()[0]
    return removed + drop_unused_uploads()
