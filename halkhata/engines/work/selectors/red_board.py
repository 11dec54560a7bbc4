"""The red board: what is late or in danger in one's part of the shop, the latest first, with what to do (US-12)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import DelayNote, EscalationFiring, WorkItem
from halkhata.engines.work.selectors.delays import latest_delay_notes, reason_labels
from halkhata.engines.work.selectors.filters import (
    AWAY,
    ESCALATED,
    LATE,
    NEAR,
    UNANSWERED,
    UNASSIGNED,
    UNCONFIRMED,
    UNEXPLAINED,
    QueueFilters,
)
from halkhata.engines.work.selectors.queue import capped_counts, item_page
from halkhata.engines.work.selectors.rows import ItemRow, item_rows
from halkhata.foundation.accounts.models import User

FIRST_VIEW = "late"
# Code, words, drawing, filters. What a tile counts is exactly what it opens.
VIEWS: tuple[tuple[str, Any, str, QueueFilters], ...] = (
    ("late", _("Late"), "alert-triangle", QueueFilters(due=LATE)),
    ("unexplained", _("Late without a reason"), "help-circle", QueueFilters(need=UNEXPLAINED)),
    ("near", _("Due soon"), "alarm", QueueFilters(due=NEAR)),
    ("unanswered", _("Not answered yet"), "message", QueueFilters(need=UNANSWERED)),
    ("unassigned", _("Nobody's yet"), "users", QueueFilters(need=UNASSIGNED)),
    ("away", _("Owner is away"), "user", QueueFilters(need=AWAY)),
    ("escalated", _("Sent up"), "stairs-up", QueueFilters(need=ESCALATED)),
    ("unconfirmed", _("Sent up, not confirmed"), "bell", QueueFilters(need=UNCONFIRMED)),
)


@dataclass(frozen=True)
class BoardRow:
    """One line: the item, what was last said about its delay, and the steps up that wait to be confirmed."""

    row: ItemRow
    note: DelayNote | None
    reason: str
    waiting: list[EscalationFiring]


@dataclass(frozen=True)
class Board:
    """One page of the board. ``counts`` stop at ``queue.COUNTED``."""

    view: str
    filters: QueueFilters
    rows: list[BoardRow]
    next: str
    prev: str
    counts: dict[str, int]


def narrowed(view: str, narrowing: QueueFilters) -> QueueFilters:
    """The filters of a view inside what the reader has narrowed the board to."""
    chosen = next((filters for code, _label, _icon, filters in VIEWS if code == view), VIEWS[0][3])
    return replace(narrowing, due=chosen.due, need=chosen.need, state="", q="")


def red_board(
    user: User, view: str, narrowing: QueueFilters, *, after: str | None, before: str | None, at: datetime
) -> Board:
    """One page of a view, the latest first: at most seven queries, whatever the number of rows."""
    filters = narrowed(view, narrowing)
    items, following, preceding = item_page(user, filters, after, before=before, at=at)
    return Board(
        view=view,
        filters=filters,
        rows=_rows(items, at),
        next=following,
        prev=preceding,
        counts=capped_counts(user, {code: narrowed(code, narrowing) for code, _label, _icon, _filters in VIEWS}, at),
    )


def _rows(items: list[WorkItem], at: datetime) -> list[BoardRow]:
    ids = [item.pk for item in items]
    notes = latest_delay_notes(ids)
    labels = reason_labels() if notes else {}
    prefetch_related_objects(items, "customer__contact_points")
    waiting = waiting_by_item(ids)
    return [
        BoardRow(
            row=row,
            note=notes.get(row.item.pk),
            reason=labels.get(notes[row.item.pk].reason, notes[row.item.pk].reason) if row.item.pk in notes else "",
            waiting=waiting.get(row.item.pk, []),
        )
        for row in item_rows(items, at)
    ]


def waiting_by_item(ids: Iterable[int]) -> dict[int, list[EscalationFiring]]:
    """The steps up that wait for a confirmation, by item: one query."""
    found: dict[int, list[EscalationFiring]] = {}
    firings = EscalationFiring.objects.filter(
        item_id__in=list(ids), confirm_by__isnull=False, confirmed_at__isnull=True
    )
    for firing in firings.select_related("told").order_by("level", "pk"):
        found.setdefault(firing.item_id, []).append(firing)
    return found


def to_confirm(user: User) -> list[WorkItem]:
    """Unfinished work that was sent up to this person and waits for the confirmation, longest first: one query."""
    mine = EscalationFiring.objects.filter(told=user, confirm_by__isnull=False, confirmed_at__isnull=True)
    items = WorkItem.objects.visible_to(user).unfinished().filter(pk__in=mine.values("item_id"))
    return list(items.select_related("customer", "owner").order_by("next_due_at", "pk")[:50])
