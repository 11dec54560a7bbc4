"""What the database itself refuses about disputes, on both databases.

The steps of a dispute, what a closed one owes, and whatever was signed: a service with an error, a script or somebody
with a database client meets the same wall.
"""

from typing import Any

from halkhata.desks.disputes.choices import KIND, TRANSITIONS, DisputeState
from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_ITEM, _DISPUTE, _REMEDY, _DECISION = "work_workitem", "disputes_dispute", "disputes_remedy", "disputes_decision"
STEPS, OPENING, OWED, SIGNED, UNSIGNED = (
    "disputes_step_exists",
    "disputes_begins_opened",
    "disputes_nothing_owed",
    "disputes_signed_stays",
    "disputes_signed_is_kept",
)
_PAIRS = ", ".join(
    f"'{before.value}>{after.value}'"
    for before in DisputeState
    for after in sorted(TRANSITIONS[before], key=list(DisputeState).index)
)
_IS_STEP = f"NEW.kind = '{KIND}' AND OLD.state <> NEW.state"
_BAD_STEP = f"{_IS_STEP} AND (OLD.state || '>' || NEW.state) NOT IN ({_PAIRS})"
_BAD_BEGIN = f"NEW.kind = '{KIND}' AND NEW.state <> '{DisputeState.OPENED.value}'"
_STILL_OWED = f"""{_IS_STEP} AND NEW.state = '{DisputeState.CLOSED.value}' AND (
  EXISTS (SELECT 1 FROM {_REMEDY} WHERE dispute_id = NEW.id AND done_at IS NULL AND lapsed_at IS NULL)
  OR EXISTS (SELECT 1 FROM {_DISPUTE} WHERE workitem_ptr_id = NEW.id AND told_at IS NULL))"""  # noqa: S608

# name, table, when, condition
_RULES = (
    (STEPS, _ITEM, "UPDATE", _BAD_STEP),
    (OPENING, _ITEM, "INSERT", _BAD_BEGIN),
    (OWED, _ITEM, "UPDATE", _STILL_OWED),
    (SIGNED, _DECISION, "UPDATE", "OLD.signed_at IS NOT NULL"),
    (UNSIGNED, _DECISION, "DELETE", "OLD.signed_at IS NOT NULL"),
)
# Signed decisions only grow, as the tables of foundation/core/append_only.py, and say so in the same words.
_KIND_OF_RULE = {_ITEM: "", _DECISION: ": append-only"}


def _create(editor: Any, name: str, table: str, act: str, condition: str) -> None:
    if editor.connection.vendor == "postgresql":
        gives = "OLD" if act == "DELETE" else "NEW"
        editor.execute(
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN {gives};
END $$""",
            params=None,
        )
        of = " OF state" if table == _ITEM and act == "UPDATE" else ""
        editor.execute(
            f'CREATE TRIGGER {name} BEFORE {act}{of} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()', params=None
        )
        return
    of = " OF state" if table == _ITEM and act == "UPDATE" else ""
    editor.execute(
        f'CREATE TRIGGER {name} BEFORE {act}{of} ON "{table}" WHEN {condition} '
        f"BEGIN SELECT RAISE(ABORT, '{name}{_KIND_OF_RULE[table]}'); END",
        params=None,
    )


def lift(editor: Any, *names: str) -> None:
    """Take rules away until ``put_back``; for the erasure of a person and the removal of invented rows alone."""
    for name, table, _act, _condition in _RULES:
        if name in names:
            drop_trigger(editor, name, table)


def put_back(editor: Any, *names: str) -> None:
    """The rules stand again."""
    for name, table, act, condition in _RULES:
        if name in names:
            _create(editor, name, table, act, condition)


class DisputeGuards(TriggerOperation):
    """Migration operation: the triggers."""

    def create(self, schema_editor: Any) -> None:
        for name, table, act, condition in _RULES:
            _create(schema_editor, name, table, act, condition)

    def drop(self, schema_editor: Any) -> None:
        for name, table, _act, _condition in _RULES:
            drop_trigger(schema_editor, name, table)

    def describe(self) -> str:
        return "Steps of a dispute and what was signed are kept by the database"
