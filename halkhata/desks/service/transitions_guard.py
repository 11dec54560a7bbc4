"""The database's own table of steps: a job card takes no other, whoever writes the row (US-14)."""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_TABLE = "work_workitem"
_NAME = "service_job_steps"


def _condition(steps: tuple[str, ...], first: str) -> tuple[str, str]:
    listed = ", ".join(f"'{step}'" for step in steps)
    changed = f"NEW.kind = 'job' AND OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed})"
    return changed, f"NEW.kind = 'job' AND NEW.state <> '{first}'"


class GuardSteps(TriggerOperation):
    """Migration operation: triggers that refuse a step which is not in ``steps`` ("in>diagnosed"), on both databases.

    ``first``: the state in which a card is opened.
    """

    def __init__(self, steps: tuple[str, ...], first: str) -> None:
        self.steps, self.first = tuple(steps), first

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.steps, self.first], {})

    def create(self, schema_editor: Any) -> None:
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

    def drop(self, schema_editor: Any) -> None:
        for action in ("update", "insert"):
            drop_trigger(schema_editor, f"{_NAME}_{action}", _TABLE)

    def describe(self) -> str:
        return "Job cards take only the steps of the table"
