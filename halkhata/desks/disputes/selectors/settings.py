"""The law of the house for disputes."""

from django.db.models import Max

from halkhata.desks.disputes.models import Dispute, DisputeSettings

REPEAT_DAYS = 90
"""The same root cause within so many days shows that nothing was mended (A60.8)."""
OUTSIDE_DAYS = 30
"""Days since the cause that staff count (bangladesh.md C10); each country pack says its own."""


def house_law() -> DisputeSettings:
    """What the shop has set, or the starting values."""
    return DisputeSettings.objects.filter(pk=1).first() or DisputeSettings()


def needed_size(dispute: Dispute) -> int:
    """How many must sit at least: what the law of the house says of all, or of what cost more than its limit."""
    law = house_law()
    if law.panel_size == 3 or law.three_above is None or dispute.unit is None:
        return law.panel_size
    paid = dispute.unit.lines.filter(stands=True).aggregate(most=Max("unit_price"))["most"]
    return 3 if paid is not None and paid > law.three_above else law.panel_size
