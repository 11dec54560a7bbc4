"""What the customers' door forgets."""

from datetime import datetime, timedelta

from halkhata.doors.portal.models import FollowRequest
from halkhata.foundation.core.clock import now

LIFE = timedelta(hours=24)


def forget_old_requests() -> int:
    """Delete askings older than a day: they count in no limit any more, and no session lasts so long."""
    return FollowRequest.objects.filter(requested_at__lt=now() - LIFE).delete()[0]


def end_all_after_restore(taken_at: datetime) -> int:
    """After a restore: used codes would be good again, sessions that were ended open. Returns how many ended."""
    return FollowRequest.objects.filter(ended_at__isnull=True).update(ended_at=now(), sealed_phone="")
