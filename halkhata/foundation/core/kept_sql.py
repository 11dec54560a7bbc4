"""Statements that are written once and run again with other values.

For a statement of ten sub-queries the ORM takes longer to write the SQL down than the database to answer it, and pages
ask the same statement again and again: only the moment, or who asks, differs. Here the SQL is kept, never what it
found; whatever the statement's shape depends on belongs into its key.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stands for the present moment in a statement that is kept: no row and no setting holds it.
SOME_MOMENT = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
_KEPT = 256
_statements: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}


def kept_statement(key: Hashable, write: Callable[[], QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]]:
    """The query that ``write()`` makes, as SQL with its parameters; written at the first call with this ``key``."""
    known = _statements.get((connection.vendor, key))
    if known is None:
        if len(_statements) >= _KEPT:
            _statements.clear()
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
    sql, parameters = kept_statement(key, write)
    present = {_for_database(stand_in): _for_database(value) for stand_in, value in values.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql, [present.get(value, value) for value in parameters])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _for_database(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
