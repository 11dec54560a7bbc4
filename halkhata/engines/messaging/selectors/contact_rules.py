"""How often and when customers hear from us without a matter of their own, as the shop has set it (E.14)."""

from dataclasses import dataclass
from datetime import time

from halkhata.engines.messaging.models import ContactRules


@dataclass(frozen=True, slots=True)
class Rules:
    """``a_week`` messages to one customer within seven days by all ways together; ``quiet`` None for no quiet hours."""

    a_week: int
    quiet: tuple[time, time] | None
    version: int


def contact_rules() -> Rules:
    """What holds now; the starting values while nobody has changed any. One query."""
    row = ContactRules.objects.filter(pk=1).first() or ContactRules()
    spans = row.quiet_from is not None and row.quiet_until is not None
    return Rules(row.a_week, (row.quiet_from, row.quiet_until) if spans else None, row.version)  # type: ignore[arg-type]
