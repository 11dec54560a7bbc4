"""Parcels on the customer's timeline."""

from datetime import datetime

from halkhata.engines.deliveries.models import Parcel
from halkhata.foundation.audit.trail import Actor
from halkhata.records.customers.services.activities import record_activity


def write_parcel_line(
    actor: Actor | None, parcel: Parcel, verb: str, at: datetime, *, place: str = "", reason: str = ""
) -> None:
    """Add one line about a parcel to its customer's timeline; in the caller's transaction."""
    record_activity(
        customer=parcel.customer,
        verb=verb,
        data={
            "number": parcel.number, "what": parcel.what, "place": place, "reason": reason,
            "courier": [parcel.courier.name_bn, parcel.courier.name_en],
        },
        url=f"/promised/parcels/{parcel.pk}/",
        actor=actor,
        at=at,
    )  # fmt: skip
