"""The database's own rules of the ledger, as triggers on both databases (R1, R2, R3; nothing sold before release).

With each movement the trigger checks that a serial number is where it is said to be, that goods leave a place of
returned goods only by being released, and keeps balances and positions. A service that is bypassed changes nothing.
"""

from typing import Any

from halkhata.foundation.core.triggers import TriggerOperation, drop_trigger

NAME = "stock_ledger_keeps_the_books"
_KIND = "(SELECT kind FROM stock_place WHERE id = {})"
_WAITING = "('returns', 'quarantine', 'workshop')"

# What must not be, and how the database calls it.
_FORBIDDEN = (
    (
        "stock_product_of_unit",
        "NEW.unit_id IS NOT NULL AND NEW.product_id <> (SELECT product_id FROM catalog_unit WHERE id = NEW.unit_id)",
    ),
    (
        "stock_unit_is_elsewhere",
        "NEW.unit_id IS NOT NULL AND (EXISTS (SELECT 1 FROM stock_unitposition WHERE unit_id = NEW.unit_id AND "  # noqa: S608
        "(place_id <> NEW.from_place_id OR condition <> NEW.from_condition)) OR (NOT EXISTS (SELECT 1 FROM "
        f"stock_unitposition WHERE unit_id = NEW.unit_id) AND {_KIND.format('NEW.from_place_id')} <> 'supplier'))",
    ),
    (
        "stock_sale_not_from_shop",
        f"NEW.reason IN ('sale', 'replacement') AND {_KIND.format('NEW.from_place_id')} <> 'shop'",
    ),
    (
        "stock_not_released",
        f"{_KIND.format('NEW.from_place_id')} IN {_WAITING} AND {_KIND.format('NEW.to_place_id')} = 'shop' AND "
        "(NEW.reason NOT IN ('release', 'use_as_is') OR NEW.from_condition NOT IN "
        "('grade_a', 'grade_b', 'grade_c', 'grade_d'))",
    ),
    (
        "stock_overdrawn",
        f"{_KIND.format('NEW.from_place_id')} <> 'supplier' AND COALESCE((SELECT quantity FROM stock_balance WHERE "  # noqa: S608
        "product_id = NEW.product_id AND place_id = NEW.from_place_id AND condition = NEW.from_condition), 0) "
        "< NEW.quantity",
    ),
)


def _opened(side: str) -> str:
    """A balance row at zero for one side of the movement, unless it is there."""
    return (
        "INSERT INTO stock_balance (product_id, place_id, condition, quantity, is_source) "  # noqa: S608
        f"SELECT NEW.product_id, NEW.{side}_place_id, NEW.{side}_condition, 0, "
        f"{_KIND.format(f'NEW.{side}_place_id')} = 'supplier' WHERE NOT EXISTS (SELECT 1 FROM stock_balance WHERE "
        f"product_id = NEW.product_id AND place_id = NEW.{side}_place_id AND condition = NEW.{side}_condition)"
    )


def _booked(side: str, sign: str) -> str:
    return (
        f"UPDATE stock_balance SET quantity = quantity {sign} NEW.quantity WHERE product_id = NEW.product_id "  # noqa: S608
        f"AND place_id = NEW.{side}_place_id AND condition = NEW.{side}_condition"
    )


_POSITION = (
    "DELETE FROM stock_unitposition WHERE unit_id = NEW.unit_id",
    "INSERT INTO stock_unitposition (unit_id, place_id, condition, since, movement_id) "
    "SELECT NEW.unit_id, NEW.to_place_id, NEW.to_condition, NEW.at, NEW.id WHERE NEW.unit_id IS NOT NULL",
)
_BOOKS = (*_POSITION, _opened("from"), _opened("to"), _booked("from", "-"), _booked("to", "+"))


def _sqlite() -> str:
    refusals = "\n".join(f"SELECT RAISE(ABORT, '{name}') WHERE {condition};" for name, condition in _FORBIDDEN)
    books = "\n".join(f"{statement};" for statement in _BOOKS)
    return f"CREATE TRIGGER {NAME} AFTER INSERT ON stock_movement\nBEGIN\n{refusals}\n{books}\nEND"


def _postgres() -> str:
    refusals = "\n".join(
        f"IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for name, condition in _FORBIDDEN
    )
    books = "\n".join(f"{statement};" for statement in _BOOKS)
    # Two movements of one product follow one another: whoever comes second sees what the first has booked.
    return f"""
CREATE OR REPLACE FUNCTION halkhata_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
PERFORM pg_advisory_xact_lock(hashtext('stock_movement'), NEW.product_id::int);
{refusals}
{books}
RETURN NULL;
END $$
"""


class LedgerKeepsTheBooks(TriggerOperation):
    """Migration operation: the trigger, on both databases."""

    def create(self, schema_editor: Any) -> None:
        create(schema_editor)

    def drop(self, schema_editor: Any) -> None:
        drop(schema_editor)

    def describe(self) -> str:
        return "The ledger keeps balances and positions, and refuses what cannot be"


def create(schema_editor: Any) -> None:
    """Put the trigger in place."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_postgres(), params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} AFTER INSERT ON stock_movement FOR EACH ROW EXECUTE FUNCTION halkhata_{NAME}()",
            params=None,
        )
    else:
        schema_editor.execute(_sqlite(), params=None)


def drop(schema_editor: Any) -> None:
    """Take the trigger away."""
    drop_trigger(schema_editor, NAME, "stock_movement")
