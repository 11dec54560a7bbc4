"""The nightly backup, begun by the timetable."""

from halkhata.foundation.backups.services.nightly import begin_if_due
from halkhata.foundation.core.jobs import task


@task
def keep_backups() -> bool:
    """Begin the nightly backup when its hour has come. Returns whether one was begun.

    It runs as a process of its own: a worker that copied data for minutes would send no mail meanwhile.
    """
    return begin_if_due()
