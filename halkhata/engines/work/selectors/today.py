"""Today's list: what one person must do, in order (US-03)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.filters import end_of_day
from halkhata.engines.work.selectors.rows import ItemRow, item_rows
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

SHOWN = 200


@dataclass(frozen=True)
class TodayList:
    """Overdue, the rest of today, tomorrow; each in the order of its promise. ``cut``: there is more than fits."""

    overdue: list[ItemRow]
    today: list[ItemRow]
    tomorrow: list[ItemRow]
    cut: bool

    @property
    def is_empty(self) -> bool:
        """Nothing to do until the day after tomorrow."""
        return not (self.overdue or self.today or self.tomorrow)


def today_list(person: User, *, viewer: User | None = None, at: datetime | None = None) -> TodayList:
    """What ``person`` must do until tomorrow night; ``viewer`` sees only what lies in his own scope. Three queries.

    What was left undone on earlier days stays on the list, as late.
    """
    moment = at or now()
    midnight = end_of_day(moment)
    items = (
        WorkItem.objects.visible_to(viewer or person)
        .unfinished()
        .filter(owner=person, next_due_at__lt=midnight + timedelta(days=1))
    )
    found = list(
        items.select_related("customer", "owner")
        .prefetch_related("customer__contact_points")
        .order_by("next_due_at", "pk")[: SHOWN + 1]
    )
    rows = item_rows(found[:SHOWN], moment)
    # The query has brought nothing without a due time.
    due = [(row, row.item.next_due_at) for row in rows if row.item.next_due_at is not None]
    return TodayList(
        overdue=[row for row, due_at in due if due_at < moment],
        today=[row for row, due_at in due if moment <= due_at < midnight],
        tomorrow=[row for row, due_at in due if due_at >= midnight],
        cut=len(found) > SHOWN,
    )
