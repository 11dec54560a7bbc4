"""Background work of the warranty."""

from halkhata.foundation.core.jobs import task
from halkhata.records.warranty.services.flags import look_for_flags


@task()
def look_for_fraud() -> int:
    """Look through the last two days of the units' lives. Running it twice finds nothing new."""
    return look_for_flags()
