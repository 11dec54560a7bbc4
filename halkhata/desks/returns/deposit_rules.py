"""The database's own rules of deposits, as triggers on both databases.

Never more is given back and kept than was taken, whoever asks at once; a deposit is that of its advance; an advance
begins waiting, ends once, and what was agreed at the handing over stays.
"""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_ENTRIES, _ADVANCES = "returns_depositentry", "returns_advance"
_SUM = "(SELECT COALESCE(SUM(amount), 0) FROM returns_depositentry WHERE advance_id = NEW.advance_id AND kind {})"
_LEDGER = (
    (
        "returns_deposit_more_than_taken",
        # SQLite calculates amounts in binary: what differs by less than this is the same.
        f"{_SUM.format('<> ' + repr('taken'))} > {_SUM.format('= ' + repr('taken'))} + 0.005",
    ),
    (
        "returns_deposit_as_agreed",
        "NEW.currency <> (SELECT currency FROM returns_advance WHERE id = NEW.advance_id) OR (NEW.kind = 'taken' AND "
        "NEW.amount > (SELECT deposit FROM returns_advance WHERE id = NEW.advance_id) + 0.005)",
    ),
)
_BEGIN = (("returns_advance_begins_waiting", "NEW.state <> 'waiting'"),)
_FIXED = ("request_id", "deposit", "currency", "handed_at")


def _steps(postgres: bool) -> tuple[tuple[str, str], ...]:
    operator = "IS DISTINCT FROM" if postgres else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in _FIXED)
    return (
        ("returns_advance_ends_once", "OLD.state <> 'waiting' AND NEW.state <> OLD.state"),
        ("returns_advance_as_agreed", changed),
    )


# name, table, when, what must not be, what is held meanwhile on PostgreSQL
def _triggers(postgres: bool) -> list[tuple[str, str, str, tuple[tuple[str, str], ...], str]]:
    # Two who give one deposit back follow one another: the second counts what the first has given.
    hold = "PERFORM 1 FROM returns_advance WHERE id = NEW.advance_id FOR UPDATE;"
    return [
        ("returns_deposit_sum", _ENTRIES, "AFTER INSERT", _LEDGER, hold),
        ("returns_advance_begin", _ADVANCES, "BEFORE INSERT", _BEGIN, ""),
        ("returns_advance_step", _ADVANCES, "BEFORE UPDATE", _steps(postgres), ""),
    ]


def create(schema_editor: Any) -> None:
    """Put the triggers in place."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table, when, rules, hold in _triggers(postgres):
        if not postgres:
            refusals = "\n".join(f"SELECT RAISE(ABORT, '{rule}') WHERE {condition};" for rule, condition in rules)
            schema_editor.execute(f"CREATE TRIGGER {name} {when} ON {table}\nBEGIN\n{refusals}\nEND", params=None)
            continue
        refusals = "\n".join(
            f"IF {condition} THEN RAISE EXCEPTION '{rule}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            for rule, condition in rules
        )
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION halkhata_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n{hold}\n{refusals}\nRETURN NEW;\nEND $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION halkhata_{name}()", params=None
        )


def drop(schema_editor: Any) -> None:
    """Take the triggers away."""
    for name, table, _when, _rules, _hold in _triggers(postgres=False):
        drop_trigger(schema_editor, name, table)


class DepositGuard(TriggerOperation):
    """Migration operation: the triggers, on both databases."""

    def create(self, schema_editor: Any) -> None:
        create(schema_editor)

    def drop(self, schema_editor: Any) -> None:
        drop(schema_editor)

    def describe(self) -> str:
        return "Deposits: never more given back and kept than taken, an advance ends once"
