"""The database's own rules of returns, as triggers on both databases (R4, R5, R6).

The state machine with no step skipped; nothing given back twice, however many ask at once; the end is the end.
"""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

_TABLE = "returns_returnrequest"
# The table as it stood when the migration was written: a later change of it is a later migration.
_STEPS = {
    "requested": ("approved", "rejected", "closed"),
    "rejected": ("approved", "closed"),
    "approved": ("in_transit", "received", "decided", "closed"),
    "in_transit": ("received", "closed"),
    "received": ("inspecting",),
    "inspecting": ("decided",),
    "decided": ("refund", "store_credit", "replacement", "repair", "sent_back"),
    "refund": ("closed",),
    "store_credit": ("closed",),
    "replacement": ("closed",),
    "repair": ("closed",),
    "sent_back": ("closed",),
}
_ALLOWED = ", ".join(f"'{before}>{after}'" for before, afters in _STEPS.items() for after in afters)
# What the end fixes for good. Texts about people may still be blanked (erasure).
_FIXED = (
    "result", "refund_amount", "credit_amount", "replacement_amount", "fee_amount", "quantity", "held_quantity",
    "purchase_line_id", "unit_id", "line_price", "grade", "settled_at", "decided_by_id", "replacement_unit_id",
)  # fmt: skip


def _differs(postgres: bool) -> str:
    operator = "IS DISTINCT FROM" if postgres else "IS NOT"
    return " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in _FIXED)


_STEP = (
    "returns_step_not_allowed",
    f"NEW.stage <> OLD.stage AND OLD.stage || '>' || NEW.stage NOT IN ({_ALLOWED})",
)
_BEGIN = ("returns_begins_requested", "NEW.stage <> 'requested'")
_INSTANT = (
    "returns_instant_only",
    "OLD.stage = 'approved' AND NEW.stage = 'decided' AND NOT NEW.is_instant",
)
_SOLD = (
    (
        "returns_more_than_sold",
        f"NEW.held_quantity > 0 AND (SELECT COALESCE(SUM(held_quantity), 0) FROM {_TABLE} WHERE purchase_line_id = "  # noqa: S608
        "NEW.purchase_line_id) > (SELECT quantity FROM catalog_purchaseline WHERE id = NEW.purchase_line_id)",
    ),
    (
        "returns_more_than_paid",
        f"(SELECT COALESCE(SUM(refund_amount + credit_amount), 0) FROM {_TABLE} WHERE purchase_line_id = "  # noqa: S608
        "NEW.purchase_line_id) > (SELECT amount FROM catalog_purchaseline WHERE id = NEW.purchase_line_id) + 0.005",
    ),
    (
        "returns_price_of_line",
        "NEW.line_price * (SELECT quantity FROM catalog_purchaseline WHERE id = NEW.purchase_line_id) > "
        "(SELECT amount FROM catalog_purchaseline WHERE id = NEW.purchase_line_id) * NEW.quantity + 0.005",
    ),
)


def _final(postgres: bool) -> tuple[str, str]:
    return ("returns_closed_is_final", f"OLD.stage = 'closed' AND ({_differs(postgres)})")


# name, when, what must not be
def _triggers(postgres: bool) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    return [
        ("returns_guard_begin", "BEFORE INSERT", (_BEGIN,)),
        ("returns_guard_step", "BEFORE UPDATE", (_STEP, _INSTANT, _final(postgres))),
        ("returns_guard_sold_new", "AFTER INSERT", _SOLD),
        ("returns_guard_sold", "AFTER UPDATE", _SOLD),
    ]


def create(schema_editor: Any) -> None:
    """Put the triggers in place."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, when, rules in _triggers(postgres):
        if not postgres:
            refusals = "\n".join(f"SELECT RAISE(ABORT, '{rule}') WHERE {condition};" for rule, condition in rules)
            schema_editor.execute(f"CREATE TRIGGER {name} {when} ON {_TABLE}\nBEGIN\n{refusals}\nEND", params=None)
            continue
        refusals = "\n".join(
            f"IF {condition} THEN RAISE EXCEPTION '{rule}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            for rule, condition in rules
        )
        # Two who return parts of one line follow one another: the second counts what the first has taken.
        hold = (
            "PERFORM 1 FROM catalog_purchaseline WHERE id = NEW.purchase_line_id FOR UPDATE;" if rules is _SOLD else ""
        )
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION halkhata_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n{hold}\n{refusals}\nRETURN NEW;\nEND $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} {when} ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION halkhata_{name}()", params=None
        )


def drop(schema_editor: Any) -> None:
    """Take the triggers away."""
    for name, _when, _rules in _triggers(postgres=False):
        drop_trigger(schema_editor, name, _TABLE)


class ReturnsGuard(TriggerOperation):
    """Migration operation: the triggers, on both databases."""

    def create(self, schema_editor: Any) -> None:
        create(schema_editor)

    def drop(self, schema_editor: Any) -> None:
        drop(schema_editor)

    def describe(self) -> str:
        return "Returns: no step skipped, nothing given back twice, the end is the end"
