"""Pages by key, both ways, with opaque signed cursors: each row once, however deep, and no counting."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from halkhata.doors.api.problems import ApiProblem
from halkhata.foundation.core.secret_box import derived_key

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
_SIGNATURE = 16


class Page(Schema):
    """Which part of a list, and how much of it."""

    cursor: (
        Annotated[
            str,
            Field(min_length=1, max_length=600, description="`next` or `previous` of an earlier answer, as it came."),
        ]
        | None
    ) = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many rows at most.")] = DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One order of a closed list. ``nullable``: rows without a value come last, whichever way."""

    column: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    backwards: bool
    value: Any
    pk: int


def page_of(
    request: HttpRequest, rows: "QuerySet[Any]", *, page: Page, orders: Mapping[str, Order], order: str
) -> tuple[list[Any], str | None, str | None]:
    """One page of ``rows`` with the cursors of the next and the previous one (None at the ends).

    Raises ApiProblem "bad_cursor" for a cursor that is not ours, or of another list, order or filter.
    """
    chosen = orders[order]
    bound = _binding(request, order)
    place = _read(page.cursor, bound) if page.cursor else None
    found = _slice(rows, chosen, place, page.limit + 1)
    more = len(found) > page.limit
    items = found[: page.limit]
    backwards = place is not None and place.backwards
    if backwards:
        items.reverse()
    if not items:
        return [], None, None
    has_next = more if not backwards else True
    has_previous = more if backwards else place is not None
    return (
        items,
        _write(chosen, items[-1], bound, backwards=False) if has_next else None,
        _write(chosen, items[0], bound, backwards=True) if has_previous else None,
    )


def _slice(rows: "QuerySet[Any]", order: Order, place: _Place | None, wanted: int) -> list[Any]:
    backwards = place is not None and place.backwards
    falling = order.descending != backwards
    sign = "-" if falling else ""
    if order.column == "pk":
        if place is not None:
            rows = rows.filter(**{f"pk__{'lt' if falling else 'gt'}": place.pk})
        return list(rows.order_by(f"{sign}pk")[:wanted])
    if not order.nullable:
        if place is not None:
            rows = rows.filter(_beyond(order.column, place, falling))
        return list(rows.order_by(f"{sign}{order.column}", f"{sign}pk")[:wanted])
    dated = rows.filter(**{f"{order.column}__isnull": False})
    undated = rows.filter(**{f"{order.column}__isnull": True})
    found: list[Any] = []
    for part in (undated, dated) if backwards else (dated, undated):
        is_dated = part is dated
        if len(found) >= wanted:
            break
        if place is not None:
            in_dated = place.value is not None
            if is_dated == in_dated:
                part = part.filter(
                    _beyond(order.column, place, falling)
                    if is_dated
                    else Q(**{f"pk__{'lt' if falling else 'gt'}": place.pk})
                )
            elif in_dated == backwards:
                continue  # this part lies wholly on the other side
        columns = [f"{sign}{order.column}", f"{sign}pk"] if is_dated else [f"{sign}pk"]
        found += list(part.order_by(*columns)[: wanted - len(found)])
    return found


def _beyond(column: str, place: _Place, falling: bool) -> Q:
    side = "lt" if falling else "gt"
    # The first half is what the index seeks by; the second settles rows of the same value.
    return Q(**{f"{column}__{side}e": place.value}) & (
        Q(**{f"{column}__{side}": place.value}) | Q(**{f"pk__{side}": place.pk})
    )


# ---------------------------------------------------------------- cursors
def _binding(request: HttpRequest, order: str) -> str:
    """What a cursor belongs to: the list, its filters and its order."""
    filters = sorted((key, value) for key, value in request.GET.items() if key not in {"cursor", "limit", "order"})
    text = json.dumps([request.path, order, filters])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write(order: Order, row: Any, bound: str, *, backwards: bool) -> str:
    value = None if order.column == "pk" else getattr(row, order.column)
    if isinstance(value, datetime):
        value = value.isoformat()
    text = json.dumps([bound, int(backwards), value, row.pk], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(text) + text).decode().rstrip("=")


def _read(cursor: str, bound: str) -> _Place:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, text = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, _signature(text)):
            raise ValueError("signature")
        belongs_to, backwards, value, pk = json.loads(text)
        if belongs_to != bound:
            raise ValueError("another list")
    except (ValueError, TypeError) as error:
        raise ApiProblem("bad_cursor", field="cursor") from error
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return _Place(bool(backwards), value, pk)


def _signature(text: bytes) -> bytes:
    return hmac.new(derived_key("halkhata.api.cursor"), text, hashlib.sha256).digest()[:_SIGNATURE]
