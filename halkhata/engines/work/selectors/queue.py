"""The queue: one page of items by keyset, and counts that open exactly their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import SavedView, WorkItem
from halkhata.engines.work.registry import more_filters
from halkhata.engines.work.selectors.filters import (
    ESCALATED,
    LATE,
    NEAR,
    NEAR_SPAN,
    PAUSED,
    TODAY,
    UNANSWERED,
    QueueFilters,
    counted_parts,
    end_of_day,
    filtered_in_order,
    filtered_parts,
    narrowed,
)
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.bengali_order import sort_key
from halkhata.foundation.core.capped import CappedCount
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.kept_sql import SOME_ID, SOME_MOMENT, kept_objects, kept_row
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader

PAGE_SIZE = 25

PRESETS: tuple[tuple[str, Any, str, QueueFilters], ...] = (
    ("open", _("All open"), "inbox", QueueFilters()),
    ("mine", _("Mine"), "user", QueueFilters(owner="me")),
    ("late", _("Late"), "alert-triangle", QueueFilters(due=LATE)),
    ("near", _("Due soon"), "alarm", QueueFilters(due=NEAR)),
    ("today", _("Due today"), "calendar-due", QueueFilters(due=TODAY)),
    ("unanswered", _("Not answered yet"), "message", QueueFilters(need=UNANSWERED)),
    ("escalated", _("Sent up"), "stairs-up", QueueFilters(need=ESCALATED)),
    ("paused", _("Waiting"), "clock-pause", QueueFilters(state=PAUSED)),
)


@dataclass(frozen=True)
class QueuePage:
    """One page. ``next`` and ``prev`` are cursors, empty at the ends; ``counts`` stop at COUNTED.

    ``stamps`` are what the desks' filters asked for, by the desk's name in their registry.
    """

    items: list[WorkItem]
    next: str
    prev: str
    counts: dict[str, int]
    stamps: Mapping[str, str | None]


def queue_page(
    user: User,
    filters: QueueFilters,
    after: str | None = None,
    *,
    before: str | None = None,
    at: datetime | None = None,
) -> QueuePage:
    """One page of the user's queue: at most three queries, whatever the number of rows.

    In the order of due time, what is paused (and so has none) last; finished items newest first. ``after`` and
    ``before`` are cursors of an earlier page; one that cannot be read gives the first page.
    """
    moment = at or now()
    filters = narrowed(user, filters)
    items, following, preceding = item_page(user, filters, after, before=before, at=moment)
    counts, stamps = _counted(user, _presets_and(filters), moment)
    return QueuePage(items=items, next=following, prev=preceding, counts=counts, stamps=stamps)


def item_page(
    user: User, filters: QueueFilters, after: str | None, *, before: str | None, at: datetime
) -> tuple[list[WorkItem], str, str]:
    """One page of items with the cursors of the next and the previous one: at most two queries. See ``queue_page``."""
    moment = at
    order = _DUE if filters.by_due_time else _RECENT
    backwards = _cursor(before)
    forwards = None if backwards else _cursor(after)
    if backwards or forwards or filters.q or filters.more:
        found = _slice(_parts(user, filters, moment, order), order, backwards or forwards, backwards is not None)
    else:
        found = _first_page(user, filters, moment, order)
    more = len(found) > PAGE_SIZE
    items = found[:PAGE_SIZE]
    if backwards is not None:
        items.reverse()
    has_next = bool(items) and (more if backwards is None else True)
    has_prev = bool(items) and (more if backwards is not None else forwards is not None)
    return items, _written(order, items[-1]) if has_next else "", _written(order, items[0]) if has_prev else ""


def queue_counts(user: User, filters: QueueFilters, at: datetime) -> dict[str, int]:
    """How many rows each preset opens, and the present filters ("found"), each up to COUNTED: one query."""
    return capped_counts(user, _presets_and(filters), at)


def _presets_and(filters: QueueFilters) -> dict[str, QueueFilters]:
    return {code: preset for code, _label, _icon, preset in PRESETS} | {"found": filters}


def capped_counts(user: User, wanted: Mapping[str, QueueFilters], at: datetime) -> dict[str, int]:
    """How many rows each of these filters opens, each up to COUNTED: one query."""
    return _counted(user, wanted, at)[0]


def _counted(
    user: User, wanted: Mapping[str, QueueFilters], at: datetime
) -> tuple[dict[str, int], dict[str, str | None]]:
    """The counts, and the stamps of the desks' filters, in one statement.

    It is long and the same for a person as long as his scope is: only the moments in it change. What a desk's filter
    means changes with the rows, so such a statement is not kept.
    """
    stamps = {name: one.stamp for name, one in more_filters.items()}

    def write(moment: datetime) -> QuerySet[Any, Any]:
        counted = {
            f"n_{code}": CappedCount.of_parts(counted_parts(user, preset, moment)) for code, preset in wanted.items()
        }
        stamped = {f"s_{name}": stamp() for name, stamp in stamps.items()}
        # The one row of the install carries the sub-queries.
        return Installation.objects.filter(pk=1).annotate(**counted, **stamped).values_list(*counted, *stamped)

    if any(filters.more for filters in wanted.values()):
        row = write(at).first()
    else:
        key = ("counts", scope_key(user), current_reader().time_zone, tuple(wanted.items()))
        row = kept_row(key, lambda: write(SOME_MOMENT), _moments(at))
    row = row or (0,) * len(wanted) + (None,) * len(stamps)
    # A filter that nothing can meet leaves its sub-query out: None.
    counts = {code: count or 0 for code, count in zip(wanted, row, strict=False)}
    return counts, dict(zip(stamps, row[len(wanted) :], strict=True))


def _moments(at: datetime) -> dict[Any, Any]:
    """What takes the place of the stand-in moment in filters by due time."""
    return {SOME_MOMENT: at, SOME_MOMENT + NEAR_SPAN: at + NEAR_SPAN, end_of_day(SOME_MOMENT): end_of_day(at)}


def saved_views(user: User) -> list[SavedView]:
    """One's own saved views and those shared by people who see the same install, by name: one query."""
    views = kept_objects("saved views", _own_and_shared, {SOME_ID: user.pk})
    return sorted(views, key=lambda view: sort_key(view.name))


