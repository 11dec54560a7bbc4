"""What happens to one unit of a recall: told, booked, done, not reached."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare import policies
from halkhata.desks.aftercare.choices import MOST_TRIES, CallResult, RecallState, TextStanding
from halkhata.desks.aftercare.events import RecallUnitMoved
from halkhata.desks.aftercare.models import RecallUnit
from halkhata.desks.aftercare.registry import visit_bookers
from halkhata.desks.aftercare.services.calling import FURTHEST
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.services.life import write_life

# Still to be done, and nobody has it in hand.
WAITING = (RecallState.WAITING, RecallState.TOLD, RecallState.NOT_REACHED)


def record_recall_call(
    *, actor: Any, row: RecallUnit, result: str, on: Any = None, note: str = "", version: int | None = None
) -> RecallUnit:
    """Write down how the call to the owner ended. A recall is about safety: "do not call" is an answer, too, and counts
    as told.

    Raises PermissionRefused, NotFound, Conflict ``changed_meanwhile``, ``closed``, ``done``; DomainError
    ``bad_result``, ``day_missing``, ``not_that_day`` and what the workshop's days say.
    """
    policies.require(actor, policies.CALL)
    if result not in CallResult.values:
        raise DomainError("bad_result", _("Choose how the call ended."), field="result")
    with transaction.atomic():
        held = _held(actor, row.pk, version)
        held.note = clean_text(note, max_length=300)
        held.last_try_at = now()
        if result == CallResult.NO_ANSWER:
            held.tries += 1
            to = RecallState.NOT_REACHED if held.tries >= MOST_TRIES else held.state
            if held.state in {RecallState.TOLD, RecallState.BOOKED}:
                to = held.state
            _move(actor, held, to, call=result)
        elif result == CallResult.DATE:
            held.job_number = _book(actor, held, on)
            _told(actor, held)
            _move(actor, held, RecallState.BOOKED, call=result)
        else:
            _told(actor, held)
            _move(actor, held, held.state if held.state == RecallState.BOOKED else RecallState.TOLD, call=result)
    return held


def mark_done(*, actor: Any, row: RecallUnit, note: str = "", version: int | None = None) -> RecallUnit:
    """It was done without a job card of ours, by another workshop. Raises as above, DomainError ``note_missing``."""
    policies.require(actor, policies.RECALL)
    words = clean_text(note, max_length=300)
    if not words:
        raise DomainError("note_missing", _("Write where and by whom it was done."), field="note")
    with transaction.atomic():
        held = _held(actor, row.pk, version)
        held.note = words
        _finish(actor, held)
    return held


def link_recall_to_job(*, actor: Any, unit_id: int, number: str) -> int:
    """A recalled unit was taken in: the job has it in hand. Twice changes nothing. Returns how many."""
    with transaction.atomic():
        rows = list(_open_of(unit_id).exclude(job_number=number))
        for held in rows:
            held.job_number = number[:24]
            _move(actor, held, RecallState.BOOKED)
    return len(rows)


def finish_recall_by_job(*, actor: Any, unit_id: int, number: str) -> int:
    """The job was handed over: what it had in hand is done. Returns how many."""
    with transaction.atomic():
        rows = list(_open_of(unit_id).filter(job_number=number))
        for held in rows:
            _finish(actor, held)
    return len(rows)


def free_recall_of_job(*, actor: Any, unit_id: int, number: str) -> int:
    """The job was cancelled: it is still to be done. Returns how many."""
    with transaction.atomic():
        rows = list(_open_of(unit_id).filter(job_number=number))
        for held in rows:
            held.job_number = ""
            _move(actor, held, RecallState.TOLD if held.told_at else RecallState.WAITING)
    return len(rows)


def _open_of(unit_id: int) -> Any:
    rows = RecallUnit.objects.select_for_update(of=("self",)).select_related("recall", "unit")
    return rows.filter(unit_id=unit_id, recall__closed_at__isnull=True).exclude(state=RecallState.DONE).order_by("pk")


def _told(actor: Any, held: RecallUnit) -> None:
    held.told_at = held.told_at or now()
    held.told_by = actor if isinstance(actor, User) else held.told_by
    if held.text_state == TextStanding.WAITING:
        held.text_state = TextStanding.OFF


def _finish(actor: Any, held: RecallUnit) -> None:
    held.done_at = now()
    _move(actor, held, RecallState.DONE)
    write_life(
        actor=actor, unit=held.unit, verb="recall.done",
        data={"recall": held.recall.number, "bn": held.recall.name_bn, "en": held.recall.name_en},
    )  # fmt: skip


def _move(actor: Any, held: RecallUnit, to: str, *, call: str = "") -> None:
    before, held.state = held.state, to
    held.version += 1
    held.save()
    after = {"state": to, "tries": held.tries} | ({"call": call} if call else {})
    record(actor=actor, action="recall.unit", record=held, before={"state": before}, after=after)
    if before != to:
        publish(RecallUnitMoved(recall_id=held.recall_id, unit_id=held.unit_id, before=before, after=to))


def _book(actor: Any, held: RecallUnit, on: Any) -> str:
    if on is None:
        raise DomainError("day_missing", _("Write the day the customer wants."), field="on")
    if not today() <= on <= today() + FURTHEST:
        raise DomainError("not_that_day", _("Choose a day within the next half year."), field="on")
    book, owner = visit_bookers.find("visits"), held.unit.owner
    if book is None or owner is None:
        return ""
    return book(actor, held.unit, owner, on, held.recall.name_bn or held.recall.name_en, f"recall:{held.pk}:{on}")[:24]


def _held(actor: Any, pk: int, version: int | None) -> RecallUnit:
    rows = RecallUnit.objects.visible_to(actor) if isinstance(actor, User) else RecallUnit.objects.all()
    held = (
        rows.select_for_update(of=("self",)).select_related("recall", "unit__branch", "unit__owner").filter(pk=pk)
    ).first()
    if held is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if version is not None and held.version != version:
        raise Conflict("changed_meanwhile", _("Somebody else wrote something down meanwhile. Please look again."))
    if not held.recall.is_open:
        raise Conflict("closed", _("This recall is closed already."))
    if held.state == RecallState.DONE:
        raise Conflict("done", _("It was done on this unit already."))
    return held
