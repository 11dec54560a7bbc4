"""The invented customers that every peer is filled with: the same names and numbers as ours (bench/names.py)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.names import Person, person

BEGIN = datetime(2026, 11, 15, 8, 30, tzinfo=UTC) - timedelta(weeks=100)
SEED = 1


def people(count: int) -> Iterator[tuple[int, Person, datetime]]:
    """(place, who, since when), the oldest first, spread over a hundred weeks."""
    step = timedelta(weeks=100) / max(1, count)
    for number in range(count):
        yield number, person(number, SEED), BEGIN + step * number
