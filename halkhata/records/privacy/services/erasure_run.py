"""What one erasure knows and finds on its way through the tables."""

from dataclasses import dataclass, field


@dataclass
class ErasureRun:
    """The person's rows and words, and what was found and changed so far."""

    ids: list[int]
    addresses: list[str]
    names: list[str]
    spelt: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    touched: dict[str, list[str]] = field(default_factory=dict)
    files: set[int] = field(default_factory=set)
    # What a text says only when it is about this person: numbers of their work, their ids in JSON.
    ties: set[str] = field(default_factory=set)

    @property
    def needles(self) -> list[str]:
        """Every word to be taken out, numbers and addresses first."""
        return [*self.spelt, *self.names]

    def note(self, label: str, count: int) -> None:
        """Count rows of a table."""
        if count:
            self.counts[label] = self.counts.get(label, 0) + count
