"""What the database itself keeps about claims, on both databases (A53.11).

The steps of a claim; the sums of its lines and credit notes; no line changes once the claim is sent; no money before
the company's answer. A service with an error, a script or somebody with a database client meets the same wall.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from halkhata.foundation.core.triggers import TriggerEditor, TriggerOperation, drop_trigger

_CLAIM, _LINE, _CREDIT = "claims_claim", "claims_claimline", "claims_companycredit"
# The table as it stood when the migration was written: a later change of it is a later migration.
_STEPS = (
    "draft>submitted", "draft>withdrawn", "submitted>draft", "submitted>approved", "submitted>partly",
    "submitted>rejected", "submitted>withdrawn", "approved>credited", "partly>credited",
)  # fmt: skip
_PAIRS = ", ".join(f"'{step}'" for step in _STEPS)


def _stage_of(row: str) -> str:
    return f"(SELECT stage FROM {_CLAIM} WHERE workitem_ptr_id = {row}.claim_id)"  # noqa: S608


def _sums(row: str) -> str:
    """Both sums of the lines, written into the claim."""
    total = f"(SELECT COALESCE(ROUND(SUM({{0}}), 2), 0) FROM {_LINE} WHERE claim_id = {row}.claim_id)"  # noqa: S608
    return (
        f"UPDATE {_CLAIM} SET claimed_amount = {total.format('claimed_amount')}, "  # noqa: S608
        f"approved_amount = {total.format('approved_amount')} WHERE workitem_ptr_id = {row}.claim_id;"
    )


_CREDITED = (
    f"UPDATE {_CLAIM} SET credited_amount = (SELECT COALESCE(ROUND(SUM(amount), 2), 0) FROM {_CREDIT} "  # noqa: S608
    "WHERE claim_id = NEW.claim_id) WHERE workitem_ptr_id = NEW.claim_id;"
)
_FIXED = ("claimed_amount", "cost", "quantity", "kind", "is_recoverable", "code", "coupon_id", "claim_id")


def _changed(postgres: bool) -> str:
    operator = "IS DISTINCT FROM" if postgres else "IS NOT"
    return " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in _FIXED)


# name, table, when, condition that refuses ("" for none), what is done ("" for nothing)
def _rules(postgres: bool) -> list[tuple[str, str, str, str, str]]:
    over_credit = (
        f"(SELECT COALESCE(SUM(amount), 0) FROM {_CREDIT} WHERE claim_id = NEW.claim_id) > "  # noqa: S608
        f"(SELECT approved_amount FROM {_CLAIM} WHERE workitem_ptr_id = NEW.claim_id) + 0.005"
    )
    return [
        ("claims_begins_as_draft", _CLAIM, "BEFORE INSERT", "NEW.stage <> 'draft'", ""),
        (
            "claims_step_exists", _CLAIM, "BEFORE UPDATE",
            f"OLD.stage <> NEW.stage AND (OLD.stage || '>' || NEW.stage) NOT IN ({_PAIRS})", "",
        ),
        ("claims_line_new_in_draft", _LINE, "BEFORE INSERT", f"{_stage_of('NEW')} <> 'draft'", ""),
        (
            "claims_line_stays", _LINE, "BEFORE UPDATE",
            f"{_stage_of('OLD')} <> 'draft' AND ({_changed(postgres)})", "",
        ),
        (
            "claims_line_granted_once", _LINE, "BEFORE UPDATE",
            f"{_stage_of('OLD')} <> 'submitted' AND NEW.approved_amount <> OLD.approved_amount", "",
        ),
        ("claims_line_kept", _LINE, "BEFORE DELETE", f"{_stage_of('OLD')} <> 'draft'", ""),
        ("claims_line_sum_new", _LINE, "AFTER INSERT", "", _sums("NEW")),
        ("claims_line_sum", _LINE, "AFTER UPDATE", "", _sums("NEW")),
        ("claims_line_sum_gone", _LINE, "AFTER DELETE", "", _sums("OLD")),
        (
            "claims_credit_after_approval", _CREDIT, "BEFORE INSERT",
            f"{_stage_of('NEW')} NOT IN ('approved', 'partly', 'credited')", "",
        ),
        ("claims_credit_sum", _CREDIT, "AFTER INSERT", over_credit, _CREDITED),
    ]  # fmt: skip


def _create(editor: Any, name: str, table: str, when: str, condition: str, act: str) -> None:
    if editor.connection.vendor == "postgresql":
        gives = "OLD" if when.endswith("DELETE") else "NEW"
        refuse = (
            f"IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            if condition
            else ""
        )
        # Two who write down money for one claim follow one another: the second counts what the first has written.
        wait = f"PERFORM 1 FROM {_CLAIM} WHERE workitem_ptr_id = NEW.claim_id FOR UPDATE;" if table == _CREDIT else ""
        editor.execute(
            f"CREATE OR REPLACE FUNCTION halkhata_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n{wait}\n{refuse}\n{act}\nRETURN {gives};\nEND $$",
            params=None,
        )
        editor.execute(
            f'CREATE TRIGGER {name} {when} ON "{table}" FOR EACH ROW EXECUTE FUNCTION halkhata_{name}()', params=None
        )
        return
    refuse = f"SELECT RAISE(ABORT, '{name}') WHERE {condition};" if condition else ""
    editor.execute(f'CREATE TRIGGER {name} {when} ON "{table}"\nBEGIN\n{refuse}\n{act}\nEND', params=None)


def create_all(editor: Any) -> None:
    """Put the triggers in place."""
    for rule in _rules(editor.connection.vendor == "postgresql"):
        _create(editor, *rule)


def drop_all(editor: Any) -> None:
    """Take the triggers away."""
    if editor.connection.vendor == "postgresql":
        # What waits for the end of the transaction is checked now: a table with pending checks cannot be altered.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE", params=None)
        editor.execute("SET CONSTRAINTS ALL DEFERRED", params=None)
    for name, table, *_rest in _rules(editor.connection.vendor == "postgresql"):
        drop_trigger(editor, name, table)


@contextmanager
def lifted() -> Iterator[None]:
    """Without the triggers, for the removal of invented rows. Must run in a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("lifted() belongs inside a transaction")
    editor = TriggerEditor()
    drop_all(editor)
    yield
    create_all(editor)


class ClaimGuards(TriggerOperation):
    """Migration operation: the triggers."""

    def create(self, schema_editor: Any) -> None:
        create_all(schema_editor)

    def drop(self, schema_editor: Any) -> None:
        drop_all(schema_editor)

    def describe(self) -> str:
        return "Claims: steps, sums and what was sent are kept by the database"
