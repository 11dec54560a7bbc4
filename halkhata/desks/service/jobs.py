"""Work of the service desk that nobody waits for."""

from halkhata.desks.service.services.estimates import expire_estimates
from halkhata.desks.service.services.parts import tell_of_late_parts
from halkhata.foundation.core.jobs import task


@task()
def look_after_jobs() -> int:
    """Estimates that have run out come back to the advisor; late parts are told. Returns how many of both."""
    return expire_estimates() + tell_of_late_parts()
