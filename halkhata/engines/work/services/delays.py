"""Saying why a promise was broken, and by when instead (A51.9, US-12).

What was said is only added to. A broken promise that has its reason is marked on its clock, and the item counts those
that have none: with one of them it cannot end (services/item_history.py, and a check of the table).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import DelayCause, StateFlag, WorkEventKind
from halkhata.engines.work.events import DelayExplained
from halkhata.engines.work.models import DelayNote, DelayReason, SlaClock, WorkItem
from halkhata.engines.work.policies import can_work_on
from halkhata.engines.work.selectors.delays import Reason, broken_clocks, delay_reasons
from halkhata.engines.work.services.clocks import asks_for_reasons, recompute, unexplained
from halkhata.engines.work.services.item_history import append_event, hold
from halkhata.engines.work.services.settings_changed import must_edit_settings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

FURTHEST = timedelta(days=366)
"""A new time further away than a year is a typing error."""


@transaction.atomic
def explain_delay(
    *,
    actor: Actor | None,
    item: WorkItem,
    reason: str,
    note: str = "",
    promised_at: datetime | None = None,
    tell_customer: bool = True,
) -> list[DelayNote]:
    """Say why the item is or was late, and by when the customer will hear from us instead.

    It stands for every broken promise that has no reason yet; when all have one, for those that are still not kept (a
    second thought, another date). With ``promised_at`` and ``tell_customer`` the customer hears of the new time, if the
    department sends such letters. Raises PermissionRefused, DomainError: ``nothing_late``, ``bad_delay_reason``,
    ``delay_note_missing``, ``promised_in_past``, ``promised_too_far``.
    """
    hold(item)
    if isinstance(actor, User) and not can_work_on(actor, item):
        raise PermissionRefused("delay_refused", _("This is somebody else's work."))
    chosen, text = _checked(reason, note)
    at = now()
    if promised_at is not None and promised_at <= at:
        raise DomainError("promised_in_past", _("Choose a time that is still to come."), field="promised_at")
    if promised_at is not None and promised_at > at + FURTHEST:
        raise DomainError("promised_too_far", _("That is more than a year away."), field="promised_at")
    # The sweep comes every few seconds: what is late by now counts, also before it.
    recompute(item, at=at)
    clocks = broken_clocks(item)
    told = [clock for clock in clocks if clock.explained_at is None] or [
        clock for clock in clocks if clock.stopped_at is None
    ]
    if not told:
        raise DomainError("nothing_late", _("No promise was broken here."), field="reason")
    notes = _write(actor, item, told, chosen, text, promised_at, at)
    publish(
        DelayExplained(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            note_id=notes[-1].pk,
            reason=chosen.code,
            promised_at=promised_at,
            tell_customer=tell_customer and promised_at is not None,
            owner_id=item.owner_id,
            is_demo=item.is_demo,
        )
    )
    return notes


def settle_delays(
    *, actor: Actor | None, item: WorkItem, reason: str, note: str = "", at: datetime | None = None
) -> list[DelayNote]:
    """Before a held item ends at ``at``: give the reason for every broken promise that has none, else do nothing.

    Runs in the caller's transaction. Raises DomainError: ``bad_delay_reason``, ``delay_note_missing`` (at the fields
    ``delay_reason`` and ``delay_note``).
    """
    chosen, text = _checked(reason, note, prefix="delay_")
    moment = at or now()
    recompute(item, at=moment)
    waiting = [clock for clock in broken_clocks(item) if clock.explained_at is None]
    return _write(actor, item, waiting, chosen, text, None, moment) if waiting else []


def _checked(reason: str, note: str, prefix: str = "") -> tuple[Reason, str]:
    chosen = next((known for known in delay_reasons() if known.code == reason), None)
    if chosen is None:
        raise DomainError(
            "bad_delay_reason", _("Choose the reason of the delay from the list."), field=f"{prefix}reason"
        )
    text = clean_text(note, max_length=500)
    if chosen.needs_note and not text:
        raise DomainError("delay_note_missing", _("Say in a few words what it was."), field=f"{prefix}note")
    return chosen, text


def _write(
    actor: Actor | None,
    item: WorkItem,
    clocks: Iterable[SlaClock],
    chosen: Reason,
    text: str,
    promised_at: datetime | None,
    at: datetime,
) -> list[DelayNote]:
    who = actor or SYSTEM
    told = list(clocks)
    notes = DelayNote.objects.bulk_create(
        DelayNote(
            item_id=item.pk,
            clock=clock,
            at=at,
            reason=chosen.code,
            note=text,
            promised_at=promised_at,
            actor_id_then=who.pk,
            actor_label=who.audit_label[:150],
        )
        for clock in told
    )
    SlaClock.objects.filter(pk__in=[clock.pk for clock in told], explained_at__isnull=True).update(explained_at=at)
    _count_owed(item)
    data = {
        "reason": chosen.code,
        "note": text,
        "metrics": [clock.metric for clock in told],
        "promised_at": promised_at.isoformat() if promised_at is not None else None,
    }
    append_event(actor=actor, item=item, kind=WorkEventKind.DELAY_EXPLAINED, at=at, data=data)
    record(actor=actor, action="work.delay_reason", record=item, after=data)
    return notes


def _count_owed(item: WorkItem) -> None:
    """Derived from the clocks, so nobody's page becomes stale by it: no new version."""
    owed = unexplained(item.clocks.all()) if asks_for_reasons(item) and item.state_flag != StateFlag.RESOLVED else 0
    WorkItem.objects.filter(pk=item.pk).update(unexplained_delays=owed)
    item.unexplained_delays = owed


@transaction.atomic
def save_delay_reason(
    *,
    actor: Actor,
    code: str = "",
    name_bn: str,
    name_en: str,
    needs_note: bool = False,
    is_active: bool = True,
    position: int | None = None,
) -> DelayReason:
    """Add a reason of the shop's own (no ``code``), or change one: its words, its place, whether it is offered.

    "Other" always stays and always asks for a note: something must fit when nothing else does. Raises
    PermissionRefused, DomainError: ``name_missing``, ``no_such_reason``, ``other_stays``.
    """
    must_edit_settings(actor)
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("name_missing", _("Give it a name."), field="name_bn")
    row = DelayReason.objects.select_for_update().filter(code=code).first() if code else None
    if code and row is None and code not in DelayCause.values:
        raise DomainError("no_such_reason", _("There is no such reason."))
    if code == DelayCause.OTHER and not is_active:
        raise DomainError("other_stays", _("“Other” must stay: something has to fit."), field="is_active")
    before = _values(row) if row is not None else None
    if row is None:
        row = DelayReason(code=code or _free_code(), position=_place(code))
    row.name_bn, row.name_en, row.is_active = bn, en, is_active
    row.needs_note = needs_note or code == DelayCause.OTHER
    if position is not None:
        row.position = position
    row.save()
    record(actor=actor, action="delay_reason.save", record=row, before=before, after=_values(row))
    return row


def _place(code: str) -> int:
    known = list(DelayCause.values)
    if code in known:
        return (known.index(code) + 1) * 10
    last = DelayReason.objects.order_by("-position").values_list("position", flat=True).first() or 0
    return min(max(last, len(known) * 10) + 10, 30_000)


def _free_code() -> str:
    last = DelayReason.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"own-{last + 1}"


def _values(row: DelayReason) -> dict[str, object]:
    names = ("code", "name_bn", "name_en", "needs_note", "is_active", "position")
    return {name: getattr(row, name) for name in names}
