"""Work of promised dates that nobody waits for."""

from halkhata.engines.deliveries.services.watching import tell_of_risks, warn_of_promises
from halkhata.foundation.core.jobs import task


@task()
def watch_promises() -> int:
    """Warn staff whose buffer has begun, then tell customers whose time comes near. Returns how many were told."""
    return warn_of_promises() + tell_of_risks()
