"""Reminders end when the unit comes in: told by the service desk, through reactions (US-15 AC 2)."""

from typing import Any

from django.db import transaction

from halkhata.desks.aftercare.choices import ReminderKind, ReminderState
from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.services.calling import settle
from halkhata.foundation.audit.trail import record

# A contract runs out whether the unit is in the workshop or not.
OF_SERVICE = (ReminderKind.SERVICE, ReminderKind.COUPON)


def stop_for_visit(*, actor: Any, unit_id: int, number: str, state: str = ReminderState.STOPPED) -> int:
    """End the open reminders of a unit that was taken in or has a date. Twice changes nothing. Returns how many."""
    with transaction.atomic():
        waiting = Reminder.objects.select_for_update().filter(
            unit_id=unit_id, state=ReminderState.OPEN, kind__in=OF_SERVICE
        )
        stopped = list(waiting.order_by("pk"))
        for held in stopped:
            settle(actor, held, state)
            held.led_to, held.version = number[:24], held.version + 1
            held.save()
            record(actor=actor, action="reminder.stop", record=held, after={"state": state, "led_to": number})
    return len(stopped)


def nothing_at_sale(_actor: Any, _purchase: Any, _line: Any, _unit: Any) -> None:
    """A sale itself writes nothing: what is due follows from its day and its free services, on every page at once."""


def end_with_sale(actor: Any, _purchase: Any, _line: Any, unit: Any) -> None:
    """The sale was taken back: nobody is called about what it promised. In the reversal's own transaction."""
    if unit is None:
        return
    waiting = Reminder.objects.select_for_update().filter(unit_id=unit.pk, state=ReminderState.OPEN)
    for held in waiting.order_by("pk"):
        settle(actor, held, ReminderState.OVER)
        held.version += 1
        held.save()
