"""Gives out short numbers that can be said aloud: K-1001, K-1002 … (US-07)."""

from django.db import connection, transaction
from django.db.models import F

from halkhata.foundation.core.models import NumberSequence


def next_number(prefix: str) -> str:
    """The next number under ``prefix`` such as ``K-1045``, unique for the install.

    Must run inside the transaction that uses it: a rollback gives the number back, so no gap appears.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number() belongs inside a transaction")
    if not NumberSequence.objects.filter(prefix=prefix).update(last_value=F("last_value") + 1):
        NumberSequence.objects.get_or_create(prefix=prefix)
        NumberSequence.objects.filter(prefix=prefix).update(last_value=F("last_value") + 1)
    # The UPDATE holds the row's lock, so this reads our own value.
    return f"{prefix}-{NumberSequence.objects.values_list('last_value', flat=True).get(prefix=prefix)}"
