"""Background work of the returns desk."""

from halkhata.desks.returns.services.approving import close_refused
from halkhata.desks.returns.services.awaiting import look_after_advances
from halkhata.foundation.core.jobs import task


@task()
def close_refusals() -> int:
    """Close refusals whose days of appeal are over. Returns how many."""
    return close_refused()


@task()
def watch_advances() -> int:
    """Remind of old pieces that are awaited after a replacement in advance. Returns how many."""
    return look_after_advances()
