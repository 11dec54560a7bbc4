"""The numbers of the work engine that stand on every page, in one query a request."""

from halkhata.engines.work.models import Notification, WorkItem
from halkhata.engines.work.selectors.queue import COUNTED, CappedCount
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now


def unread_notices(user: User) -> int:
    """How many notices wait for this person, up to COUNTED."""
    return _numbers(user)[0]


def late_items(user: User) -> int:
    """How many of one's own items are late, up to COUNTED: the number beside "Today" in the navigation."""
    return _numbers(user)[1]


def _numbers(user: User) -> tuple[int, int]:
    known: tuple[int, int] | None = getattr(user, "_work_numbers", None)
    if known is None:
        unread = Notification.objects.filter(user_id=user.pk, read_at__isnull=True)
        late = WorkItem.objects.unfinished().filter(owner_id=user.pk, next_due_at__lt=now())
        row = (
            User.objects.filter(pk=user.pk)
            .values_list(
                CappedCount(unread.order_by().values("pk")[:COUNTED]),
                CappedCount(late.order_by().values("pk")[:COUNTED]),
            )
            .first()
        )
        known = (row[0], row[1]) if row else (0, 0)
        user._work_numbers = known  # type: ignore[attr-defined]
    return known
