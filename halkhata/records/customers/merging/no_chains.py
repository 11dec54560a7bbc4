"""The database's own rule that an alias leads to its survivor in one step (A56.6): no chains, so no rings."""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_TABLE = "customers_customer"
_NAME = "customers_alias_of_a_survivor"
_CONDITION = f"""
NEW.merged_into_id IS NOT NULL AND (
  EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
  OR EXISTS (SELECT 1 FROM {_TABLE} WHERE merged_into_id = NEW.id))
"""  # noqa: S608
_SQLITE = f"""
CREATE TRIGGER {_NAME} BEFORE UPDATE OF merged_into_id ON "{_TABLE}"
WHEN {_CONDITION}
BEGIN SELECT RAISE(ABORT, '{_NAME}'); END
"""
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION halkhata_alias_of_a_survivor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.merged_into_id IS NOT NULL THEN
    PERFORM 1 FROM {_TABLE} WHERE id = NEW.merged_into_id FOR UPDATE;
  END IF;
  IF {_CONDITION}
  THEN RAISE EXCEPTION '{_NAME}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW;
END $$
"""
_POSTGRES = f"""
CREATE TRIGGER {_NAME} BEFORE UPDATE OF merged_into_id ON "{_TABLE}"
FOR EACH ROW EXECUTE FUNCTION halkhata_alias_of_a_survivor()
"""


class NoChainsOfAliases(TriggerOperation):
    """Migration operation: the trigger, on both databases."""

    def create(self, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_FUNCTION, params=None)
            schema_editor.execute(_POSTGRES, params=None)
        else:
            schema_editor.execute(_SQLITE, params=None)

    def drop(self, schema_editor: Any) -> None:
        drop_trigger(schema_editor, _NAME, _TABLE)

    def describe(self) -> str:
        return "An alias leads to its survivor in one step"
