"""Background work of the returns desk."""

from halkhata.desks.returns.services.approving import close_refused
from halkhata.foundation.core.jobs import task


@task()
def close_refusals() -> int:
    """Close refusals whose days of appeal are over. Returns how many."""
    return close_refused()
