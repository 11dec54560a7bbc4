"""Promises over time: which one applies, the clocks, and the sweep that warns, breaks and escalates (A51, A52.11)."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from halkhata.engines.work.choices import ClockState, StateFlag, WorkEventKind
from halkhata.engines.work.events import PromiseWarned
from halkhata.engines.work.models import SlaClock, SlaPolicy, SlaWarning, WorkItem
from halkhata.engines.work.selectors.ladder import AGENT, TEAM_LEAD, person_at, remembered, told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook, Terms
from halkhata.engines.work.services.batch import Batch, history_row
from halkhata.engines.work.services.clocks import (
    Facts,
    Handled,
    Reckoned,
    clock_rules,
    open_thresholds,
    reckon,
    recompute,
    set_next_checks,
    step_name,
)
from halkhata.engines.work.services.escalation import Step, Told, take_steps
from halkhata.engines.work.services.item_history import lock_items
from halkhata.engines.work.services.thresholds import BROKEN, Left, Threshold, in_order, used_share, warnings_of
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

logger = logging.getLogger(__name__)

TOGETHER = 50
"""Items to a transaction: enough to share the queries, few enough that nobody waits long for their rows."""

__all__ = ["choose_policy", "recompute", "recompute_unfinished", "sweep_due"]


def choose_policy(item: WorkItem) -> SlaPolicy:
    """The first policy in order whose conditions the item meets; the default is last (A51.1). Raises NotFound."""
    return PromiseBook().policy_for(item)


def sweep_due(at: datetime) -> int:
    """Deal with every clock whose next check has come: warnings, breaches, escalation steps. Returns clocks touched.

    Only those clocks are looked at, through their index. Items are dealt with a few dozen to a transaction; when one
    of them fails, each of its neighbours gets a transaction of its own, so that it holds up no other. After a downtime
    only the highest warning passed is told, steps go level by level, and nobody gets more than one notice for an item.
    """
    ids = list(
        dict.fromkeys(
            SlaClock.objects.filter(next_check_at__lte=at)
            .order_by("next_check_at", "pk")
            .values_list("item_id", flat=True)
        )
    )
    with remembered():
        return _in_parts(ids, lambda part: _sweep_items(part, at), "sweep")


def _in_parts(ids: Sequence[int], deal_with: Callable[[Sequence[int]], int], what: str) -> int:
    """Run ``deal_with`` on a few dozen items at a time and add up its answers; a part that fails goes one by one."""
    total = 0
    for start in range(0, len(ids), TOGETHER):
        part = ids[start : start + TOGETHER]
        try:
            total += deal_with(part)
        except Exception:
            if len(part) > 1:
                logger.warning("%s: one of %s items failed; each on its own now", what, len(part), exc_info=True)
            for item_id in part:
                try:
                    total += deal_with([item_id])
                except Exception:  # the others' promises do not wait for this one
                    logger.exception("%s: item %s failed", what, item_id)
    return total


@transaction.atomic
def _sweep_items(ids: Sequence[int], at: datetime) -> int:
    items = lock_items(ids)
    known = Facts.of_many(items)
    # A book for each part, opened when the items are held: an edit in the middle of a long sweep holds from there on.
    book, batch = PromiseBook(), Batch()
    book.learn(items.values())
    touched = 0
    for item_id in ids:
        if item_id in items:
            touched += _sweep_item(items[item_id], known[item_id], at, book, batch)
    batch.write()
    return touched


def _sweep_item(item: WorkItem, facts: Facts, at: datetime, book: PromiseBook, batch: Batch) -> int:
    due = {row.pk for row in facts.clocks if row.next_check_at is not None and row.next_check_at <= at}
    if not due:
        return 0  # another sweep was quicker
    clocks = reckon(item, at=at, book=book, facts=facts, batch=batch)
    handled = facts.handled_of(item)
    taken_before = set(handled.steps)
    terms = book.terms_for(item)
    told = Told()
    steps: list[Step] = []
    for clock in clocks:
        if clock.row.pk in due and clock.is_live:
            passed = _passed(item, clock, terms, book, handled, at)
            _warn(item, clock, passed, terms, handled, told, at, batch)
            steps += _due_steps(item, clock, passed, book, handled)
    handled.steps.update((step.name, step.rule.level) for step in steps)
    set_next_checks(item, clocks, terms=terms, book=book, facts=facts)
    take_steps(item, steps, taken_before=taken_before, at=at, told=told, batch=batch, book=book)
    told.send(item, batch)
    return len(due)


def _passed(
    item: WorkItem, clock: Reckoned, terms: Terms, book: PromiseBook, handled: Handled, at: datetime
) -> set[Threshold]:
    passed: set[Threshold] = set()
    for threshold in open_thresholds(item, clock.row, terms, book, handled):
        reached = clock.instant_at(threshold)
        if reached is None or reached > at:
            break
        passed.add(threshold)
    return passed


def _warn(
    item: WorkItem,
    clock: Reckoned,
    passed: set[Threshold],
    terms: Terms,
    handled: Handled,
    told: Told,
    at: datetime,
    batch: Batch,
) -> None:
    """Record every threshold passed, tell the highest (A51.8); the breach itself is the last of them."""
    row = clock.row
    warned = handled.warned.setdefault(row.pk, set())
    new = in_order((passed & warnings_of(terms.policy, row.target_minutes)) - warned, row.target_minutes)
    if not new:
        return
    batch.warnings += [_warning(row, threshold, at) for threshold in new]
    warned.update(new)
    highest = new[-1]
    assert row.due_at is not None
    broken = highest == BROKEN
    share = int(used_share(highest, row.target_minutes) * 100)
    left = highest.minutes if isinstance(highest, Left) else 0
    if not broken:
        batch.events.append(
            PromiseWarned(
                item_id=item.pk,
                number=item.number,
                kind=item.kind,
                metric=row.metric,
                cycle=row.cycle,
                share=share,
                minutes_left=left,
                due_at=row.due_at,
                owner_id=item.owner_id,
                is_demo=item.is_demo,
            )
        )
    lead = person_at(TEAM_LEAD, team=item.team, branch=item.branch, at=at)
    for person in (told_for(AGENT, item, at)[0], lead):
        if person is not None:
            told.add(
                person,
                rank=2 if broken else 1,
                verb="promise.broken" if broken else "promise.warned",
                data={
                    "metric": row.metric,
                    "share": share,
                    "due_at": row.due_at.isoformat(),
                    **({"minutes_left": left} if left else {}),
                },
                cause=f"promise:{row.pk}:left:{left}" if left else f"promise:{row.pk}:{highest}",
            )


def _warning(row: SlaClock, threshold: Threshold, at: datetime) -> SlaWarning:
    if isinstance(threshold, Left):
        return SlaWarning(clock=row, minutes_left=threshold.minutes, at=at)
    return SlaWarning(clock=row, share=threshold, at=at)


def _due_steps(
    item: WorkItem, clock: Reckoned, passed: set[Threshold], book: PromiseBook, handled: Handled
) -> list[Step]:
    return [
        Step(rule, step_name(rule, clock.row), clock.row)
        for rule, share in clock_rules(item, clock.row, book)
        if share in passed and (step_name(rule, clock.row), rule.level) not in handled.steps
    ]


def recompute_unfinished(*, reason: str) -> int:
    """After a calendar, policy or matrix was edited: bring the clocks of unfinished items in line with it.

    Finished items are left as they were (S6). A due time that moved is noted in the item's history with ``reason``
    (S2). Returns how many items had a due time moved.
    """
    ids = list(WorkItem.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    return _in_parts(ids, lambda part: _recompute_items(part, reason), "recompute")


@transaction.atomic
def _recompute_items(ids: Sequence[int], reason: str) -> int:
    items = lock_items(ids)
    known = Facts.of_many(items)
    book, batch = PromiseBook(), Batch()
    book.learn(items.values())
    moved = 0
    for item_id in ids:
        if item_id in items and items[item_id].state_flag != StateFlag.RESOLVED:
            moved += _recompute_item(items[item_id], known[item_id], reason, book, batch)
    batch.write()
    return moved


def _recompute_item(item: WorkItem, facts: Facts, reason: str, book: PromiseBook, batch: Batch) -> bool:
    live = {ClockState.RUNNING, ClockState.PAUSED}
    before = {row.pk: row.due_at for row in facts.clocks if row.state in live}
    at = now()
    clocks = reckon(item, at=at, book=book, facts=facts, batch=batch)
    changes = [
        {
            "metric": clock.row.metric,
            "cycle": clock.row.cycle,
            "from": _iso(before[clock.row.pk]),
            "to": _iso(clock.row.due_at),
        }
        for clock in clocks
        if clock.row.pk in before and before[clock.row.pk] != clock.row.due_at
    ]
    if changes:
        batch.history.append(
            history_row(
                actor=SYSTEM,
                item=item,
                kind=WorkEventKind.POLICY_CHANGED,
                at=at,
                data={"reason": reason, "due": changes},
            )
        )
    return bool(changes)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
