"""Writing down minutes of work, and taking a line back (A52.13). The ledger is only added to."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import WorkItem, WorkMinutes
from halkhata.engines.work.services.item_history import hold
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text

LONGEST = 24 * 60
"""Minutes in one line: nobody works longer in a day."""
FURTHEST_BACK = timedelta(days=366)
"""Work of more than a year ago is a typing error."""


@transaction.atomic
def write_minutes(
    *, actor: Actor | None, item: WorkItem, minutes: int, what: str, worked_on: date | None = None
) -> WorkMinutes:
    """Add a line: ``minutes`` of the actor's on the day ``worked_on`` (None: today, at the branch).

    Who may is the desk's to say. Raises Conflict ``merged``; DomainError at its field: ``bad_minutes``, ``empty``,
    ``worked_in_future``, ``worked_too_early``.
    """
    _hold(item)
    text = clean_text(what, max_length=300)
    today = day_at(item.branch)
    day = worked_on or today
    if not 1 <= minutes <= LONGEST:
        raise DomainError("bad_minutes", _("Write minutes from 1 up to a whole day."), field="minutes")
    if not text:
        raise DomainError("empty", _("Say in a few words what was done."), field="what")
    if day > today:
        raise DomainError("worked_in_future", _("This day is still to come."), field="worked_on")
    if day < today - FURTHEST_BACK:
        raise DomainError("worked_too_early", _("That is more than a year ago."), field="worked_on")
    return _add(actor, item, minutes=minutes, what=text, worked_on=day)


@transaction.atomic
def take_minutes_back(*, actor: Actor | None, item: WorkItem, line_id: int) -> WorkMinutes:
    """Add the line that undoes one of the item's: the same day and words, the minutes below zero.

    Raises NotFound; Conflict ``merged``, ``taken_back`` when it is undone already or is itself such a line.
    """
    _hold(item)
    line = WorkMinutes.objects.filter(pk=line_id, item_id=item.pk).first()
    if line is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if line.takes_back_id is not None or WorkMinutes.objects.filter(takes_back=line).exists():
        raise Conflict("taken_back", _("This line has been taken back already."))
    return _add(actor, item, minutes=-line.minutes, what=line.what, worked_on=line.worked_on, takes_back=line)


def _hold(item: WorkItem) -> None:
    hold(item)
    if item.merged_into_id is not None:
        raise Conflict("merged", _("This ticket was merged into another one. Go on there."))


def _add(
    actor: Actor | None,
    item: WorkItem,
    *,
    minutes: int,
    what: str,
    worked_on: date,
    takes_back: WorkMinutes | None = None,
) -> WorkMinutes:
    who = actor or SYSTEM
    line = WorkMinutes.objects.create(
        item_id=item.pk,
        minutes=minutes,
        what=what,
        worked_on=worked_on,
        takes_back=takes_back,
        at=now(),
        actor_id_then=who.pk,
        actor_label=who.audit_label[:150],
    )
    record(
        actor=actor,
        action="work.minutes" if takes_back is None else "work.minutes_back",
        record=item,
        after={"line": line.pk, "minutes": minutes, "worked_on": worked_on.isoformat(), "what": what},
    )
    return line
