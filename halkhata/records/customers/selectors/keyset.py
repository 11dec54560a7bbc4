"""Keyset paging: the next page begins after the last row of this one, however deep it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows, newest first, and cursors: ``older`` for the next page, ``newer`` for the one before; "" at the ends."""

    items: list[T]
    older: str = ""
    newer: str = ""


def cursor_of(at: datetime, pk: int) -> str:
    """Where a row stands, as text for an address."""
    return f"{(at - _EPOCH) // _MICROSECOND}-{pk}"


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """The place a cursor names, or None for none and for anything that is no cursor."""
    micros, dash, pk = (cursor or "").partition("-")
    if not (dash and micros.isascii() and micros.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(micros) > 17 or len(pk) > 18:
        return None
    return _EPOCH + int(micros) * _MICROSECOND, int(pk)


def page_by_time(
    rows: "QuerySet[M]", *, field: str, before: str | None = None, after: str | None = None, size: int = 25
) -> Page[M]:
    """One page of ``rows`` by ``field`` and id, descending: rows ``before`` (older than) or ``after`` a cursor."""
    newer_than = read_cursor(after)
    older_than = read_cursor(before) if newer_than is None else None
    if newer_than:
        ordered = rows.filter(_beyond(field, "gt", newer_than)).order_by(field, "id")
    else:
        ordered = rows.order_by(f"-{field}", "-id")
        if older_than:
            ordered = ordered.filter(_beyond(field, "lt", older_than))
    found = list(ordered[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if newer_than:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        older=_cursor(found[-1], field) if (newer_than or has_more) else "",
        newer=_cursor(found[0], field) if (older_than or (newer_than and has_more)) else "",
    )


def first_by_time(found: list[M], *, field: str, size: int) -> Page[M]:
    """The first such page, of up to one row more than it shows, newest first."""
    return Page(found[:size], older=_cursor(found[size - 1], field) if len(found) > size else "")


def page_by_place(
    rows: "QuerySet[M]",
    *,
    column: str,
    tie: str,
    place_of: Callable[[int], Any],
    before: str | None = None,
    after: str | None = None,
    size: int = 25,
) -> Page[M]:
    """One page of ``rows`` by ``column`` and ``tie`` (the id, in the same index), ascending.

    A cursor is an id and no name: addresses stand in logs.
    ``place_of`` tells the value of the column for an id, None for a row that is gone; then the list begins anew.
    ``before`` gives the rows that follow, ``after`` those that go ahead, as ``page_by_time`` has it: "older", "newer".
    """
    back = _place_at(after, place_of)
    on = _place_at(before, place_of) if back is None else None
    ordered = rows.order_by(column, tie) if back is None else rows.order_by(f"-{column}", f"-{tie}")
    if place := back or on:
        ordered = ordered.filter(_beyond(column, "lt" if back else "gt", place, tie))
    found = list(ordered[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        older=str(found[-1].pk) if (back or has_more) else "",
        newer=str(found[0].pk) if (on or (back and has_more)) else "",
    )


def _place_at(cursor: str | None, place_of: Callable[[int], Any]) -> tuple[Any, int] | None:
    if not cursor or not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 18:
        return None
    place = place_of(int(cursor))
    return None if place is None else (place, int(cursor))


def _beyond(field: str, side: str, place: tuple[Any, int], tie: str = "id") -> Q:
    at, pk = place
    # The first half is what the index seeks by; the second settles rows of the same place.
    return Q(**{f"{field}__{side}e": at}) & (Q(**{f"{field}__{side}": at}) | Q(**{f"{tie}__{side}": pk}))


def _cursor(row: Any, field: str) -> str:
    return cursor_of(getattr(row, field), row.pk)
