"""The escalation matrix at work: each step once, level by level, told to somebody who is there (A52.11, US-10)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Priority, StateFlag, WorkEventKind
from halkhata.engines.work.events import ItemEscalated
from halkhata.engines.work.models import EscalationFiring, EscalationRule, SlaClock, WorkItem
from halkhata.engines.work.selectors.ladder import BRANCH_MANAGER, told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.batch import Batch, history_row
from halkhata.engines.work.services.item_history import append_event, hold
from halkhata.engines.work.services.notifications import notice_for, notify
from halkhata.engines.work.services.ownership import assign_item, change_priority
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, entry_for, record
from halkhata.foundation.core.clock import now
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

    def send(self, item: WorkItem, batch: Batch) -> None:
        """Leave the notices."""
        for _rank, user, verb, data, cause in self.notices.values():
            notice = notice_for(user=user, verb=verb, item=item, data=data, cause=cause)
            if notice is not None:
                batch.notices.append(notice)


@dataclass(frozen=True)
class Step:
    """One step that is due: a row of the matrix, and what makes it unique on its item."""

    rule: EscalationRule
    name: str
    clock: SlaClock | None = None


def take_steps(
    item: WorkItem,
    steps: list[Step],
    *,
    taken_before: Collection[tuple[str, int]],
    at: datetime,
    told: Told,
    batch: Batch,
    book: PromiseBook,
    actor: Actor | None = None,
    note: str = "",
) -> int:
    """Take the due steps of a held item, lowest level first. Returns how many were taken just now.

    ``taken_before`` are names and levels of the steps this item has behind it, read while it was held; the unique key
    of the table stands behind that. Each step writes a line of history, an audit entry and an event; who is to be told
    is added to ``told``. Reassigning and raising the priority come last, by the highest step that asks for them; the
    batch is written before.
    """
    who = actor or SYSTEM
    done = set(taken_before)
    taken: list[tuple[Step, User]] = []
    for step in sorted(steps, key=lambda step: (step.rule.level, step.rule.threshold, step.name)):
        if (step.name, step.rule.level) in done:
            continue
        done.add((step.name, step.rule.level))
        person, rung = told_for(step.rule.level, item, at)
        taken.append((step, person))
        _note_step(item, step, person, rung, at=at, told=told, batch=batch, book=book, who=who, note=note)
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
        batch.change_item(item, new_version=True, escalation_level=level)
    if any(step.rule.reassign or step.rule.raise_priority for step, _person in taken):
        batch.write()  # what follows reads the item and its history from the database
        _act(item, taken, who)
    return len(taken)


def _note_step(
    item: WorkItem,
    step: Step,
    person: User,
    rung: int,
    *,
    at: datetime,
    told: Told,
    batch: Batch,
    book: PromiseBook,
    who: Actor,
    note: str,
) -> None:
    rule = step.rule
    metric = step.clock.metric if step.clock is not None else ""
    facts = {"level": rule.level, "trigger": rule.trigger, "threshold": rule.threshold, "metric": metric}
    seen = {**facts, "told": person.audit_label, **({"note": note} if note else {})}
    # Whoever takes the step for himself has seen it already.
    must_confirm = rule.notify and who.pk != person.pk
    batch.firings.append(
        EscalationFiring(
            item_id=item.pk,
            rule=rule if rule.pk else None,
            told=person,
            rung=rung,
            confirm_by=book.confirm_by(item, rung, at) if must_confirm else None,
            clock=step.clock,
            step=step.name,
            level=rule.level,
            at=at,
            told_label=person.audit_label[:150],
        )
    )
    # A row that only raises the priority tells nobody: the customer is not told that it went up.
    untold = {} if rule.notify or rule.reassign else {"untold": True}
    batch.history.append(
        history_row(actor=who, item=item, kind=WorkEventKind.ESCALATED, at=at, data={**seen, "rung": rung, **untold})
    )
    batch.audit.append(entry_for(actor=who, action="work.escalate", record=item, after=seen))
    batch.events.append(
        ItemEscalated(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            customer_id=item.customer_id,
            level=rule.level,
            trigger=rule.trigger,
            threshold=rule.threshold,
            metric=metric,
            told_id=person.pk,
            owner_id=item.owner_id,
            is_demo=item.is_demo,
        )
    )
    if rule.notify:
        told.add(
            person,
            rank=10 + rule.level,
            verb="item.escalated",
            data=facts,
            cause=f"escalated:{item.pk}:{rule.level}:{step.name}",
        )


def _act(item: WorkItem, taken: list[tuple[Step, User]], who: Actor) -> None:
    reason = str(_("Escalation"))
    receivers = [person for step, person in taken if step.rule.reassign]
    if receivers:
        assign_item(actor=who, item=item, owner=receivers[-1], reason=reason)
    if any(step.rule.raise_priority for step, _person in taken):
        change_priority(actor=who, item=item, priority=_MORE_URGENT[Priority(item.priority)], reason=reason)


def take_reopen_steps(item: WorkItem, *, at: datetime, actor: Actor | None = None) -> int:
    """After a reopen: the rows of the matrix whose number of reopens is reached. Runs with the item held."""
    book = PromiseBook()
    steps = [
        Step(rule, f"{rule.trigger}:{rule.threshold}")
        for rule in book.rules_for(item, EscalationTrigger.REOPENS)
        if 0 < rule.threshold <= item.reopen_count
    ]
    return take_and_tell(item, steps, at, actor, book)


@transaction.atomic
def demand_manager(*, actor: Actor | None, item: WorkItem) -> int:
    """The customer asks for somebody higher up: goes into the history and up the ladder at once.

    Returns the steps taken. Without a row for it in the matrix the branch manager is told all the same. Asking again
    takes no step twice.
    """
    hold(item)
    at = now()
    book = PromiseBook()
    steps = [Step(rule, rule.trigger) for rule in book.rules_for(item, EscalationTrigger.DEMAND)]
    # Without a row for it the manager is told all the same; what the customer reads of it is on which rung that was.
    told = None if steps else told_for(BRANCH_MANAGER, item, at)
    append_event(
        actor=actor, item=item, kind=WorkEventKind.CUSTOMER_DEMANDED, at=at, data={"rung": told[1]} if told else {}
    )
    record(actor=actor, action="work.demand_manager", record=item)
    if told is None:
        return take_and_tell(item, steps, at, actor, book)
    notify(user=told[0], verb="item.demanded", item=item, cause=f"demanded:{item.pk}")
    return 0


def sweep_silence(at: datetime) -> int:
    """Take the steps for items without an update for the days a row names; again after each new silence (A52.11).

    Costs grow with what is silent, not with what is open: the index on the last update finds them, and what was told
    since then is left out. Returns the steps taken.
    """
    taken = 0
    rules = EscalationRule.objects.filter(is_active=True, trigger=EscalationTrigger.SILENCE, threshold__gt=0)
    # The more specific row first: a step of the same silence is not taken twice.
    for rule in sorted(rules, key=lambda rule: (rule.level, -rule.specificity, rule.pk)):
        told_since = EscalationFiring.objects.filter(
            item=OuterRef("pk"), level=rule.level, step__startswith=_silence(rule), at__gt=OuterRef("last_update_at")
        )
        silent = WorkItem.objects.unfinished().filter(
            last_update_at__lte=at - timedelta(days=rule.threshold), planned_at__isnull=True
        )
        if rule.kind:
            silent = silent.filter(kind=rule.kind)
        if rule.priority:
            silent = silent.filter(priority=rule.priority)
        silent = silent.exclude(Exists(told_since)).order_by("last_update_at", "pk")
        asks_more = rule.segment or rule.category
        ids = _concerned(silent, rule) if asks_more else list(silent.values_list("pk", flat=True))
        for item_id in ids:
            taken += _break_silence(item_id, rule, at)
    return taken


def _silence(rule: EscalationRule) -> str:
    return f"{rule.trigger}:{rule.threshold}:"


def _concerned(items: QuerySet[WorkItem], rule: EscalationRule) -> list[int]:
    """Those of the items for which this row is the first for its step: a few statements for all.

    The customer's segments are those of the day when the promise was made; the category is the one of now.
    """
    found = list(items.select_related("branch"))
    book = PromiseBook()
    book.learn(found)
    return [item.pk for item in found if _is_first(rule, book.rules_for(item, EscalationTrigger.SILENCE))]


def _is_first(rule: EscalationRule, rows: list[EscalationRule]) -> bool:
    alike = (row.pk for row in rows if (row.level, row.threshold) == (rule.level, rule.threshold))
    return next(alike, None) == rule.pk


@transaction.atomic
def _break_silence(item_id: int, rule: EscalationRule, at: datetime) -> int:
    item = WorkItem.objects.select_for_update(of=("self",)).select_related("branch", "team", "owner").get(pk=item_id)
    if item.state_flag == StateFlag.RESOLVED or item.last_update_at > at - timedelta(days=rule.threshold):
        return 0
    # Each silence is a story of its own: an update ends it, and the next may be told again.
    since = int(item.last_update_at.timestamp())
    return take_and_tell(item, [Step(rule, f"{_silence(rule)}{since}")], at, None, PromiseBook())


def take_and_tell(
    item: WorkItem, steps: list[Step], at: datetime, actor: Actor | None, book: PromiseBook, note: str = ""
) -> int:
    """Take steps of one held item and leave the notices; those it has behind it are left out. Returns how many."""
    if not steps:
        return 0
    before = EscalationFiring.objects.filter(item_id=item.pk).values_list("step", "level")
    told, batch = Told(), Batch()
    count = take_steps(
        item, steps, taken_before=set(before), at=at, told=told, batch=batch, book=book, actor=actor, note=note
    )
    told.send(item, batch)
    batch.write()
    return count
