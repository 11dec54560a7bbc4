"""Background work. It may run twice: a month that was drawn stays as it is."""

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.oversight.quality.services.drawing import draw_month, month_before


@task
def draw_last_month() -> int:
    """Draw the conversations of the month that has ended. Returns how many are drawn."""
    return draw_month(actor=SYSTEM, month=month_before(now()))
