"""A stamp kept by the database: whoever writes one of the watched tables, by whatever road, the stamp changes.

Triggers do it, in the writer's own transaction. So a process that remembers what it read under a stamp is right as long
as it sees the same stamp: other processes, SQL by hand and rows made by tests count like the services' own writes.
"""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

STAMP_TABLE = "work_termsstamp"

# Two statements, because the conflict clause of the statement that fires a trigger would overrule an upsert's.
_SQLITE_STAMP = f"""
DELETE FROM {STAMP_TABLE} WHERE id = 1;
INSERT INTO {STAMP_TABLE} (id, value) VALUES (1, lower(hex(randomblob(16))));
"""  # noqa: S608
_SQLITE_CREATE = 'CREATE TRIGGER {table}_stamp_{action} AFTER {action} ON "{table}" BEGIN {stamp} END'
_SQLITE_ACTIONS = ("INSERT", "UPDATE", "DELETE")
_POSTGRES_STAMP = f"""
INSERT INTO {STAMP_TABLE} (id, value) VALUES (1, md5(random()::text || clock_timestamp()::text || txid_current()::text))
ON CONFLICT (id) DO UPDATE SET value = excluded.value;
"""  # noqa: S608
_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION halkhata_stamp_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_POSTGRES_STAMP} RETURN NULL; END $$
"""
_POSTGRES_CREATE = """
CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION halkhata_stamp_terms()
"""


class Stamped(TriggerOperation):
    """Migration operation: triggers that renew the stamp when one of ``tables`` is written, on both databases.

    SQLite rebuilds a table to change it and the rebuilt one has no triggers: a migration that changes a watched table
    ends with this operation again (a test says so).
    """

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        return (self.__class__.__qualname__, list(self.tables), {})

    def create(self, schema_editor: Any) -> None:
        # No parameters at all: with an empty list the driver would read a % in the text as a placeholder.
        self.drop(schema_editor)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
            for table in self.tables:
                schema_editor.execute(_POSTGRES_CREATE.format(table=table), params=None)
            schema_editor.execute(_POSTGRES_STAMP, params=None)
            return
        for table in self.tables:
            for action in _SQLITE_ACTIONS:
                sql = _SQLITE_CREATE.format(table=table, action=action, stamp=_SQLITE_STAMP)
                schema_editor.execute(sql, params=None)
        for statement in filter(None, map(str.strip, _SQLITE_STAMP.split(";"))):
            schema_editor.execute(statement, params=None)

    def drop(self, schema_editor: Any) -> None:
        for table in self.tables:
            if schema_editor.connection.vendor == "postgresql":
                drop_trigger(schema_editor, f"{table}_stamp", table)
                continue
            for action in _SQLITE_ACTIONS:
                drop_trigger(schema_editor, f"{table}_stamp_{action}", table)

    def describe(self) -> str:
        return f"Renew the stamp of the terms with {', '.join(self.tables)}"


class StampedAgain(Stamped):
    """The same around steps that rebuild watched tables: first and last of them, whichever way they are gone.

    Backwards, too, the tables stay watched: only ``Stamped`` itself, which began it, ends it.
    """

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)
