"""One slice of work on an import, whatever phase it is in."""

import logging
import time

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.records.imports.choices import RunState
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.reading.sources import forget_reader
from halkhata.records.imports.services.checking import check_some
from halkhata.records.imports.services.ending import end_run
from halkhata.records.imports.services.loading import load_some
from halkhata.records.imports.services.progress import Overtaken
from halkhata.records.imports.services.undoing import undo_some

logger = logging.getLogger(__name__)

STEPS = {RunState.CHECKING: check_some, RunState.LOADING: load_some, RunState.UNDOING: undo_some}
# Seconds after which a worker turns to its other jobs.
SLICE = 3.0


def work_on(run_id: int, *, seconds: float = SLICE) -> bool:
    """Work on the import for about so long. Returns whether there is more to do, by us.

    Whoever finds that another worker has moved the import on leaves it to that one. What cannot be read ends the import
    as failed; what the database refuses is raised, and the job tries again.
    """
    until = time.monotonic() + seconds
    while True:
        run = ImportRun.objects.select_related("source", "branch", "created_by__role", "created_by__branch").filter(
            pk=run_id
        ).first()  # fmt: skip
        if run is None or not run.is_moving:
            forget_reader()
            return False
        try:
            if run.cancel_asked and run.state in (RunState.CHECKING, RunState.LOADING):
                _stop(run)
                return False
            more = STEPS[RunState(run.state)](run)
        except Overtaken:
            forget_reader()
            return False
        except DomainError as error:
            logger.warning("import %s ended: %s", run_id, error)
            forget_reader()
            end_run(run, RunState.FAILED, failure=error.code)
            return False
        if not more:
            return False
        if time.monotonic() >= until:
            return True


@task()
def work_on_import(run_id: int) -> bool:
    """A few seconds of one import, then the next in line; so that mail and promises do not wait for a long list."""
    more = work_on(run_id)
    if more:
        enqueue_once(work_on_import, f"import:{run_id}", run_id)
    return more


def enqueue_work(run: ImportRun) -> None:
    """Have a worker go on with the import; once, however often it is asked for."""
    enqueue_once(work_on_import, f"import:{run.pk}", run.pk)


def _stop(run: ImportRun) -> None:
    """Somebody asked to stop: what was imported so far stays, and can be undone."""
    forget_reader()
    end_run(run, RunState.CANCELLED)
