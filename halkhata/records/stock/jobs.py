"""Background work of the ledger of goods."""

import logging

from halkhata.foundation.core.jobs import task
from halkhata.records.stock.selectors.positions import differences

logger = logging.getLogger(__name__)


@task()
def compare_ledger() -> int:
    """Compare every balance with the sum of its movements. Anything but 0 means that somebody wrote by hand."""
    found = differences()
    for line in found[:50]:
        logger.error("the ledger of goods does not agree: %s", line)
    return len(found)
