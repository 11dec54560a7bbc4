"""A sale by hand: the rows of one memo with one unit, written by the driver, one transaction a sale."""

import time
from collections.abc import Sequence
from itertools import count
from typing import Any

_turns = count(1)
# Their values name one unit or one memo; a copy gets others of nearly the same length.
_ONLY_ONCE = {
    "catalog.unit": ("number",),
    "catalog.unitidentifier": ("value", "folded"),
    "catalog.purchase": ("number", "key"),
    "warranty.registration": ("number", "key"),
    "warranty.card": ("token",),
}


def rows_of(purchase: Any) -> list[Any]:
    """What the product wrote for a memo with one unit, from what is pointed at to what points."""
    from halkhata.records.catalog.models import Unit

    line = purchase.lines.get()
    unit = Unit.objects.get(pk=line.unit_id)
    many = (unit.identifiers, unit.ownerships, unit.life, unit.covers, unit.coupons, unit.registrations, unit.movements)
    found = [row for rows in many for row in rows.order_by("pk")]
    return [purchase, unit, line, *found, unit.warranty_card]


def sell_by_hand(connection: Any, sales: Sequence[Sequence[Any]]) -> float:
    """Write copies of the rows of each sale under ids of their own. Returns the seconds it took."""
    prepared = [[_prepared(connection, row, turn) for row in rows] for rows, turn in zip(sales, _turns, strict=False)]
    connection.ensure_connection()
    driver, is_sqlite = connection.connection, connection.vendor == "sqlite"
    cursor = driver.cursor()
    begun = time.perf_counter()
    for rows in prepared:
        cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        given: dict[Any, int] = {}
        for model, statement, values, pointing in rows:
            for place, target in pointing:
                values[place] = given[target]
            cursor.execute(statement, values)
            given[model] = cursor.fetchone()[0]
        cursor.execute("COMMIT")
    return time.perf_counter() - begun


def _prepared(connection: Any, row: Any, turn: int) -> tuple[Any, str, list[Any], list[tuple[int, Any]]]:
    """(model, statement, values, (place, model) of the keys that point at other rows of the sale)."""
    from halkhata.records.catalog.models import Purchase, Unit

    model = type(row)
    columns = [column for column in model._meta.local_concrete_fields if not column.primary_key]
    values = []
    for column in columns:
        value = getattr(row, column.attname)
        if column.name in _ONLY_ONCE.get(model._meta.label_lower, ()):
            value = f"{value[: column.max_length - 8]}H{turn}"
        values.append(column.get_db_prep_save(value, connection))
    pointing = [
        (place, column.remote_field.model)
        for place, column in enumerate(columns)
        if column.remote_field and column.remote_field.model in {Purchase, Unit} and values[place] is not None
    ]
    quote = connection.ops.quote_name
    mark = "?" if connection.vendor == "sqlite" else "%s"
    names = ", ".join(quote(column.column) for column in columns)
    marks = ", ".join([mark] * len(columns))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks}) RETURNING id"
    return model, statement, values, pointing
