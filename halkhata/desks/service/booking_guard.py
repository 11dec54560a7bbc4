"""The database's own table of a booking's steps: what is over stays over, whoever writes the row."""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_TABLE, _NAME = "service_jobbooking", "service_booking_steps"


class GuardBookingSteps(TriggerOperation):
    """Migration operation: a trigger that refuses a step which is not in ``steps`` ("asked>confirmed")."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        self.steps = tuple(steps)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.steps], {})

    def create(self, schema_editor: Any) -> None:
        listed = ", ".join(f"'{step}'" for step in self.steps)
        changed = f"OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed})"
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION halkhata_booking_steps() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{_NAME}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
                params=None,
            )
            schema_editor.execute(
                f'CREATE TRIGGER {_NAME} BEFORE UPDATE OF state ON "{_TABLE}" FOR EACH ROW '
                f"WHEN ({changed}) EXECUTE FUNCTION halkhata_booking_steps()",
                params=None,
            )
            return
        schema_editor.execute(
            f'CREATE TRIGGER {_NAME} BEFORE UPDATE OF state ON "{_TABLE}" '
            f"WHEN {changed} BEGIN SELECT RAISE(ABORT, '{_NAME}'); END",
            params=None,
        )

    def drop(self, schema_editor: Any) -> None:
        drop_trigger(schema_editor, _NAME, _TABLE)

    def describe(self) -> str:
        return "Bookings take only the steps of the table"
