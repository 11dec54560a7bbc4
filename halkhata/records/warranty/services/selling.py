"""What a sale and its reversal do to the warranty, inside the sale's own transaction."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.audit.trail import Actor
from halkhata.records.catalog.models import Purchase, PurchaseLine, Unit
from halkhata.records.warranty.services.covers import end_covers, start_covers


def sold(actor: Actor | None, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> Any:
    """A unit was sold: its covers and free services begin. Pieces have none."""
    if unit is None:
        return
    start_covers(actor=actor, unit=unit, starts_on=purchase.bought_on)


def undone(actor: Actor | None, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> Any:
    """The sale was reversed: what it promised ends with it."""
    if unit is not None:
        end_covers(actor=actor, unit=unit, reason=_("sale reversed"))
