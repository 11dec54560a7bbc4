"""Gives out short numbers that can be said aloud: K-1001, K-1002 … (US-07)."""

from django.db import connection, transaction

from halkhata.foundation.core.models import NumberSequence


def next_number(prefix: str) -> str:
    """The next number under ``prefix`` such as ``K-1045``, unique for the install.

    Must run inside the transaction that uses it: a rollback gives the number back, so no gap appears.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number() belongs inside a transaction")
    table = connection.ops.quote_name(NumberSequence._meta.db_table)
    first = NumberSequence._meta.get_field("last_value").default + 1
    with connection.cursor() as cursor:
        # One statement on both databases: it makes the row or holds it, and says what it holds.
        cursor.execute(
            f"INSERT INTO {table} (prefix, last_value) VALUES (%s, %s) "  # noqa: S608 - no value is part of the text
            f"ON CONFLICT (prefix) DO UPDATE SET last_value = {table}.last_value + 1 RETURNING last_value",
            [prefix, first],
        )
        return f"{prefix}-{cursor.fetchone()[0]}"
