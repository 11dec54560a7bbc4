"""The import itself: rows are read and understood outside any lock, and written in short transactions.

On SQLite everybody who writes waits for the one who writes, so a transaction of the import aims at a tenth of a second:
ten people go on working. The position moves in the transaction of its rows; whatever is killed, the next worker goes on
after the last row that is really there.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from halkhata.foundation.core.bulk_rows import insert_rows
from halkhata.records.imports.choices import IssueKind, Outcome
from halkhata.records.imports.models import ImportedRow, ImportIssue, ImportRun
from halkhata.records.imports.reading.sources import forget_reader, next_rows
from halkhata.records.imports.registry import Issue, ReadRow, TargetWork, Verdict, Written
from halkhata.records.imports.services.ending import end_run
from halkhata.records.imports.services.progress import (
    Overtaken,
    RowReader,
    actor_of,
    lock_run,
    move_on,
    sort_read_rows,
    target_of,
    write_issues,
)

logger = logging.getLogger(__name__)

CHUNK = 2_000
LEAST, MOST, FIRST = 100, 500, 200
# Seconds that a transaction of the import should take.
TARGET_TIME = 0.1

COUNTED = {Outcome.CREATED: "new", Outcome.CHANGED: "changed", None: "unchanged"}

_size = FIRST


def load_some(run: ImportRun) -> bool:
    """Write the next 2,000 rows. Returns whether there is more to do. Raises Overtaken."""
    global _size
    rows = next_rows(run, CHUNK)
    if not rows:
        forget_reader()
        end_run(run, "done")
        return False
    work = target_of(run).open(run, actor_of(run))
    # Understood here, before anybody's lock: the longer part of the work.
    reader = RowReader(run, work)
    read = [(number, reader.read(number, cells)) for number, cells in rows]
    start = 0
    while start < len(read):
        batch = read[start : start + _size]
        took = 0.0
        try:
            took = _write_batch(run, work, batch)
        except (OperationalError, InterfaceError, Overtaken):
            raise
        except Exception:
            logger.exception("import %s: rows from %s on could not be written together", run.pk, batch[0][0])
            # What was remembered about rows of the broken transaction is forgotten with this.
            work = target_of(run).open(run, actor_of(run))
            work = _write_one_by_one(run, work, batch)
        start += len(batch)
        if took and len(batch) == _size:
            _size = max(LEAST, min(MOST, int(_size * max(0.5, min(2.0, TARGET_TIME / max(took, 0.001))))))
        if start < len(read) and ImportRun.objects.filter(pk=run.pk, cancel_asked=True).exists():
            return True
    return True


def _write_batch(run: ImportRun, work: TargetWork, batch: Sequence[tuple[int, ReadRow | None]]) -> float:
    """One transaction: rows, ledger, issues, position. Returns for how many seconds it kept others from writing."""
    found, issues, waiting = sort_read_rows(batch)
    with transaction.atomic():
        lock_run(run)
        # Not before: while somebody else writes, the import waits, too, and keeps nobody.
        began = time.monotonic()
        lock_keys(key for row in waiting for key in row.keys)
        while waiting:
            # Rows that speak of the same number go one after the other, so that the second meets the first.
            now_rows, waiting = _without_clashes(waiting)
            verdicts = work.judge(now_rows)
            verdicts, again = _one_for_each_record(verdicts)
            waiting = sorted([*again, *waiting], key=lambda row: row.number)
            _settle(run, work, verdicts, found, issues)
        already = sum(run.counts.get(name, 0) for name in ("bad", "conflict"))
        write_issues(run, issues, already)
        move_on(run, position=batch[-1][0], found=found)
    return time.monotonic() - began


def _settle(
    run: ImportRun, work: TargetWork, verdicts: Sequence[Verdict], found: Counter[str], issues: list[tuple[int, Issue]]
) -> None:
    good = []
    for verdict in verdicts:
        if verdict.issue is not None:
            found["conflict"] += 1
            issues.append((verdict.row.number, verdict.issue))
        else:
            good.append(verdict)
    if not good:
        return
    ledger = []
    for one in work.write(good):
        if one.outcome is not None:
            ledger.append(_ledger_row(run, one))
        if one.counts and not one.model.endswith(".organization"):
            found[COUNTED[one.outcome]] += 1
    insert_rows(ImportedRow, ledger)


def _ledger_row(run: ImportRun, one: Written) -> dict[str, Any]:
    return {
        "run_id": run.pk, "row": one.row, "model": one.model, "record_id": one.record_id,
        "outcome": str(one.outcome.value) if one.outcome else "", "line_hash": one.line_hash, "before": one.before,
    }  # fmt: skip


def _without_clashes(rows: Sequence[ReadRow]) -> tuple[list[ReadRow], list[ReadRow]]:
    """The rows no two of which share a key, and the rest, both in order."""
    taken: set[Any] = set()
    first: list[ReadRow] = []
    rest: list[ReadRow] = []
    for row in rows:
        keys: set[Any] = set(row.keys) or {row.line_hash}
        (rest if keys & taken else first).append(row)
        taken |= keys
    return first, rest


def _one_for_each_record(verdicts: Sequence[Verdict]) -> tuple[list[Verdict], list[ReadRow]]:
    """Two rows may mean one record by two numbers: the second waits until the first is written."""
    taken: set[int] = set()
    first, rest = [], []
    for verdict in verdicts:
        if verdict.record_id is not None and verdict.record_id in taken:
            rest.append(verdict.row)
            continue
        if verdict.record_id is not None:
            taken.add(verdict.record_id)
        first.append(verdict)
    return first, rest


def _write_one_by_one(run: ImportRun, work: TargetWork, batch: Sequence[tuple[int, ReadRow | None]]) -> TargetWork:
    """After a batch that could not be written: each row by itself, and the one that cannot be is named."""
    for number, row in batch:
        try:
            _write_batch(run, work, [(number, row)])
        except (OperationalError, InterfaceError, Overtaken):
            raise
        except Exception:
            logger.exception("import %s: row %s could not be written", run.pk, number)
            work = target_of(run).open(run, actor_of(run))
            with transaction.atomic():
                lock_run(run)
                ImportIssue.objects.create(run=run, row=number, kind=IssueKind.BAD, code="not_stored")
                move_on(run, position=number, found=Counter(bad=1))
    return work


def lock_keys(keys: Any) -> None:
    """Nobody else writes down these numbers until the transaction ends (PostgreSQL; SQLite has one writer anyway).

    The same locks as those of records/customers/services/locking.py, taken in one statement.
    """
    if connection.vendor != "postgresql":
        return
    numbers = sorted({int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True) for key in keys})
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_advisory_xact_lock(key)) FROM (SELECT unnest(%s::bigint[]) AS key ORDER BY 1) AS keys",
                [numbers],
            )
