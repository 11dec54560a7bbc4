"""Telling staff, inside the product: each notice once for each reader."""

from collections.abc import Iterable
from typing import Any

from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now


def notify(
    *, user: User, verb: str, item: WorkItem | None = None, data: dict[str, Any] | None = None, cause: str
) -> None:
    """Leave a notice for ``user``, in the caller's transaction; the same ``cause`` tells nobody the same thing twice.

    ``verb`` names a sentence in ``registry.notification_sentences``; ``data`` holds its values (number and subject of
    the item are added). Somebody who may no longer sign in is told nothing.
    """
    notice = notice_for(user=user, verb=verb, item=item, data=data, cause=cause)
    if notice is not None:
        Notification.objects.bulk_create([notice], ignore_conflicts=True)


def notice_for(
    *, user: User, verb: str, item: WorkItem | None = None, data: dict[str, Any] | None = None, cause: str
) -> Notification | None:
    """The notice that ``notify`` would leave, not written yet; None for somebody who may no longer sign in."""
    if not user.is_active:
        return None
    values = dict(data or {})
    if item is not None:
        values = {"number": item.number, "subject": item.subject, "kind": item.kind, **values}
    return Notification(
        user=user,
        cause=cause[:120],
        at=now(),
        verb=verb,
        item_id=None if item is None else item.pk,
        data=values,
        is_demo=item is not None and item.is_demo,
    )


def mark_read(*, user: User, ids: Iterable[int] | None = None) -> int:
    """Mark one's own notices as read: those of ``ids``, or all. Returns how many were unread before."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=now())


def unread_count(user: User) -> int:
    """How many notices wait for this person, counted up to 99: the shell shows "99+" for more."""
    return Notification.objects.filter(user=user, read_at__isnull=True).order_by()[:100].count()
