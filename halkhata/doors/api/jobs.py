"""Background work of the API."""

from halkhata.desks.tickets.services.telephone import forget_old_messages
from halkhata.doors.api.limits import WINDOW
from halkhata.doors.api.models import IdempotentRequest, RateWindow
from halkhata.doors.api.uploads import drop_unused_uploads
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task


@task()
def prune_api() -> int:
    """Delete answers older than a day, counters of past minutes, told calls, unused uploads. Returns the count."""
    at = now()
    removed = IdempotentRequest.objects.filter(expires_at__lte=at).delete()[0]
    removed += RateWindow.objects.filter(minute__lt=int(at.timestamp()) // WINDOW - 5).delete()[0]
    removed += forget_old_messages(at)
    return removed + drop_unused_uploads()
