"""The trial run: reads the whole file and says what would become of each row. Writes no customer."""

from django.db import transaction

from halkhata.foundation.core.clock import now
from halkhata.records.imports.choices import IssueKind, RunState
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.reading.sources import forget_reader, next_rows
from halkhata.records.imports.registry import Issue, same_person
from halkhata.records.imports.services.progress import (
    RowReader,
    actor_of,
    lock_run,
    move_on,
    sort_read_rows,
    target_of,
    write_issues,
)
from halkhata.records.imports.services.seen_keys import first_rows, forget_seen

CHUNK = 2_000


def check_some(run: ImportRun) -> bool:
    """Look at the next 2,000 rows. Returns whether there is more to do. Raises Overtaken."""
    rows = next_rows(run, CHUNK)
    if not rows:
        _finish(run)
        return False
    work = target_of(run).open(run, actor_of(run))
    reader = RowReader(run, work)
    found, issues, readable = sort_read_rows((number, reader.read(number, cells)) for number, cells in rows)
    verdicts = work.judge(readable) if readable else []
    repeated = first_rows(
        run.pk, ((row.number, row.keys or (f"line:{row.line_hash}",), " ".join(row.sounds)) for row in readable)
    )
    for verdict in verdicts:
        number = verdict.row.number
        if verdict.issue is not None:
            found["conflict"] += 1
            issues.append((number, verdict.issue))
        elif verdict.record_id is not None:
            found["matched"] += 1
        elif number in repeated:
            first, sounds = repeated[number]
            if same_person(verdict.row.sounds, sounds.split()):
                found["repeated"] += 1
                issues.append((number, Issue(IssueKind.REPEATED, "repeated", data={"row": first})))
            elif run.options.get("shared") == "separate":
                found["new"] += 1
            else:
                found["conflict"] += 1
                issues.append((number, Issue(IssueKind.CONFLICT, "other_name_in_file", data={"row": first})))
        else:
            found["new"] += 1
    with transaction.atomic():
        lock_run(run)
        already = sum(run.counts.get(name, 0) for name in ("bad", "conflict", "repeated"))
        write_issues(run, issues, already)
        move_on(run, position=rows[-1][0], found=found)
    return True


def _finish(run: ImportRun) -> None:
    forget_reader()
    with transaction.atomic():
        fresh = lock_run(run)
        fresh.state = run.state = RunState.CHECKED
        fresh.checked = fresh.counts
        fresh.rows_total = fresh.rows_done
        fresh.moved_at = now()
        fresh.save(update_fields=["state", "checked", "rows_total", "moved_at"])
    forget_seen(run.pk)
