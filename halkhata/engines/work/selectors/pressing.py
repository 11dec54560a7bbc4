"""What somebody who gives out work must see first: the late and the nearly due of all people in reach (US-12)."""

from datetime import datetime

from django.db.models import Q

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.filters import NEAR_SPAN, QueueFilters, filtered_parts
from halkhata.engines.work.selectors.queue import first_rows
from halkhata.foundation.accounts.models import User


def pressing_items(user: User, *, at: datetime, limit: int) -> list[WorkItem]:
    """At most ``limit`` unfinished items inside the user's scope that are late or due within two hours: one query."""
    parts = filtered_parts(user, QueueFilters(), at)
    soon = Q(next_due_at__isnull=False, next_due_at__lt=at + NEAR_SPAN)
    return first_rows(parts, soon, ["next_due_at", "pk"], limit)