def _own_and_shared() -> QuerySet[SavedView]:
    own = Q(owner_id=SOME_ID) | Q(is_shared=True)
    return SavedView.objects.filter(own).select_related("owner").order_by("pk")


def page_query(filters: QueueFilters, name: str, cursor: str) -> str:
    """The query string of another page of the same filters; empty without a cursor."""
    if not cursor:
        return ""
    own = filters.query()
    return f"{own}&{urlencode({name: cursor})}" if own else urlencode({name: cursor})


# ---------------------------------------------------------------- keyset
_DUE, _RECENT = "d", "r"
_Cursor = tuple[str, datetime | None, int]


def _written(order: str, item: WorkItem) -> str:
    moment = item.next_due_at if order == _DUE else item.opened_at
    return f"{order}.{'' if moment is None else moment.isoformat()}.{item.pk}"


def _cursor(text: str | None) -> _Cursor | None:
    order, _dot, rest = (text or "").partition(".")
    moment, _dot, key = rest.rpartition(".")
    if order not in {_DUE, _RECENT} or not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    try:
        at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None
    if (at is None and order == _RECENT) or (at is not None and at.tzinfo is None):
        return None
    return order, at, int(key)


def _parts(user: User, filters: QueueFilters, at: datetime, order: str) -> list[QuerySet[WorkItem]]:
    return filtered_parts(user, filters, at) if order == _DUE else [filtered_in_order(user, filters, at)]


