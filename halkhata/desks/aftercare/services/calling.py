"""What somebody writes down after a call (US-15 AC 2)."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare import policies
from halkhata.desks.aftercare.choices import MOST_TRIES, CallResult, ReminderState, TextStanding
from halkhata.desks.aftercare.events import ReminderSettled
from halkhata.desks.aftercare.models import Reminder, ReminderStop
from halkhata.desks.aftercare.registry import visit_bookers
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.services.life import write_life

# So far ahead somebody can ask for a day.
FURTHEST = timedelta(days=180)
_STATES = {
    CallResult.REACHED: ReminderState.REACHED,
    CallResult.DATE: ReminderState.BOOKED,
    CallResult.NO_CALL: ReminderState.NO_CALL,
}


def record_call(
    *,
    actor: Any,
    reminder: Reminder,
    result: str,
    on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Reminder:
    """Write down how a call ended. ``on``: the day that was asked for, or on which to call again.

    Without an answer it comes back the next day, and ends after three tries. "Do not call" ends all reminders of this
    unit for this owner. Raises PermissionRefused, NotFound, Conflict ``not_open``, ``changed_meanwhile``, DomainError
    ``bad_result``, ``day_missing``, ``not_that_day`` and what the workshop's days say.
    """
    policies.require(actor, policies.CALL)
    if result not in CallResult.values:
        raise DomainError("bad_result", _("Choose how the call ended."), field="result")
    words = clean_text(note, max_length=300)
    with transaction.atomic():
        held = _held(actor, reminder.pk, version)
        before = {"state": held.state, "tries": held.tries}
        held.note = words
        if result == CallResult.NO_ANSWER:
            _try_again(actor, held, on)
        else:
            if result == CallResult.DATE:
                held.led_to = _book(actor, held, on, words)
            settle(actor, held, _STATES[CallResult(result)])
            if result == CallResult.NO_CALL:
                stop_reminders(actor=actor, unit=held.unit)
        held.version += 1
        held.save()
        after = {"state": held.state, "tries": held.tries, "result": result, "on": on}
        record(actor=actor, action="reminder.call", record=held, before=before, after=after)
    return held


def settle(actor: Any, held: Reminder, state: str) -> None:
    """End a held reminder, in the caller's transaction; the caller saves it."""
    held.state, held.settled_at = state, now()
    held.settled_by = actor if isinstance(actor, User) else None
    if held.text_state == TextStanding.WAITING:
        held.text_state = TextStanding.OFF
    publish(
        ReminderSettled(
            reminder_id=held.pk, unit_id=held.unit_id, customer_id=held.customer_id, kind=held.kind, state=state
        )
    )


def stop_reminders(*, actor: Any, unit: Unit) -> ReminderStop | None:
    """The owner of ``unit`` does not want to be reminded any more. None for a unit without an owner."""
    policies.require(actor, policies.CALL)
    policies.require_unit(actor, unit.pk)
    if unit.owner_id is None:
        return None
    with transaction.atomic():
        stop, _made = ReminderStop.objects.update_or_create(
            unit=unit,
            defaults={
                "customer_id": unit.owner_id, "stopped_at": now(), "is_demo": unit.is_demo,
                "stopped_by": actor if isinstance(actor, User) else None,
            },
        )  # fmt: skip
        for held in Reminder.objects.select_for_update().filter(unit=unit, state=ReminderState.OPEN).order_by("pk"):
            settle(actor, held, ReminderState.NO_CALL)
            held.version += 1
            held.save()
        write_life(actor=actor, unit=unit, verb="reminder.stopped")
        record(actor=actor, action="reminder.stop", record=unit)
    return stop


def allow_reminders(*, actor: Any, unit: Unit) -> bool:
    """The owner wants to be reminded again. Returns whether it was stopped."""
    policies.require(actor, policies.CALL)
    policies.require_unit(actor, unit.pk)
    with transaction.atomic():
        gone = ReminderStop.objects.filter(unit=unit).delete()[0]
        if gone:
            write_life(actor=actor, unit=unit, verb="reminder.allowed")
            record(actor=actor, action="reminder.allow", record=unit)
    return bool(gone)


def _try_again(actor: Any, held: Reminder, on: date | None) -> None:
    held.tries += 1
    if held.tries >= MOST_TRIES:
        settle(actor, held, ReminderState.NOT_REACHED)
        return
    again = on or today() + timedelta(days=1)
    if not today() <= again <= today() + FURTHEST:
        raise DomainError("not_that_day", _("Choose a day within the next half year."), field="on")
    held.call_on = again


def _book(actor: Any, held: Reminder, on: date | None, words: str) -> str:
    """Ask the workshop for the day. Without anybody who keeps its days, the day stands in the note."""
    if on is None:
        raise DomainError("day_missing", _("Write the day the customer wants."), field="on")
    if not today() <= on <= today() + FURTHEST:
        raise DomainError("not_that_day", _("Choose a day within the next half year."), field="on")
    book = visit_bookers.find("visits")
    if book is None:
        held.call_on = on
        return ""
    return book(actor, held.unit, held.customer, on, words, f"reminder:{held.pk}")[:24]


def _held(actor: Any, pk: int, version: int | None) -> Reminder:
    rows = Reminder.objects.visible_to(actor) if isinstance(actor, User) else Reminder.objects.all()
    held = (
        rows.select_for_update(of=("self",)).select_related("unit__product", "unit__branch", "customer").filter(pk=pk)
    ).first()
    if held is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if version is not None and held.version != version:
        raise Conflict("changed_meanwhile", _("Somebody else wrote something down meanwhile. Please look again."))
    if held.state != ReminderState.OPEN:
        raise Conflict("not_open", _("This reminder waits for nobody any more."))
    return held
