"""Undoing a whole import, batch by batch, the newest rows first. What is taken back leaves the ledger in the same
transaction, so a kill in between loses nothing and repeats nothing."""

from collections import Counter

from django.db import transaction

from halkhata.foundation.core.clock import now
from halkhata.records.imports.choices import RunState
from halkhata.records.imports.models import ImportedRow, ImportIssue, ImportRun
from halkhata.records.imports.services.ending import end_run
from halkhata.records.imports.services.progress import actor_of, lock_run, target_of

BATCH = 200


def undo_some(run: ImportRun) -> bool:
    """Take back the newest 200 rows that are left. Returns whether there is more to do. Raises Overtaken."""
    with transaction.atomic():
        lock_run(run)
        rows = list(ImportedRow.objects.filter(run=run, kept="").order_by("-id")[:BATCH])
        if rows:
            work = target_of(run).open(run, actor_of(run))
            kept = work.undo(rows)
            ImportedRow.objects.filter(pk__in=[row.pk for row in rows if row.pk not in kept]).delete()
            for why in set(kept.values()):
                ImportedRow.objects.filter(pk__in=[pk for pk, one in kept.items() if one == why]).update(kept=why)
            found = Counter(kept=len(kept), taken_back=len(rows) - len(kept))
            run.counts = dict(Counter(run.counts) + found)
            run.moved_at = now()
            ImportRun.objects.filter(pk=run.pk).update(counts=run.counts, moved_at=run.moved_at)
            return True
    ImportIssue.objects.filter(run=run).delete()
    end_run(run, RunState.UNDONE)
    return False
