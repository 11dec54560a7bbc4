"""People with the truth about them, and how well what was found agrees with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from halkhata.records.customers.merging.people import Person

Pair = tuple[int, int]


@dataclass(frozen=True)
class TruthSet:
    """People, and which pairs of them are one person (the smaller key first)."""

    people: list[Person]
    pairs: set[Pair]


@dataclass(frozen=True)
class Agreement:
    """Right pairs among those found (precision) and those found among the right ones (recall)."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """Of what was found, how much is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Of what is right, how much was found."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def agreement(found: Iterable[Pair], true: set[Pair]) -> Agreement:
    """Compare found pairs with the true ones."""
    pairs = set(found)
    return Agreement(len(pairs & true), len(pairs), len(true))
