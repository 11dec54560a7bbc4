"""Shapes that several resources share. Instants are ISO 8601 in UTC; ids fit into 64 bits."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

MAX_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
IdPath = Annotated[int, Path(ge=1, le=MAX_ID, description="The record's id.")]
Number = Annotated[str, Path(max_length=20, description="A ticket's number, such as K-1045, in Latin or Bengali.")]
Count = Annotated[int, Field(ge=0, le=MAX_ID)]


# RFC 3339, as OpenAPI means "date-time": a bare number is no instant, though Pydantic would take it for one.
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?")


def _written_out(value: Any) -> Any:
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("an instant like 2026-11-22T10:00:00Z")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone: 2026-11-22T10:00:00+06:00 or …Z")
    if not 1900 <= value.year <= 9000:
        raise ValueError("an instant between the years 1900 and 9000")
    return value


# An instant somebody sends: with its zone, and inside what every database can hold.
Instant = Annotated[datetime, BeforeValidator(_written_out), AfterValidator(_aware)]


# RFC 3339, as OpenAPI means "date": Pydantic would take a number of seconds for a day.
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day_written_out(value: Any) -> Any:
    if not isinstance(value, str) or not _FULL_DATE.fullmatch(value):
        raise ValueError("a day like 2026-11-22")
    return value


# A day somebody sends.
Day = Annotated[date, BeforeValidator(_day_written_out)]


class Body(Schema):
    """What comes in: exactly the fields that may be set, and no others (B14, B88)."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    """One value that cannot be used, and where it stands."""

    at: str
    message: str


class Problem(Schema):
    """RFC 9457. `code` never changes; `title` is for people, in the language of Accept-Language."""

    type: str
    title: str
    status: int
    code: str
    field: str | None = None
    errors: list[Fault] | None = None


def answers(success: dict[int, Any], *more: int) -> dict[int, Any]:
    """The answers of a road: what it gives, what every road may answer, and ``more`` refusals of its own."""
    refusals = sorted({401, 403, 422, 429, 500, 503, *more})
    return {**success, **dict.fromkeys(refusals, Problem)}


def read(shape: Any) -> dict[int, Any]:
    """The answers of a GET on one record."""
    return answers({200: shape, 304: None}, 404)


def listing(shape: Any) -> dict[int, Any]:
    """The answers of a GET on a list."""
    return answers({200: shape, 304: None})


def write(shape: Any, status: int = 200, *more: int) -> dict[int, Any]:
    """The answers of a road that changes something and takes a body."""
    return answers({status: shape}, 400, 404, 409, 412, 413, 415, *more)


def change(shape: Any) -> dict[int, Any]:
    """The answers of a PATCH, which needs If-Match."""
    return write(shape, 200, 428)


def act(shape: Any, status: int = 200) -> dict[int, Any]:
    """The answers of a road that changes something and takes no body."""
    return answers({status: shape}, 400, 404, 409, 412)


def listed(found: tuple[list[Any], str | None, str | None], out: Callable[[Any], Any]) -> dict[str, Any]:
    """A page as it is answered."""
    items, following, previous = found
    return {"items": [out(item) for item in items], "next": following, "previous": previous}


class PageOut(Schema):
    """What every list has: `next` and `previous` are given back as `cursor`; null at the ends."""

    next: str | None
    previous: str | None
