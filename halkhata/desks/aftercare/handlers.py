"""What happens at this desk a moment after something happened to a unit."""

from django.db import transaction

from halkhata.desks.aftercare.choices import RecallState, ReminderState, TextStanding
from halkhata.desks.aftercare.models import RecallUnit, Reminder
from halkhata.desks.aftercare.services.calling import settle
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.records.catalog.events import UnitTransferred
from halkhata.records.catalog.models import Ownership

# Told, or tried: the owner before, not this one.
OF_AN_OWNER = (RecallState.TOLD, RecallState.NOT_REACHED)


@on(UnitTransferred)
def follow_transfer(event: UnitTransferred) -> None:
    """A new owner: reminders of the one before are not needed, and an open recall must be told anew."""
    with transaction.atomic():
        rows = Reminder.objects.select_for_update().filter(unit_id=event.unit_id, state=ReminderState.OPEN)
        for held in rows.exclude(customer_id=event.to_customer_id).order_by("pk"):
            settle(SYSTEM, held, ReminderState.OVER)
            held.version += 1
            held.save()
        units = RecallUnit.objects.select_for_update(of=("self",)).select_related("recall")
        owned = Ownership.objects.filter(unit_id=event.unit_id, to_on__isnull=True).first()
        if owned is None:
            return
        # Whoever was called after the transfer is the new owner.
        told = units.filter(
            unit_id=event.unit_id, state__in=OF_AN_OWNER, recall__closed_at__isnull=True,
            last_try_at__lte=owned.written_at,
        )  # fmt: skip
        for row in told.order_by("pk"):
            row.state, row.tries, row.told_at, row.told_by = RecallState.WAITING, 0, None, None
            row.text_state = TextStanding.WAITING if row.recall.sends_texts else TextStanding.OFF
            row.text_at, row.version = now(), row.version + 1
            row.save()
            record(actor=SYSTEM, action="recall.unit", record=row, after={"state": row.state}, note="new owner")
