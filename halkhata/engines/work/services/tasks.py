"""Planned work: follow-up calls, visits, recovery. Due at a time somebody chose, not by a promise (US-03, A52.15)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import TRY_AGAIN, Channel, Outcome, Priority, StateFlag, TaskState, WorkEventKind
from halkhata.engines.work.events import TaskCompleted
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_work_on
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.services.clocks import recompute
from halkhata.engines.work.services.item_history import append_event, hold, update_item
from halkhata.engines.work.services.items import change_state, new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity


@transaction.atomic
def plan_task(
    *,
    actor: Actor | None,
    kind: str,
    subject: str,
    customer: Customer | None,
    parent: WorkItem | None,
    branch: Branch,
    team: Team | None,
    owner: User | None,
    planned_at: datetime,
    priority: str = Priority.NORMAL,
    cause: str,
    is_demo: bool = False,
) -> WorkItem:
    """Plan a piece of work for a time. The same ``cause`` plans it once: a repeated call returns the first.

    Raises DomainError (``bad_kind`` for a kind that is not planned work, and those of ``new_item_values``).
    """
    known = item_kinds.find(kind)
    if known is None or not known.is_planned:
        raise DomainError("bad_kind", _("There is no such kind of work."), field="kind", kind=kind)
    if cause:
        # Said twice, because the index holds items with a cause and SQLite does not draw the conclusion.
        existing = WorkItem.objects.select_for_update().exclude(cause="").filter(cause=cause[:120]).first()
        if existing is not None:
            return existing
    item = WorkItem.objects.create(
        **new_item_values(
            actor=actor,
            kind=kind,
            subject=subject,
            customer=customer,
            branch=branch,
            team=team,
            owner=owner if owner is not None and owner.is_active else None,
            channel=Channel.INTERNAL,
            priority=priority,
            state=TaskState.NEW,
            planned_at=planned_at,
            parent=parent,
            cause=cause,
            is_demo=is_demo,
        )
    )
    open_item(actor=actor, item=item)
    return item


@transaction.atomic
def complete_task(*, actor: Actor | None, item: WorkItem, outcome: str, note: str = "") -> WorkItem:
    """Write how it ended and finish it. "No answer" and "call later" are no end: see ``replan_task``.

    Raises PermissionRefused, Conflict (``task_done``) when it has ended already, DomainError (``bad_outcome``).
    """
    if outcome not in Outcome.values or outcome in TRY_AGAIN or not outcome:
        raise DomainError("bad_outcome", _("Choose how it ended."), field="outcome")
    _begin(actor, item)
    return _finish(actor, item, outcome, note)


def _finish(actor: Actor | None, item: WorkItem, outcome: str, note: str) -> WorkItem:
    at = now()
    text = clean_text(note, multiline=True, max_length=2000)
    update_item(item, outcome=outcome, outcome_note=text, last_update_at=max(at, item.last_update_at))
    change_state(
        actor=actor, item=item, state=TaskState.DONE, state_flag=StateFlag.RESOLVED, at=at, data={"outcome": outcome}
    )
    record_activity(
        customer=item.customer,
        verb="work.task_done",
        data={"number": item.number, "subject": item.subject, "kind": item.kind, "outcome": outcome},
        url=f"/work/{item.number}/",
        actor=actor,
        at=at,
    )
    publish(
        TaskCompleted(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            outcome=outcome,
            parent_id=item.parent_id,
            cause=item.cause,
            customer_id=item.customer_id,
            owner_id=item.owner_id,
            is_demo=item.is_demo,
        )
    )
    return item


@transaction.atomic
def replan_task(
    *, actor: Actor | None, item: WorkItem, planned_at: datetime, outcome: str = Outcome.CALL_LATER, note: str = ""
) -> WorkItem:
    """Put it off to another time, after "no answer" or "call later". Each try stays in the history.

    Work of a kind that gives up ends with "no answer" at its last try instead (US-18), and comes back as done.

    Raises PermissionRefused, Conflict (``task_done``), DomainError (``bad_outcome``, ``planned_in_past``).
    """
    if outcome not in TRY_AGAIN:
        raise DomainError("bad_outcome", _("Choose how it ended."), field="outcome")
    at = now()
    if planned_at <= at:
        raise DomainError("planned_in_past", _("Choose a time that is still to come."), field="planned_at")
    _begin(actor, item)
    if outcome == Outcome.NO_ANSWER and _is_last_try(item):
        return _finish(actor, item, outcome, note)
    before = item.planned_at
    text = clean_text(note, multiline=True, max_length=2000)
    update_item(item, planned_at=planned_at, outcome=outcome, outcome_note=text, last_activity_at=at)
    append_event(
        actor=actor,
        item=item,
        kind=WorkEventKind.NOTE,
        at=at,
        data={"outcome": outcome, "note": text, "planned_at": planned_at.isoformat()},
    )
    recompute(item, at=at)
    record(
        actor=actor,
        action="work.replan",
        record=item,
        before={"planned_at": before},
        after={"planned_at": planned_at, "outcome": outcome},
    )
    return item


def _is_last_try(item: WorkItem) -> bool:
    limit = item_kinds.get(item.kind).gives_up_after
    if limit is None:
        return False
    tried = item.history.filter(kind=WorkEventKind.NOTE, data__outcome=Outcome.NO_ANSWER.value).count()
    return tried + 1 >= limit


def _begin(actor: Actor | None, item: WorkItem) -> None:
    known = item_kinds.find(item.kind)
    if known is None or not known.is_planned:
        raise DomainError("bad_kind", _("There is no such kind of work."), kind=item.kind)
    hold(item)
    if isinstance(actor, User) and not can_work_on(actor, item):
        raise PermissionRefused("task_refused", _("This is somebody else's task."))
    if item.state_flag == StateFlag.RESOLVED:
        raise Conflict("task_done", _("This has been done already."))


@transaction.atomic
def cancel_tasks(*, actor: Actor | None, parent_id: int, kind: str) -> int:
    """End the planned tasks of one kind under an item because they are not needed any more. Returns how many."""
    waiting = list(
        WorkItem.objects.select_for_update()
        .filter(parent_id=parent_id, kind=kind)
        .exclude(state_flag=StateFlag.RESOLVED)
        .order_by("pk")
    )
    for item in waiting:
        change_state(
            actor=actor,
            item=item,
            state=TaskState.CANCELLED,
            state_flag=StateFlag.RESOLVED,
            at=now(),
            data={"cancelled": True},
        )
        record(actor=actor, action="work.cancel", record=item)
    return len(waiting)
