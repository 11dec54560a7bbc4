"""Writing thousands of rows: as quick as the database, and still with every column's own default.

``bulk_create`` makes an object for each row and prepares each of its values; that takes longer than the database does.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models import Expression

Row = dict[str, Any]


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """So many new ids of a table, in order. Must run in the transaction that uses them."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), count],
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    first = (int(row[0]) if row else 0) + 1
    return list(range(first, first + count))


def insert_rows(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows given as {attribute: value}; what is missing gets the column's default. All name the same columns.

    Values are Python's own; the caller has validated them. Constraints, triggers and sequences work as for any insert.
    """
    if not rows:
        return
    given = tuple(rows[0])
    fields = {field.attname: field for field in model._meta.concrete_fields}
    missing = [field for name, field in fields.items() if name not in rows[0] and not field.primary_key]
    columns = [str(fields[name].column) for name in given] + [str(field.column) for field in missing]
    rest = tuple(field.get_db_prep_save(_default(field), connection) for field in missing)
    pick: Callable[[Row], Sequence[Any]] = itemgetter(*given) if len(given) > 1 else lambda row: (row[given[0]],)
    asked = ((place, _converter(fields[name])) for place, name in enumerate(given))
    converters = [(place, convert) for place, convert in asked if convert is not None]
    made: list[Sequence[Any]] = []
    for row in rows:
        values = [*pick(row), *rest]
        for place, convert in converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        made.append(values)
    insert_values(model, columns, made)


def insert_values(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that the database takes as they are: COPY on PostgreSQL, one prepared statement on SQLite.

    ``columns`` are names of the table's columns.
    """
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of columns


def delete_rows(rows: "models.QuerySet[Any]") -> int:
    """Delete without looking for what hangs on the rows: the caller has seen to that. Returns how many went."""
    # None where the condition is one that nothing can meet: an empty list of ids.
    return int(rows._raw_delete(rows.db) or 0)


def _default(field: Any) -> Any:
    if field.has_default():
        return field.get_default()
    if field.has_db_default() and not isinstance(field.db_default, Expression):
        return field.db_default
    return None if field.null else field.get_default()


def _converter(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField) and field.encoder is None:
        # Text on both databases: PostgreSQL reads it as what the column is.
        return lambda value: json.dumps(value)
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        # Most rows of a batch have one and the same moment.
        return _Remembered(lambda value: field.get_db_prep_save(value, connection))
    if isinstance(field, models.DateTimeField | models.JSONField | models.DecimalField | models.DateField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


class _Remembered(dict[datetime, Any]):
    """A function of moments that is asked once for each."""

    def __init__(self, function: Callable[[datetime], Any]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: datetime) -> Any:
        self[key] = value = self._function(key)
        return value

    def __call__(self, key: datetime) -> Any:
        return self[key]
