"""Background work of the engine. Every task may run twice: each is idempotent."""

from halkhata.engines.work.services.confirming import sweep_unconfirmed
from halkhata.engines.work.services.escalation import sweep_silence
from halkhata.engines.work.services.promises import recompute_unfinished, sweep_due
from halkhata.engines.work.services.training import warn_of_expiry
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
def sweep_unconfirmed_escalations() -> int:
    """Escalations nobody confirmed in time move one level up. Returns steps taken."""
    return sweep_unconfirmed(now())


@task
def recompute_unfinished_items(reason: str) -> int:
    """After an edit of calendars, policies or the matrix. Returns items whose due time moved."""
    return recompute_unfinished(reason=reason)


@task
def warn_of_ending_training() -> int:
    """Tell people and leads of courses that soon count no more. Returns passes told of."""
    return warn_of_expiry(now())
