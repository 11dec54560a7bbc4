"""Background work of the claims desk."""

from halkhata.desks.claims.services.deadlines import warn_of_deadlines
from halkhata.foundation.core.jobs import task


@task()
def watch_deadlines() -> int:
    """Tell of claims whose last day comes near. Returns how many."""
    return warn_of_deadlines()
