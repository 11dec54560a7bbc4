"""Tables that only grow: the database itself refuses UPDATE and DELETE."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from halkhata.foundation.core.triggers import TriggerEditor, TriggerOperation, drop_trigger

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
        drop_trigger(schema_editor, name, table)
    else:
        for action in ("UPDATE", "DELETE"):
            drop_trigger(schema_editor, f"{name}_{action}", table)


class AppendOnly(TriggerOperation):
    """Migration operation: triggers on ``table`` that refuse UPDATE and DELETE on both databases."""

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table], {})

    def create(self, schema_editor: Any) -> None:
        _create(schema_editor, self.table)

    def drop(self, schema_editor: Any) -> None:
        _drop(schema_editor, self.table)

    def describe(self) -> str:
        return f"Make {self.table} append-only"


@contextmanager
def suspended(*tables: str) -> Iterator[None]:
    """Lift the rule for the demo's removal. Must run in a transaction: a crash puts the triggers back by rollback."""
    if not connection.in_atomic_block:
        raise RuntimeError("suspended() belongs inside a transaction")
    editor = TriggerEditor()
    for table in tables:
        _drop(editor, table)
    yield
    for table in tables:
        _create(editor, table)
