"""The escalation matrix at work: each step once, level by level, told to somebody who is there (A52.11, US-10)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Priority, StateFlag, WorkEventKind
from halkhata.engines.work.events import ItemEscalated
from halkhata.engines.work.models import EscalationFiring, EscalationRule, SlaClock, WorkItem
from halkhata.engines.work.selectors.ladder import BRANCH_MANAGER, told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.item_history import append_event, hold, update_item
from halkhata.engines.work.services.notifications import notify
from halkhata.engines.work.services.ownership import assign_item, change_priority
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish
from halkhata.records.customers.services.activities import record_activity

_MORE_URGENT = {
    Priority.LOW: Priority.NORMAL,
    Priority.NORMAL: Priority.HIGH,
    Priority.HIGH: Priority.URGENT,
    Priority.URGENT: Priority.URGENT,
}


@dataclass
class Told:
    """What one pass over an item has to say to whom: one notice for each person, the weightiest."""

    notices: dict[int, tuple[int, User, str, dict[str, Any], str]] = field(default_factory=dict)

    def add(self, user: User, *, rank: int, verb: str, data: dict[str, Any], cause: str) -> None:
        """Remember a notice unless this person already gets a weightier one."""
        held = self.notices.get(user.pk)
        if held is None or held[0] < rank:
            self.notices[user.pk] = (rank, user, verb, data, cause)

    def send(self, item: WorkItem) -> None:
        """Leave the notices."""
        for _rank, user, verb, data, cause in self.notices.values():
            notify(user=user, verb=verb, item=item, data=data, cause=cause)


@dataclass(frozen=True)
class Step:
    """One step that is due: a row of the matrix, and what makes it unique on its item."""

    rule: EscalationRule
    name: str
    clock: SlaClock | None = None


def claim_step(item: WorkItem, step: Step, at: datetime, told: User) -> EscalationFiring | None:
    """Take a step; None when it was taken before. The unique key decides, whoever comes twice."""
    try:
        with transaction.atomic():
            return EscalationFiring.objects.create(
                item_id=item.pk,
                rule=step.rule,
                clock=step.clock,
                step=step.name,
                level=step.rule.level,
                at=at,
                told_label=told.audit_label[:150],
            )
    except IntegrityError:
        return None


def take_steps(item: WorkItem, steps: list[Step], *, at: datetime, told: Told, actor: Actor | None = None) -> int:
    """Take the due steps of a held item, lowest level first. Returns how many were taken just now.

    Each writes a line of history, an audit entry and an event; who is to be told is added to ``told``. Reassigning
    and raising the priority come last, by the highest step that asks for them.
    """
    who = actor or SYSTEM
    taken: list[tuple[Step, User]] = []
    for step in sorted(steps, key=lambda step: (step.rule.level, step.rule.threshold, step.name)):
        person, rung = told_for(step.rule.level, item, at)
        if claim_step(item, step, at, person) is None:
            continue
        taken.append((step, person))
        metric = step.clock.metric if step.clock is not None else ""
        facts = {
            "level": step.rule.level,
            "trigger": step.rule.trigger,
            "threshold": step.rule.threshold,
            "metric": metric,
        }
        append_event(
            actor=who,
            item=item,
            kind=WorkEventKind.ESCALATED,
            at=at,
            data={**facts, "told": person.audit_label, "rung": rung},
        )
        record(actor=who, action="work.escalate", record=item, after={**facts, "told": person.audit_label})
        publish(
            ItemEscalated(
                item_id=item.pk,
                number=item.number,
                kind=item.kind,
                customer_id=item.customer_id,
                level=step.rule.level,
                trigger=step.rule.trigger,
                threshold=step.rule.threshold,
                metric=metric,
                told_id=person.pk,
                owner_id=item.owner_id,
                is_demo=item.is_demo,
            )
        )
        if step.rule.notify:
            told.add(
                person,
                rank=10 + step.rule.level,
                verb="item.escalated",
                data=facts,
                cause=f"escalated:{item.pk}:{step.rule.level}:{step.name}",
            )
    if not taken:
        return 0
    level = max(step.rule.level for step, _person in taken)
    if level > item.escalation_level:
        if level >= BRANCH_MANAGER and item.escalation_level < BRANCH_MANAGER:
            record_activity(
                customer=item.customer,
                verb="work.escalated",
                data={"number": item.number, "subject": item.subject, "level": level},
                actor=None,
                at=at,
            )
        update_item(item, escalation_level=level)
    _act(item, taken, who)
    return len(taken)


def _act(item: WorkItem, taken: list[tuple[Step, User]], who: Actor) -> None:
    reason = str(_("Escalation"))
    receivers = [person for step, person in taken if step.rule.reassign]
    if receivers:
        assign_item(actor=who, item=item, owner=receivers[-1], reason=reason)
    if any(step.rule.raise_priority for step, _person in taken):
        change_priority(actor=who, item=item, priority=_MORE_URGENT[Priority(item.priority)], reason=reason)


def take_reopen_steps(item: WorkItem, *, at: datetime, actor: Actor | None = None) -> int:
    """After a reopen: the rows of the matrix whose number of reopens is reached. Runs with the item held."""
    steps = [
        Step(rule, f"{rule.trigger}:{rule.threshold}")
        for rule in PromiseBook().rules_for(item, EscalationTrigger.REOPENS)
        if 0 < rule.threshold <= item.reopen_count
    ]
    return _take_and_tell(item, steps, at, actor)


@transaction.atomic
def demand_manager(*, actor: Actor | None, item: WorkItem) -> int:
    """The customer asks for somebody higher up: goes into the history and up the ladder at once.

    Returns the steps taken. Without a row for it in the matrix the branch manager is told all the same. Asking again
    takes no step twice.
    """
    hold(item)
    at = now()
    append_event(actor=actor, item=item, kind=WorkEventKind.CUSTOMER_DEMANDED, at=at)
    record(actor=actor, action="work.demand_manager", record=item)
    steps = [Step(rule, rule.trigger) for rule in PromiseBook().rules_for(item, EscalationTrigger.DEMAND)]
    if steps:
        return _take_and_tell(item, steps, at, actor)
    person, _rung = told_for(BRANCH_MANAGER, item, at)
    notify(user=person, verb="item.demanded", item=item, cause=f"demanded:{item.pk}")
    return 0


def sweep_silence(at: datetime) -> int:
    """Take the steps for items without an update for the days a row names; again after each new silence (A52.11).

    Costs grow with what is silent, not with what is open: the index on the last update finds them, and what was told
    since then is left out. Returns the steps taken.
    """
    taken = 0
    for rule in EscalationRule.objects.filter(is_active=True, trigger=EscalationTrigger.SILENCE, threshold__gt=0):
        told_since = EscalationFiring.objects.filter(item=OuterRef("pk"), rule=rule, at__gt=OuterRef("last_update_at"))
        silent = WorkItem.objects.unfinished().filter(
            last_update_at__lte=at - timedelta(days=rule.threshold), planned_at__isnull=True
        )
        if rule.kind:
            silent = silent.filter(kind=rule.kind)
        if rule.priority:
            silent = silent.filter(priority=rule.priority)
        ids = silent.exclude(Exists(told_since)).order_by("last_update_at", "pk").values_list("pk", flat=True)
        for item_id in list(ids):
            taken += _break_silence(item_id, rule, at)
    return taken


@transaction.atomic
def _break_silence(item_id: int, rule: EscalationRule, at: datetime) -> int:
    item = WorkItem.objects.select_for_update(of=("self",)).select_related("branch", "team", "owner").get(pk=item_id)
    if item.state_flag == StateFlag.RESOLVED or item.last_update_at > at - timedelta(days=rule.threshold):
        return 0
    # Each silence is a story of its own: an update ends it, and the next may be told again.
    since = int(item.last_update_at.timestamp())
    return _take_and_tell(item, [Step(rule, f"{rule.trigger}:{rule.threshold}:{since}")], at, None)


def _take_and_tell(item: WorkItem, steps: list[Step], at: datetime, actor: Actor | None) -> int:
    told = Told()
    count = take_steps(item, steps, at=at, told=told, actor=actor)
    told.send(item)
    return count
