"""The database's own rule that merges never close to a ring: who takes another in is not merged itself (A52.14)."""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_TABLE = "work_itemmerge"
_NAME = "work_merge_into_a_survivor"
_SQLITE = f"""
CREATE TRIGGER {_NAME} BEFORE INSERT ON "{_TABLE}"
WHEN NEW.undone_at IS NULL AND EXISTS (
  SELECT 1 FROM "{_TABLE}" WHERE merged_id = NEW.survivor_id AND undone_at IS NULL)
BEGIN SELECT RAISE(ABORT, '{_NAME}'); END
"""  # noqa: S608
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION halkhata_merge_into_a_survivor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM work_workitem WHERE id = NEW.survivor_id FOR UPDATE;
  IF NEW.undone_at IS NULL AND EXISTS (
    SELECT 1 FROM {_TABLE} WHERE merged_id = NEW.survivor_id AND undone_at IS NULL)
  THEN RAISE EXCEPTION '{_NAME}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW;
END $$
"""  # noqa: S608
_POSTGRES = f"""
CREATE TRIGGER {_NAME} BEFORE INSERT ON "{_TABLE}"
FOR EACH ROW EXECUTE FUNCTION halkhata_merge_into_a_survivor()
"""


class NoRingOfMerges(TriggerOperation):
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
        return "Merges never close to a ring"
