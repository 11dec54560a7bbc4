"""The database's own table of steps: a job card takes no other, whoever writes the row (US-14)."""

from typing import Any

from django.db.migrations.operations.base import Operation

_TABLE = "work_workitem"
_NAME = "service_job_steps"


def _condition(steps: tuple[str, ...], first: str) -> tuple[str, str]:
    listed = ", ".join(f"'{step}'" for step in steps)
    changed = f"NEW.kind = 'job' AND OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed})"
    return changed, f"NEW.kind = 'job' AND NEW.state <> '{first}'"


class GuardSteps(Operation):
    """Migration operation: triggers that refuse a step which is not in ``steps`` ("in>diagnosed"), on both databases.

    ``first``: the state in which a card is opened.
    """

    reversible = True

    def __init__(self, steps: tuple[str, ...], first: str) -> None:
        self.steps, self.first = tuple(steps), first

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.steps, self.first], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        changed, opened = _condition(self.steps, self.first)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION halkhata_job_steps() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{_NAME}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
                params=None,
            )
            for action, condition in (("UPDATE OF state", changed), ("INSERT", opened)):
                schema_editor.execute(
                    f'CREATE TRIGGER {_NAME}_{action[:6].lower()} BEFORE {action} ON "{_TABLE}" FOR EACH ROW '
                    f"WHEN ({condition}) EXECUTE FUNCTION halkhata_job_steps()",
                    params=None,
                )
            return
        for action, condition in (("UPDATE OF state", changed), ("INSERT", opened)):
            schema_editor.execute(
                f'CREATE TRIGGER {_NAME}_{action[:6].lower()} BEFORE {action} ON "{_TABLE}" '
                f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_NAME}'); END",
                params=None,
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for action in ("update", "insert"):
            where = f' ON "{_TABLE}"' if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_NAME}_{action}{where}", params=None)

    def describe(self) -> str:
        return "Job cards take only the steps of the table"
