"""The law of the house for disputes."""

from halkhata.desks.disputes.models import DisputeSettings

REPEAT_DAYS = 90
"""The same root cause within so many days shows that nothing was mended (A60.8)."""
OUTSIDE_DAYS = 30
"""Days since the cause that staff count (bangladesh.md C10); each country pack says its own."""


def house_law() -> DisputeSettings:
    """What the shop has set, or the starting values."""
    return DisputeSettings.objects.filter(pk=1).first() or DisputeSettings()
