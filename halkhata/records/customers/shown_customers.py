"""Whose records were read to make an answer: noted as the rows come from the database, for the last door to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 1000
"""No page names more customers; beyond that only the form of numbers and addresses is looked at."""

_noted: ContextVar[set[int] | None] = ContextVar("halkhata_shown_customers", default=None)


def note_shown(customer_id: int | None) -> None:
    """A row of this customer's was read."""
    noted = _noted.get()
    if noted is not None and customer_id is not None and len(noted) < MOST:
        noted.add(customer_id)


@contextmanager
def noting_customers() -> Iterator[set[int]]:
    """Within the block every customer whose rows are read is put into the set."""
    noted: set[int] = set()
    before = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(before)
