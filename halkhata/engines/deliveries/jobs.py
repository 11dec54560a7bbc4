"""Work of promised dates that nobody waits for."""

from halkhata.engines.deliveries.services.alarms import watch_parcels
from halkhata.engines.deliveries.services.inbox import forget_taken, take_late
from halkhata.engines.deliveries.services.watching import tell_of_risks, warn_of_promises
from halkhata.foundation.core.jobs import task


@task()
def watch_promises() -> int:
    """Warn staff whose buffer has begun, then tell customers whose time comes near, of silent parcels first.

    Returns how many were told.
    """
    forget_taken()
    take_late()
    return watch_parcels() + warn_of_promises() + tell_of_risks()