def _first_page(user: User, filters: QueueFilters, at: datetime, order: str) -> list[WorkItem]:
    """What ``_slice`` finds without a cursor; the page that is asked for most, so its statements are kept."""
    wanted = PAGE_SIZE + 1
    halves = (
        ((Q(next_due_at__isnull=False), ["next_due_at", "pk"]), (Q(next_due_at__isnull=True), ["pk"]))
        if order == _DUE
        else ((Q(), ["-opened_at", "-pk"]),)
    )
    key = ("first page", scope_key(user), current_reader().time_zone, filters)
    found: list[WorkItem] = []
    for number, (half, columns) in enumerate(halves):
        if len(found) < wanted:
            found += kept_objects(
                (*key, number),
                partial(_write_first_rows, user, filters, order, half, columns),
                _moments(at),
            )
    return found[:wanted]


def _write_first_rows(user: User, filters: QueueFilters, order: str, half: Q, columns: list[str]) -> QuerySet[WorkItem]:
    return _first_of(_parts(user, filters, SOME_MOMENT, order), half, columns, PAGE_SIZE + 1)


def _slice(parts: Sequence[QuerySet[WorkItem]], order: str, cursor: _Cursor | None, backwards: bool) -> list[WorkItem]:
    """Up to one row more than a page, in reading order (against it when ``backwards``)."""
    wanted = PAGE_SIZE + 1
    if cursor is not None and cursor[0] != order:
        cursor, backwards = None, False
    if order == _RECENT:
        falling = not backwards
        beyond = Q() if cursor is None else _beyond("opened_at", cursor[1], cursor[2], falling)
        sign = "-" if falling else ""
        return first_rows(parts, beyond, [f"{sign}opened_at", f"{sign}pk"], wanted)
    found: list[WorkItem] = []
    for is_dated in (False, True) if backwards else (True, False):
        if len(found) >= wanted:
            break
        beyond = Q(next_due_at__isnull=not is_dated)
        if cursor is not None:
            in_dated = cursor[1] is not None
            if is_dated == in_dated:
                beyond &= _beyond("next_due_at" if is_dated else "", cursor[1], cursor[2], backwards)
            elif in_dated == backwards:
                continue  # this half lies wholly on the other side of the cursor
        sign = "-" if backwards else ""
        columns = [f"{sign}next_due_at", f"{sign}pk"] if is_dated else [f"{sign}pk"]
        found += first_rows(parts, beyond, columns, wanted - len(found))
    return found


def first_rows(parts: Sequence[QuerySet[WorkItem]], beyond: Q, columns: list[str], wanted: int) -> list[WorkItem]:
    """The first rows in this order of all parts together: they are among the first of each."""
    return list(_first_of(parts, beyond, columns, wanted))


def _first_of(parts: Sequence[QuerySet[WorkItem]], beyond: Q, columns: list[str], wanted: int) -> QuerySet[WorkItem]:
    chosen = [part.filter(beyond).order_by(*columns) for part in parts]
    rows = chosen[0]
    if len(chosen) > 1:
        # Each slice is wrapped once more: SQLite takes no LIMIT in the middle of a UNION.
        ids = [WorkItem.objects.filter(pk__in=rows.values("pk")[:wanted]).order_by().values("pk") for rows in chosen]
        rows = WorkItem.objects.filter(pk__in=ids[0].union(*ids[1:])).order_by(*columns)
    return rows.select_related("customer", "owner", "team").only(*_SHOWN)[:wanted]


# What a line of a list shows of an item: a quarter of the columns, and a row is read a column at a time.
_SHOWN = (
    *("number", "kind", "subject", "channel", "priority", "state_flag", "state", "opened_at", "resolved_at"),
    *("planned_at", "next_due_at", "next_due_metric", "is_breached", "unexplained_delays", "escalation_level"),
    *("version", "branch", "parent", "first_response_at"),
    *("customer__name_bn", "customer__name_en"),
    *("owner__username", "owner__name_bn", "owner__name_en"),
    *("team__name_bn", "team__name_en"),
)


def _beyond(column: str, at: datetime | None, key: int, falling: bool) -> Q:
    compare = "lt" if falling else "gt"
    if not column:
        return Q(**{f"pk__{compare}": key})
    return Q(**{f"{column}__{compare}": at}) | Q(**{column: at, f"pk__{compare}": key})
