"""Tables that only grow: the database itself refuses UPDATE and DELETE."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.operations.base import Operation

_SQLITE_CREATE = """
CREATE TRIGGER {name}_{action} BEFORE {action} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION halkhata_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES_CREATE = """
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION halkhata_append_only()
"""


def _create(schema_editor, table: str) -> None:
    name = f"{table}_append_only"
    if schema_editor.connection.vendor == "postgresql":
        # No parameters at all: with an empty list the driver would read the function's own % as a placeholder.
        schema_editor.execute(_POSTGRES_FUNCTION, params=None)
        schema_editor.execute(_POSTGRES_CREATE.format(name=name, table=table), params=None)
    else:
        for action in ("UPDATE", "DELETE"):
            schema_editor.execute(_SQLITE_CREATE.format(name=name, table=table, action=action), params=None)


def _drop(schema_editor, table: str) -> None:
    name = f"{table}_append_only"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f'DROP TRIGGER IF EXISTS {name} ON "{table}"', params=None)
    else:
        for action in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_{action}", params=None)


class AppendOnly(Operation):
    """Migration operation: triggers on ``table`` that refuse UPDATE and DELETE on both databases."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table], {})

    def state_forwards(self, app_label, state) -> None:
        """Triggers are no part of Django's model state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        _create(schema_editor, self.table)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        _drop(schema_editor, self.table)

    def describe(self) -> str:
        return f"Make {self.table} append-only"


class _Editor:
    """The two things the trigger functions need from a schema editor, inside an ordinary transaction."""

    def __init__(self) -> None:
        self.connection = connection

    def execute(self, sql: str, params: None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)


@contextmanager
def suspended(*tables: str) -> Iterator[None]:
    """Lift the rule for the demo's removal. Must run in a transaction: a crash puts the triggers back by rollback."""
    if not connection.in_atomic_block:
        raise RuntimeError("suspended() belongs inside a transaction")
    editor = _Editor()
    for table in tables:
        _drop(editor, table)
    yield
    for table in tables:
        _create(editor, table)
