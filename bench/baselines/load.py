"""C: the database's own bulk load of rows that are there already, under new ids, with all indexes in place."""

import time
from typing import Any


def load_again(connection: Any, tables: list[tuple[Any, Any]], *, ids_from: int) -> float:
    """Load copies of the querysets' rows into the same tables in one transaction. Returns the seconds it took.

    ``tables`` holds (model, queryset) from the one pointed at to those that point; ids and foreign keys among them are
    moved up by ``ids_from``. COPY on PostgreSQL, executemany on SQLite.
    """
    moved = {model for model, _rows in tables}
    prepared = []
    for model, rows in tables:
        columns = list(model._meta.local_concrete_fields)
        shifted = [
            place
            for place, column in enumerate(columns)
            if column.primary_key or (column.remote_field and column.remote_field.model in moved)
        ]
        values = []
        for row in rows:
            line = [column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns]
            for place in shifted:
                if line[place] is not None:
                    line[place] += ids_from
            values.append(line)
        prepared.append((model._meta.db_table, [column.column for column in columns], values))
    connection.ensure_connection()
    driver = connection.connection
    cursor = driver.cursor()
    quote = connection.ops.quote_name
    begun = time.perf_counter()
    cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
    for table, names, values in prepared:
        listed = ", ".join(quote(name) for name in names)
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO {quote(table)} ({listed}) VALUES ({marks})", values)
        else:
            with cursor.copy(f"COPY {quote(table)} ({listed}) FROM STDIN") as copy:
                for line in values:
                    copy.write_row(line)
    cursor.execute("COMMIT")
    return time.perf_counter() - begun
