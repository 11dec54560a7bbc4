"""The numbers of the work engine that stand on every page, in one query a request."""

from typing import Any

from django.db.models import QuerySet

from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.capped import CappedCount
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.kept_sql import SOME_MOMENT, kept_row


def unread_notices(user: User) -> int:
    """How many notices wait for this person, up to COUNTED."""
    return _numbers(user)[0]


def late_items(user: User) -> int:
    """How many of one's own items are late, up to COUNTED: the number beside "Today" in the navigation."""
    return _numbers(user)[1]


def _numbers(user: User) -> tuple[int, int]:
    known: tuple[Any, ...] | None = getattr(user, "_work_numbers", None)
    if known is None:
        known = kept_row("work numbers", _statement, {_SOMEBODY: user.pk, SOME_MOMENT: now()}) or (0, 0)
        user._work_numbers = known  # type: ignore[attr-defined]
    return known[0], known[1]


def _statement() -> QuerySet[Any, Any]:
    unread = Notification.objects.filter(user_id=_SOMEBODY, read_at__isnull=True)
    late = WorkItem.objects.unfinished().filter(owner_id=_SOMEBODY, next_due_at__lt=SOME_MOMENT)
    return User.objects.filter(pk=_SOMEBODY).values_list(
        CappedCount.of(unread),
        CappedCount.of(late),
    )


# Stands for the reader in a statement that is kept.
_SOMEBODY = -918_273_645
