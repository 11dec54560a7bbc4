"""The database's own bulk load: COPY on PostgreSQL, executemany on SQLite; indexes and foreign keys come back after.

Unique and check constraints hold while loading wherever the database can do that; foreign keys are put back
(PostgreSQL, which checks every row then) or checked as a whole at the end (SQLite).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Triggers that refuse a row which does not begin at the beginning. The moulds went every step; what is cast from them
# comes in as it was at the end.
BEGINNINGS = (("work_workitem", "service_job_steps_insert"),)


class Loader:
    """Writes rows of many tables. ``columns`` gives each table's columns in the order of the rows."""

    def __init__(self, connection: Any, tables: list[tuple[str, list[str]]]) -> None:
        self.connection = connection
        self.postgres = connection.vendor == "postgresql"
        quote = connection.ops.quote_name
        self.statements = []
        for table, columns in tables:
            names = ", ".join(quote(column) for column in columns)
            if self.postgres:
                self.statements.append(f"COPY {quote(table)} ({names}) FROM STDIN")
            else:
                marks = ", ".join("?" for _column in columns)
                self.statements.append(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})")

    def write(self, rows: list[list[Any]]) -> int:
        """Write the rows of each table, in one transaction, and empty the lists. Returns how many there were."""
        raw = self.connection.connection  # the driver's own connection
        written = 0
        cursor = raw.cursor()
        if not self.postgres:
            cursor.execute("BEGIN IMMEDIATE")
        for statement, found in zip(self.statements, rows, strict=True):
            if not found:
                continue
            if self.postgres:
                with cursor.copy(statement) as copy:
                    copy.write("".join(found))
            else:
                cursor.executemany(statement, found)
            written += len(found)
            found.clear()
        if not self.postgres:
            cursor.execute("COMMIT")
        return written


@contextmanager
def bare_tables(connection: Any, tables: list[str]) -> Iterator[None]:
    """Take away what can be built faster at the end, and put it back, checked, on leaving."""
    connection.ensure_connection()
    again = _strip_postgres(connection, tables) if connection.vendor == "postgresql" else _strip_sqlite(connection)
    again += _without_beginnings(connection)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET maintenance_work_mem = '1GB'")
        for statement in again:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
        else:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = NORMAL")
            # No ANALYZE: a shop's own SQLite has none either, its plans never change (docs/adr/0017).
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _without_beginnings(connection: Any) -> list[str]:
    """Switch the triggers of ``BEGINNINGS`` off. Returns what switches them on again."""
    again = []
    with connection.cursor() as cursor:
        for table, name in BEGINNINGS:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
                again.append(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
            else:
                cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
                again.append(cursor.fetchone()[0])
                cursor.execute(f"DROP TRIGGER {name}")
    return again


def _strip_sqlite(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        # Indexes with an SQL text of their own; those of UNIQUE and PRIMARY KEY have none and stay.
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        found = cursor.fetchall()
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


def _strip_postgres(connection: Any, tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            "SELECT c.conname, c.conrelid::regclass::text, pg_get_constraintdef(c.oid), c.contype FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
            "WHERE n.nspname = 'public' AND c.contype IN ('f', 'u') AND t.relname = ANY(%s) ORDER BY c.contype DESC",
            [tables],
        )
        constraints = cursor.fetchall()
        for name, table, _definition, kind in constraints:
            if kind == "f":
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, table, _definition, kind in constraints:
            if kind == "u":
                # A foreign key of another table may lean on it; then it stays.
                cursor.execute("SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass", [table])
                if cursor.fetchone() is None:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
            "WHERE n.nspname = 'public' AND t.relname = ANY(%s) AND NOT i.indisprimary AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE conname = ANY(%s)",
            [[row[0] for row in constraints]],
        )
        kept = set(cursor.fetchall())
    again = [definition for _name, definition in indexes]
    # Unique before foreign: "u" sorts last.
    for name, table, definition, _kind in constraints:
        if (name, table) not in kept:
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    return again


def set_sequences(connection: Any, last_ids: dict[str, int]) -> None:
    """The next row of each table gets the id after ``last_ids[table]``."""
    with connection.cursor() as cursor:
        for table, last in last_ids.items():
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{table}"', last])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
