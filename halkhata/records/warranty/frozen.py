"""Terms that the database itself keeps as they were: a running cover, a published version."""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

COVER_COLUMNS = (
    "unit_id", "component", "source", "covers_parts", "covers_labour", "covers_visit", "covers_exchange", "months",
    "starts_on", "ends_on", "usage_limit", "policy_id", "policy_version", "came_from_id",
)  # fmt: skip
TERM_COLUMNS = (
    "policy_id", "component", "covers_parts", "covers_labour", "covers_visit", "covers_exchange", "months",
    "usage_limit",
)  # fmt: skip
COUPON_COLUMNS = ("policy_id", "number", "from_days", "to_days", "from_usage", "to_usage")

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION halkhata_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% keeps its terms', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


class Frozen(TriggerOperation):
    """Migration operation: a trigger that refuses a change of ``columns``, but for rows where ``unless`` holds."""

    def __init__(self, table: str, columns: tuple[str, ...], unless: str = "") -> None:
        self.table, self.columns, self.unless = table, columns, unless

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table, self.columns, self.unless], {})

    def create(self, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        differs = " OR ".join(
            f'OLD."{name}" IS {"DISTINCT FROM" if postgres else "NOT"} NEW."{name}"' for name in self.columns
        )
        when = f"({differs})" + (f" AND NOT ({self.unless})" if self.unless else "")
        name = f"{self.table}_frozen"
        if postgres:
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE UPDATE ON "{self.table}" FOR EACH ROW WHEN ({when}) '
                "EXECUTE FUNCTION halkhata_frozen()",
                params=None,
            )
        else:
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE UPDATE ON "{self.table}" WHEN {when} '
                f"BEGIN SELECT RAISE(ABORT, '{self.table} keeps its terms'); END",
                params=None,
            )

    def drop(self, schema_editor: Any) -> None:
        drop_trigger(schema_editor, f"{self.table}_frozen", self.table)

    def describe(self) -> str:
        return f"Keep the terms of {self.table}"
