"""Rules that the database itself keeps, put there by a migration."""

from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation


class TriggerOperation(Operation):
    """Migration operation that puts triggers in place on both databases: ``create`` and ``drop`` say which."""

    reversible = True

    def create(self, schema_editor: Any) -> None:
        """Put the triggers in place."""
        raise NotImplementedError

    def drop(self, schema_editor: Any) -> None:
        """Take the triggers away."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The migration is run."""
        self.create(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The migration is undone."""
        self.drop(schema_editor)


def drop_trigger(schema_editor: Any, name: str, table: str) -> None:
    """Take the trigger away, if it is there."""
    # No parameters at all: with an empty list the driver would read a % in a statement as a placeholder.
    where = f' ON "{table}"' if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}", params=None)


class TriggerEditor:
    """What the functions that put triggers in place need from a schema editor, inside an ordinary transaction."""

    def __init__(self) -> None:
        self.connection = connection

    def execute(self, sql: str, params: None = None) -> None:
        """Run one statement as it stands."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
