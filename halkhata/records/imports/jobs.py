"""Background work of imports and exports."""

from datetime import timedelta

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.records.imports.choices import ENDED, MOVING, ExportState, RunState
from halkhata.records.imports.models import ExportRun, ImportedRow, ImportIssue, ImportRun
from halkhata.records.imports.services.exporting import write_export_file
from halkhata.records.imports.services.seen_keys import forget_seen
from halkhata.records.imports.services.stepping import work_on_import

# An import whose worker died is taken up by the lease of its job; whose job died by this.
STANDS_STILL = timedelta(seconds=60)
# An export that could not be written in so long (a full disk) is said to have failed.
GIVE_UP = timedelta(hours=1)
KEEP_FILES = timedelta(days=30)
KEEP_EXPORTS = timedelta(days=7)


@task()
def resume_imports() -> int:
    """Take up imports and exports that stand still although they have work to do. Returns how many."""
    before = now() - STANDS_STILL
    unwritten = ExportRun.objects.filter(state=ExportState.WAITING, moved_at__lt=before)
    unwritten.filter(created_at__lt=now() - GIVE_UP).update(
        state=ExportState.FAILED, failure="not_written", ended_at=now()
    )
    exports = list(unwritten.values_list("pk", flat=True)[:50])
    for pk in exports:
        enqueue_once(write_export_file, f"export:{pk}", pk)
    waiting = list(ImportRun.objects.filter(state__in=MOVING, moved_at__lt=before).values_list("pk", flat=True)[:50])
    for pk in waiting:
        enqueue_once(work_on_import, f"import:{pk}", pk)
    return len(waiting) + len(exports)


@task()
def prune_imports() -> int:
    """Let go of files of imports that ended 30 days ago, and of exports older than 7 days. Returns how many.

    What an import changed, before and after, goes with its file: it cannot be undone any more then. Which rows made
    whom stays, so that the same list does not make the same people twice.
    """
    before = now() - KEEP_FILES
    old = ImportRun.objects.filter(state__in=[*ENDED, RunState.UNDONE], ended_at__lt=before, source__isnull=False)
    abandoned = ImportRun.objects.filter(
        state__in=[RunState.UPLOADED, RunState.CHECKED], moved_at__lt=before, source__isnull=False
    )
    gone = 0
    for run in [*old[:200], *abandoned[:200]]:
        ImportIssue.objects.filter(run=run).delete()
        ImportedRow.objects.filter(run=run, before__isnull=False).update(before=None)
        forget_seen(run.pk)
        gone += ImportRun.objects.filter(pk=run.pk).update(source=None)
    exports = ExportRun.objects.filter(state=ExportState.DONE, ended_at__lt=now() - KEEP_EXPORTS)
    return gone + exports.update(state=ExportState.REMOVED, file=None)
