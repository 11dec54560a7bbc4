"""What can be imported and exported: each kind of record registers a target, and takes the same road.

A target reads a row (no database), judges it (database, no lock), writes it (in the transaction that also moves the
import's position) and takes it back. Dues come by this road when their app is there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from halkhata.foundation.core.registry import Registry
from halkhata.records.imports.choices import IssueKind, Outcome


@dataclass(frozen=True, kw_only=True)
class ImportColumn:
    """One thing a row may say. ``words`` are headings by which it is known (compared by ``search_key``)."""

    code: str
    label: Any
    words: tuple[str, ...] = ()
    # Several columns of the file may go here (phone 1, phone 2).
    many: bool = False
    # Words of a language, where Bijoy letters may hide; not numbers and codes.
    is_text: bool = True


@dataclass(slots=True, frozen=True)
class Issue:
    """What is the matter with a row. ``data`` holds no personal data."""

    kind: IssueKind
    code: str
    column: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ReadRow:
    """A row as the target understood it. ``record`` is None when it cannot be imported at all.

    ``keys`` identify what the row is about (a number, an address); ``sounds`` are how its name sounds; ``line_hash``
    stands for all it says.
    """

    number: int
    record: Any = None
    issues: list[Issue] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    sounds: frozenset[str] = frozenset()
    line_hash: int | None = None


@dataclass(slots=True)
class Verdict:
    """What would become of a row: ``record_id`` names the record it means; ``issue`` why it is not imported."""

    row: ReadRow
    record_id: int | None = None
    issue: Issue | None = None

    @property
    def is_conflict(self) -> bool:
        """Whether the row is not imported, although it reads well."""
        return self.issue is not None


@dataclass(slots=True)
class Written:
    """What was done for a row, for the ledger. ``outcome`` None: the record was as the row says already."""

    row: int
    model: str
    record_id: int
    outcome: Outcome | None
    line_hash: int | None = None
    before: dict[str, Any] | None = None
    # False for what comes along with a row and is not what the import counts.
    counts: bool = True


class TargetWork(Protocol):
    """One import of a target at work; made anew for every slice of work."""

    def read(self, number: int, values: dict[str, list[str]]) -> ReadRow:
        """Understand one row: column code -> cells that are not empty. Asks no database; never raises."""

    def judge(self, rows: Sequence[ReadRow]) -> list[Verdict]:
        """Find out which records the rows mean, in a fixed number of queries. Every row has a record."""

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Write rows without a conflict; no two of them share a key. Runs in a transaction."""

    def undo(self, written: Sequence[Any]) -> dict[int, str]:
        """Take back what these ImportedRows did, the newest first. Returns {id: why it was left in place}."""


@dataclass(frozen=True, kw_only=True)
class ImportTarget:
    """A kind of record that can be imported."""

    label: Any
    columns: Callable[[], list[ImportColumn]]
    # ``open(run, actor)``: the work for this import.
    open: Callable[[Any, Any], TargetWork]
    # Where the imported records are to be seen.
    list_url_name: str
    # Code of the columns of the notebook grid, in order.
    notebook: tuple[str, ...] = ()
    # A right besides that of importing at all; "" for none.
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportTarget:
    """A kind of record that can be exported. ``rows(user, filters, shows_private)`` gives lists of cells the user may
    see; private ones are masked unless ``shows_private``, whatever the user may see otherwise."""

    label: Any
    headings: Callable[[], Sequence[Any]]
    rows: Callable[[Any, dict[str, Any], bool], Iterator[Sequence[Any]]]


import_targets: Registry[ImportTarget] = Registry("import_targets")
export_targets: Registry[ExportTarget] = Registry("export_targets")


def same_person(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two names may be one person's: one of them is not known, or they share a word by sound."""
    first, second = set(one), set(other)
    return not first or not second or bool(first & second)
