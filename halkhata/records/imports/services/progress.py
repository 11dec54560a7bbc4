"""Moving an import on: its position, what it found and what it wrote change in one transaction."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.bulk_rows import insert_rows
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.models import ImportIssue, ImportRun
from halkhata.records.imports.reading.bijoy import from_bijoy, is_surely_bijoy
from halkhata.records.imports.registry import ImportTarget, Issue, ReadRow, TargetWork, import_targets

# Of one import so many rows are named with what is wrong; beyond that they are counted.
MOST_ISSUES = 50_000


class Overtaken(Exception):
    """Another worker has moved this import on: whatever was begun here is dropped."""


def target_of(run: ImportRun) -> ImportTarget:
    """The target of the import. Raises DomainError "unknown_target" when its app is gone."""
    target = import_targets.find(run.target)
    if target is None:
        raise DomainError("unknown_target", _("This kind of record cannot be imported here."))
    return target


def actor_of(run: ImportRun) -> Any:
    """In whose name it is done: the person who brought the file, or the product itself (command line)."""
    return run.created_by or SYSTEM


def lock_run(run: ImportRun) -> ImportRun:
    """The import's row, locked until the transaction ends. Raises Overtaken unless it stands where ``run`` says.

    Two workers may hold one import for a moment, when a lease ran out under the first. Only one gets past here with
    the rows at hand; the other finds the position moved.
    """
    fresh = ImportRun.objects.select_for_update().filter(pk=run.pk).first()
    if fresh is None or fresh.state != run.state or fresh.position != run.position:
        raise Overtaken
    return fresh


def move_on(run: ImportRun, *, position: int, found: Counter[str]) -> None:
    """Write the new position and counts. The caller holds the lock of ``lock_run``."""
    run.counts = dict(Counter(run.counts) + found)
    run.position = position
    run.moved_at = now()
    ImportRun.objects.filter(pk=run.pk).update(position=position, counts=run.counts, moved_at=run.moved_at)


def write_issues(run: ImportRun, issues: Iterable[tuple[int, Issue]], already: int) -> None:
    """Write down what is wrong with rows, up to ``MOST_ISSUES`` for an import; ``already`` there are."""
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for number, issue in issues:
        rows.setdefault(
            (number, issue.column, issue.code),
            {
                "run_id": run.pk, "row": number, "kind": str(issue.kind.value), "code": issue.code,
                "column": issue.column, "data": issue.data,
            },
        )  # fmt: skip
    insert_rows(ImportIssue, list(rows.values())[: max(0, MOST_ISSUES - already)])


class RowReader:
    """Reads the rows of one import as its target understands them, Bijoy made Unicode first."""

    def __init__(self, run: ImportRun, work: TargetWork) -> None:
        self._read = work.read
        bijoy = set(run.layout.get("bijoy", ()))
        self._columns = [(int(place), code, int(place) in bijoy) for place, code in run.mapping.items()]
        self._texts = {column.code for column in target_of(run).columns() if column.is_text}

    def read(self, number: int, cells: list[str]) -> ReadRow | None:
        """The row; None for a blank one."""
        values: dict[str, list[str]] = {}
        converted = False
        width = len(cells)
        for place, code, is_bijoy in self._columns:
            cell = cells[place].strip() if place < width else ""
            if not cell:
                continue
            if is_bijoy or (code in self._texts and is_surely_bijoy(cell)):
                made = from_bijoy(cell)
                converted, cell = converted or made != cell, made
            if code in values:
                values[code].append(cell)
            else:
                values[code] = [cell]
        if not values:
            return None
        row = self._read(number, values)
        if converted:
            row.issues.append(Issue(IssueKind.MENDED, "bijoy"))
        return row


def sort_read_rows(
    rows: Iterable[tuple[int, ReadRow | None]],
) -> tuple[Counter[str], list[tuple[int, Issue]], list[ReadRow]]:
    """How many rows are blank, bad or mended in which way; what is wrong with which row; the rows that are usable."""
    found: Counter[str] = Counter()
    issues: list[tuple[int, Issue]] = []
    usable: list[ReadRow] = []
    for number, row in rows:
        if row is None:
            found["blank"] += 1
            continue
        for issue in row.issues:
            if issue.kind == IssueKind.MENDED:
                found[f"mended_{issue.code}"] += 1
            else:
                issues.append((number, issue))
        if row.record is None:
            found["bad"] += 1
        else:
            usable.append(row)
    return found, issues, usable
