"""Parts that many segment fields share: conditions on a column of the customer, or on rows that point at one."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from halkhata.engines.segments.registry import Asking, Between, Holds, OneOf, Text
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE

_LOOKUPS = {"is": "iexact", "contains": "icontains", "starts_with": "istartswith"}
Rows = Callable[[], "QuerySet[Any]"]


def range_on(column: str, low: Any, high: Any) -> Q:
    """The column lies between the ends; an empty one does not."""
    found = Q(**{f"{column}__isnull": False})
    if low is not None:
        found &= Q(**{f"{column}__gte": low})
    if high is not None:
        found &= Q(**{f"{column}__lte": high})
    return found


def instants_on(column: str, low: date | None, high: date | None) -> Q:
    """The same for instants and whole days of the shop: from the first moment of ``low`` to the last of ``high``."""
    found = Q(**{f"{column}__isnull": False})
    if low is not None:
        found &= Q(**{f"{column}__gte": first_moment(low)})
    if high is not None:
        found &= Q(**{f"{column}__lt": first_moment(high + timedelta(days=1))})
    return found


def first_moment(day: date) -> datetime:
    """When a day of the shop begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(DEFAULT_TIME_ZONE))


def column_between(column: str, *, instant: bool = False) -> Between:
    """A number, date or instant of the customer's own row."""
    make = instants_on if instant else range_on
    return lambda _asking, low, high: make(column, low, high)


def column_one_of(column: str) -> OneOf:
    """A code of the customer's own row."""
    return lambda _asking, codes: Q(**{f"{column}__in": list(codes)})


def column_text(column: str) -> Text:
    """A text of the customer's own row."""
    return lambda _asking, op, text: Q(**{f"{column}__{_LOOKUPS[op]}": text})


def column_filled(column: str, *, nullable: bool = False) -> Holds:
    """Whether a column of the customer's own row has something in it."""
    return lambda _asking: Q(**{f"{column}__isnull": False}) if nullable else ~Q(**{column: ""})


def rows_between(rows: Rows, link: str, column: str, *, instant: bool = False) -> Between:
    """One of the rows that point at the customer lies there."""
    make = instants_on if instant else range_on
    return lambda asking, low, high: asking.has(rows().filter(make(column, low, high)), link)


def rows_one_of(rows: Rows, link: str, column: str) -> OneOf:
    """One of the rows that point at the customer has one of these codes."""
    return lambda asking, codes: asking.has(rows().filter(**{f"{column}__in": list(codes)}), link)


def rows_text(rows: Rows, link: str, column: str) -> Text:
    """One of the rows that point at the customer has such a text."""
    return lambda asking, op, text: asking.has(rows().filter(**{f"{column}__{_LOOKUPS[op]}": text}), link)


def rows_hold(rows: Rows, link: str) -> Holds:
    """There is a row that points at the customer."""
    return lambda asking: asking.has(rows(), link)


def newest_between(rows: Rows, link: str, column: str) -> Between:
    """The newest of the rows that point at the customer lies there: one does, and none is later."""

    def between(asking: Asking, low: date | None, high: date | None) -> Q:
        found = asking.has(rows().filter(instants_on(column, low, high)), link)
        if high is None:
            return found
        return found & ~asking.has(rows().filter(instants_on(column, high + timedelta(days=1), None)), link)

    return between


def codes_of(values: Sequence[Any]) -> list[int]:
    """Codes that are ids, as numbers; what is none is left out."""
    return [int(value) for value in values if str(value).isascii() and str(value).isdigit()]
