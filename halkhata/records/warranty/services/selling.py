"""What a sale and its reversal do to the warranty, inside the sale's own transaction."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Purchase, PurchaseLine, Unit
from halkhata.records.warranty.choices import EvidenceState, RejectReason
from halkhata.records.warranty.services.covers import end_covers, start_covers
from halkhata.records.warranty.services.registering import register_sale


def sold(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """A unit was sold: its covers and free services begin, and it is registered. Pieces have none."""
    if unit is None:
        return
    start_covers(actor=actor, unit=unit, starts_on=purchase.bought_on)
    register_sale(
        actor=actor, unit=unit, customer=purchase.customer, bought_on=purchase.bought_on,
        invoice_no=purchase.memo or purchase.number, key=f"sale:{purchase.pk}:{unit.pk}",
    )  # fmt: skip


def undone(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """The sale was reversed: what it promised ends with it."""
    if unit is None:
        return
    end_covers(actor=actor, unit=unit, reason=_("sale reversed"))
    unit.registrations.filter(key=f"sale:{purchase.pk}:{unit.pk}").update(
        state=EvidenceState.REJECTED, reject_reason=RejectReason.OTHER, decision_note=_("sale reversed"),
        decided_at=now(),
    )  # fmt: skip
