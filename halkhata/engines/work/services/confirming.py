"""Escalations that must be confirmed, and sending work up by hand (A52.12, US-12).

Whoever is told has so many minutes of the work's own hours to confirm; else it goes to the next rung by itself, once.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import BY_HAND, UNCONFIRMED, StateFlag, WorkEventKind
from halkhata.engines.work.events import EscalationConfirmed
from halkhata.engines.work.models import EscalationFiring, EscalationLevel, EscalationRule, WorkItem
from halkhata.engines.work.policies import can_confirm, can_send_up
from halkhata.engines.work.selectors.ladder import HEAD_OFFICE, TEAM_LEAD, told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.escalation import Step, take_and_tell
from halkhata.engines.work.services.item_history import append_event, hold, lock_item
from halkhata.engines.work.services.settings_changed import must_edit_settings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

logger = logging.getLogger(__name__)

LONGEST = 30 * 24 * 60
"""Nobody waits a month for a confirmation, in minutes."""


@transaction.atomic
def send_up(*, actor: Actor, item: WorkItem, note: str = "") -> int:
    """Send work one level up by hand: the next higher person is told at once and has to confirm.

    Returns the level. Raises PermissionRefused, Conflict (``work_ended``, ``at_the_top``).
    """
    hold(item)
    if isinstance(actor, User) and not can_send_up(actor, item):
        raise PermissionRefused("send_up_refused", _("You may not send this up."))
    if item.state_flag == StateFlag.RESOLVED:
        raise Conflict("work_ended", _("This has ended already."))
    if item.escalation_level >= HEAD_OFFICE:
        raise Conflict("at_the_top", _("This is with the head office already; there is nobody higher up."))
    level = max(item.escalation_level + 1, TEAM_LEAD)
    _go_up(item, level, BY_HAND, f"{BY_HAND}:{item.version}", actor, now(), clean_text(note, max_length=300))
    return level


@transaction.atomic
def confirm_escalation(*, actor: User, item: WorkItem) -> int:
    """Take note of what was sent up: every step of this item that this person may confirm. Returns how many.

    Confirming twice does nothing the second time. Raises PermissionRefused when what waits is for somebody higher up.
    """
    hold(item)
    waiting = list(open_confirmations(item))
    mine = [firing for firing in waiting if can_confirm(actor, item, firing)]
    if waiting and not mine:
        raise PermissionRefused("confirm_refused", _("This was sent to somebody else to confirm."))
    if not mine:
        return 0
    at = now()
    EscalationFiring.objects.filter(pk__in=[firing.pk for firing in mine]).update(confirmed_at=at, confirmed_by=actor)
    level = max(firing.level for firing in mine)
    append_event(actor=actor, item=item, kind=WorkEventKind.CONFIRMED, at=at, data={"level": level})
    record(actor=actor, action="work.confirm", record=item, after={"level": level, "steps": len(mine)})
    publish(
        EscalationConfirmed(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            level=level,
            confirmed_by_id=actor.pk,
            is_demo=item.is_demo,
        )
    )
    return len(mine)


def open_confirmations(item: WorkItem) -> list[EscalationFiring]:
    """The steps of an item that wait for a confirmation, lowest level first: one query."""
    waiting = item.escalations.filter(confirm_by__isnull=False, confirmed_at__isnull=True)
    return list(waiting.select_related("told").order_by("level", "pk"))


def sweep_unconfirmed(at: datetime) -> int:
    """Move up what nobody confirmed in time, one level each, once. Returns the steps taken.

    Each item in a transaction of its own: a worker that dies in between leaves an item as it was, and the next run
    takes it. Costs grow with what has lapsed, through an index.
    """
    lapsing = EscalationFiring.objects.filter(
        confirm_by__lte=at, confirm_by__isnull=False, confirmed_at__isnull=True, lapsed_at__isnull=True
    )
    taken = 0
    for item_id in dict.fromkeys(lapsing.order_by("confirm_by", "pk").values_list("item_id", flat=True)):
        try:
            taken += _move_up(item_id, at)
        except Exception:  # the others do not wait for this one
            logger.exception("unconfirmed escalation: item %s failed", item_id)
    return taken


@transaction.atomic
def _move_up(item_id: int, at: datetime) -> int:
    item = lock_item(item_id)
    # Read again under the lock: another run, or a confirmation, may have been quicker.
    lapsed = list(
        item.escalations.filter(confirm_by__lte=at, confirmed_at__isnull=True, lapsed_at__isnull=True).order_by("pk")
    )
    if not lapsed:
        return 0
    EscalationFiring.objects.filter(pk__in=[firing.pk for firing in lapsed]).update(lapsed_at=at)
    if item.state_flag == StateFlag.RESOLVED:
        return 0
    stood = max(max(firing.rung, firing.level) for firing in lapsed)
    if stood >= HEAD_OFFICE or told_for(stood + 1, item, at)[1] <= stood:
        return 0  # nobody is higher up; it stays on the red board as not confirmed
    # Only a confirmation higher up settles it now. Named after what lapsed: a second run finds the step taken.
    return _go_up(item, stood + 1, UNCONFIRMED, f"{UNCONFIRMED}:{lapsed[-1].pk}", SYSTEM, at, "")


def _go_up(item: WorkItem, level: int, trigger: str, step: str, actor: Actor, at: datetime, note: str) -> int:
    rule = EscalationRule(level=level, trigger=trigger, notify=True)
    return take_and_tell(item, [Step(rule, step)], at, actor, PromiseBook(), note)


@transaction.atomic
def save_confirm_minutes(*, actor: Actor, minutes: dict[int, int | None]) -> None:
    """Set how long each level has to confirm, in minutes of working time; None: nobody has to.

    What is told already keeps its time. Raises PermissionRefused, DomainError (``confirm_range``).
    """
    must_edit_settings(actor)
    before = dict(EscalationLevel.objects.values_list("level", "confirm_minutes"))
    for level, wanted in minutes.items():
        if level not in dict(EscalationRule.LEVELS) or (wanted is not None and not 1 <= wanted <= LONGEST):
            raise DomainError(
                "confirm_range", _("A time to confirm lies between one minute and 30 days."), field=f"level_{level}"
            )
        row, _made = EscalationLevel.objects.update_or_create(level=level, defaults={"confirm_minutes": wanted})
    if minutes:
        after = {str(level): wanted for level, wanted in minutes.items()}
        record(
            actor=actor,
            action="escalation.confirming",
            record=row,
            before={str(k): v for k, v in before.items()},
            after=after,
        )
