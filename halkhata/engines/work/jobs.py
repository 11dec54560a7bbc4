"""Background work of the engine. Every task may run twice: each is idempotent."""

from halkhata.engines.work.services.escalation import sweep_silence
from halkhata.engines.work.services.promises import recompute_unfinished, sweep_due
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task


@task
def sweep_due_promises() -> int:
    """Warnings, breaches and escalation steps whose time has come. Returns clocks touched."""
    return sweep_due(now())


@task
def sweep_silent_items() -> int:
    """Escalation steps for items nobody has updated for days. Returns steps taken."""
    return sweep_silence(now())


@task
def recompute_unfinished_items(reason: str) -> int:
    """After an edit of calendars, policies or the matrix. Returns items whose due time moved."""
    return recompute_unfinished(reason=reason)
