"""What happens to covers a moment after something happened to the unit."""

from django.db import transaction

from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.records.catalog.events import UnitStateChanged, UnitTransferred
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.services.life import write_life
from halkhata.records.warranty.choices import CoverState, OnTransfer
from halkhata.records.warranty.services.covers import end_covers


@on(UnitTransferred)
def follow_transfer(event: UnitTransferred) -> None:
    """A new owner: covers go on from the same day, but for those whose terms say they end. Twice changes nothing."""
    if event.from_customer_id is None:
        return
    unit = Unit.objects.get(pk=event.unit_id)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        # What began after the transfer is the new owner's own.
        ending = list(unit.covers.live().filter(on_transfer=OnTransfer.END, starts_on__lte=event.on))
        for cover in ending:
            cover.state, cover.state_since = CoverState.ENDED, now()
            cover.state_note = "transfer"
            cover.version += 1
            cover.save()
        if ending:
            record(actor=SYSTEM, action="warranty.end", record=unit, after={"covers": len(ending)}, note="transfer")
            write_life(actor=SYSTEM, unit=unit, verb="warranty.ended_by_transfer", data={})


@on(UnitStateChanged)
def follow_state(event: UnitStateChanged) -> None:
    """A scrapped unit covers nothing any more."""
    if event.after == "scrapped":
        end_covers(actor=SYSTEM, unit=Unit.objects.get(pk=event.unit_id), reason="scrapped")
