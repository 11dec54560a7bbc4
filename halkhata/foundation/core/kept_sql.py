"""Statements that are written once and run again with other values.

For a statement of ten sub-queries the ORM takes longer to write the SQL down than the database to answer it, and pages
ask the same statement again and again: only the moment, or who asks, differs. Here the SQL is kept, never what it
found; whatever the statement's shape depends on belongs into its key.
"""

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)

# Stands for the present moment in a statement that is kept: no row and no setting holds it.
SOME_MOMENT = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
# Stand for ids and for a text: no sequence comes that far, and no text holds a character of private use.
SOME_ID, ANOTHER_ID = 8_765_432_109_871, 8_765_432_109_872
SOME_TEXT = "\ue004"
# Some twenty for each person who works, of 30 kB each.
_KEPT = 768
_statements: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}
_readings: dict[Hashable, "_Reading | None"] = {}


def kept_statement(key: Hashable, write: Callable[[], QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]]:
    """The query that ``write()`` makes, as SQL with its parameters; written at the first call with this ``key``."""
    known = _statements.get((connection.vendor, key))
    if known is None:
        _make_room(_statements)
        known = _statements[connection.vendor, key] = write().query.sql_with_params()
    return known


def kept_row(
    key: Hashable, write: Callable[[], QuerySet[Any, Any]], values: Mapping[Any, Any]
) -> tuple[Any, ...] | None:
    """The first row of a ``values_list`` query as the database gives it: whole numbers and text, no times.

    ``write()`` makes the query, with stand-ins where this time's values belong; ``values`` says what goes where. A
    stand-in must be a number or moment that the statement holds nowhere else. Everything else that changes the
    statement, a filter as well as whose records it is about, is in ``key``.
    """
    rows = kept_rows(key, write, values)
    return rows[0] if rows else None


def kept_rows(
    key: Hashable, write: Callable[[], QuerySet[Any, Any]], values: Mapping[Any, Any]
) -> list[tuple[Any, ...]]:
    """All rows of such a query; all as in ``kept_row``."""
    sql, parameters = kept_statement(key, write)
    if _fits_nowhere(values):
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, _filled_in(parameters, values))
        return cursor.fetchall()


@dataclass(frozen=True, slots=True)
class _Reading:
    """A query whose statement is written, with all that Django needs to make records of the rows."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    # How columns become values, as the compiler tells it: the same for every reading.
    converters: dict[int, Any]


class _Unwritten:
    """No statement yet; None stands for one that can find nothing."""


_UNWRITTEN = _Unwritten()


class _Asked:
    """What Django's own reading of rows asks of a query set, with the statement already written."""

    def __init__(self, reading: _Reading, parameters: list[Any]) -> None:
        self.db = connection.alias
        self.model = reading.rows.model
        self.query = self
        self._known_related_objects: dict[Any, Any] = {}
        compiler = copy.copy(reading.compiler)  # it belongs to one connection, and those to threads
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (reading.sql, parameters)
        compiler.get_converters = lambda _columns: reading.converters
        self._compiler = compiler

    def get_compiler(self, using: str) -> Any:
        """Django's compiler, which writes the kept statement."""
        return self._compiler


def kept_objects(key: Hashable, write: Callable[[], QuerySet[M]], values: Mapping[Any, Any]) -> list[M]:
    """The records that ``write()`` finds, with what it selects and prefetches beside them.

    Key, stand-ins and values as in ``kept_row``. A value must not be None: that is another statement.
    """
    place = (connection.vendor, key)
    # Held in a variable: another thread may empty the memory at any moment.
    reading = _readings.get(place, _UNWRITTEN)
    if isinstance(reading, _Unwritten):
        _make_room(_readings)
        reading = _readings[place] = _written(write())
    if reading is None or _fits_nowhere(values):
        return []
    asked = _Asked(reading, _filled_in(reading.parameters, values))
    found: list[Any] = list(ModelIterable(cast(Any, asked)))
    prefetch_related_objects(found, *reading.rows._prefetch_related_lookups)  # type: ignore[attr-defined]
    return found


def hold_related(record: Model, **found: list[Any]) -> None:
    """Let the record's managers (``customer.contact_points``) hold these records, as a prefetch does.

    Each is all that belongs to the record, in the manager's order; it is told whose it is without another question.
    """
    held = record.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, records in found.items():
        manager = getattr(record, name)
        back = manager.field.name
        for one in records:
            setattr(one, back, record)
        rows = manager.get_queryset()
        rows._result_cache, rows._prefetch_done = records, True
        held[name] = rows


def kept_by_id(
    key: Hashable, write: Callable[[list[int]], QuerySet[M]], ids: Sequence[int], *, room: int
) -> dict[int, M]:
    """The records with these ids (``room`` at most) by id; ``write`` makes the query for a list of ids.

    One statement for every number of ids: the places that are left over repeat the first.
    """
    if not ids:
        return {}
    places = [ANOTHER_ID + 1 + number for number in range(room)]
    filled = [*ids[:room], *[ids[0]] * (room - len(ids))]
    found = kept_objects((key, room), lambda: write(places), dict(zip(places, filled, strict=True)))
    return {record.pk: record for record in found}


def _written(rows: QuerySet[Any]) -> _Reading | None:
    """The statement; None where it can find nothing whatever the values (somebody who may see nothing)."""
    compiler = rows.query.get_compiler(using=connection.alias)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
    return _Reading(rows, compiler, sql, tuple(parameters), converters)


def _filled_in(parameters: tuple[Any, ...], values: Mapping[Any, Any]) -> list[Any]:
    present = {_for_database(stand_in): _for_database(value) for stand_in, value in values.items()}
    return [present.get(value, value) for value in parameters]


def _make_room(kept: dict[Hashable, Any]) -> None:
    """Let the oldest quarter go when there is no room: what is asked often is soon written anew."""
    if len(kept) >= _KEPT:
        for oldest in list(kept)[: _KEPT // 4 or 1]:
            kept.pop(oldest, None)


def _fits_nowhere(values: Mapping[Any, Any]) -> bool:
    """Whether a number, typed into an address, is larger than any column holds: Django finds nothing with it, too."""
    return any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values.values())


def _for_database(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
