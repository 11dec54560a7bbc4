"""Promises over time: which one applies, the clocks, and the sweep that warns, breaks and escalates (A51, A52.11)."""

import logging
from datetime import datetime

from django.db import transaction

from halkhata.engines.work.choices import ClockState, StateFlag, WorkEventKind
from halkhata.engines.work.events import PromiseWarned
from halkhata.engines.work.models import SlaClock, SlaPolicy, SlaWarning, WorkItem
from halkhata.engines.work.selectors.ladder import AGENT, TEAM_LEAD, person_at, remembered, told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook, Terms
from halkhata.engines.work.services.clocks import (
    BROKEN,
    Handled,
    Reckoned,
    clock_rules,
    open_shares,
    reckon,
    recompute,
    set_next_checks,
    step_name,
)
from halkhata.engines.work.services.escalation import Step, Told, take_steps
from halkhata.engines.work.services.item_history import append_event, lock_item
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.outbox import publish

logger = logging.getLogger(__name__)

__all__ = ["choose_policy", "recompute", "recompute_unfinished", "sweep_due"]


def choose_policy(item: WorkItem) -> SlaPolicy:
    """The first policy in order whose conditions the item meets; the default is last (A51.1). Raises NotFound."""
    return PromiseBook().policy_for(item)


def sweep_due(at: datetime) -> int:
    """Deal with every clock whose next check has come: warnings, breaches, escalation steps. Returns clocks touched.

    Only those clocks are looked at, through their index. Each item has a transaction of its own, so one that fails
    holds up no other. After a downtime only the highest warning passed is told, steps go level by level, and nobody
    gets more than one notice for an item.
    """
    ids = list(
        dict.fromkeys(
            SlaClock.objects.filter(next_check_at__lte=at)
            .order_by("next_check_at", "pk")
            .values_list("item_id", flat=True)
        )
    )
    book = PromiseBook()
    touched = 0
    with remembered():
        for item_id in ids:
            try:
                touched += _sweep_item(item_id, at, book)
            except Exception:  # the others' promises do not wait for this one
                logger.exception("sweep: item %s failed", item_id)
    return touched


@transaction.atomic
def _sweep_item(item_id: int, at: datetime, book: PromiseBook) -> int:
    try:
        item = lock_item(item_id)
    except NotFound:
        return 0
    due = set(item.clocks.filter(next_check_at__lte=at).values_list("pk", flat=True))
    if not due:
        return 0  # another sweep was quicker
    handled = Handled.of(item)
    clocks = reckon(item, at=at, book=book, handled=handled)
    terms = book.terms_for(item)
    told = Told()
    steps: list[Step] = []
    for clock in clocks:
        if clock.row.pk in due and clock.is_live:
            passed = _passed_shares(item, clock, terms, book, handled, at)
            _warn(item, clock, passed, terms, handled, told, at)
            steps += _due_steps(item, clock, passed, book, handled)
    handled.steps.update((step.name, step.rule.level) for step in steps)
    set_next_checks(item, clocks, terms=terms, book=book, handled=handled)
    take_steps(item, steps, at=at, told=told)
    told.send(item)
    return len(due)


def _passed_shares(
    item: WorkItem, clock: Reckoned, terms: Terms, book: PromiseBook, handled: Handled, at: datetime
) -> set[int]:
    passed: set[int] = set()
    for share in sorted(open_shares(item, clock.row, terms, book, handled)):
        reached = clock.instant_at(share)
        if reached is None or reached > at:
            break
        passed.add(share)
    return passed


def _warn(
    item: WorkItem, clock: Reckoned, passed: set[int], terms: Terms, handled: Handled, told: Told, at: datetime
) -> None:
    """Record every threshold passed, tell the highest (A51.8); the breach itself is the last of them."""
    thresholds = {int(share) for share in terms.policy.warn_at if 0 < int(share) < BROKEN} | {BROKEN}
    warned = handled.warned.setdefault(clock.row.pk, set())
    new = sorted((passed & thresholds) - warned)
    if not new:
        return
    SlaWarning.objects.bulk_create(
        [SlaWarning(clock=clock.row, share=share, at=at) for share in new], ignore_conflicts=True
    )
    warned.update(new)
    highest, row = new[-1], clock.row
    assert row.due_at is not None
    broken = highest == BROKEN
    if not broken:
        publish(
            PromiseWarned(
                item_id=item.pk,
                number=item.number,
                kind=item.kind,
                metric=row.metric,
                cycle=row.cycle,
                share=highest,
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
                data={"metric": row.metric, "share": highest, "due_at": row.due_at.isoformat()},
                cause=f"promise:{row.pk}:{highest}",
            )


def _due_steps(item: WorkItem, clock: Reckoned, passed: set[int], book: PromiseBook, handled: Handled) -> list[Step]:
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
    book = PromiseBook()
    moved = 0
    for item_id in list(WorkItem.objects.unfinished().order_by("pk").values_list("pk", flat=True)):
        try:
            moved += _recompute_one(item_id, reason, book)
        except Exception:  # as in the sweep
            logger.exception("recompute: item %s failed", item_id)
    return moved


@transaction.atomic
def _recompute_one(item_id: int, reason: str, book: PromiseBook) -> int:
    try:
        item = lock_item(item_id)
    except NotFound:
        return 0
    if item.state_flag == StateFlag.RESOLVED:
        return 0
    live = [ClockState.RUNNING, ClockState.PAUSED]
    before = dict(item.clocks.filter(state__in=live).values_list("pk", "due_at"))
    at = now()
    clocks = reckon(item, at=at, book=book)
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
        append_event(
            actor=SYSTEM, item=item, kind=WorkEventKind.POLICY_CHANGED, at=at, data={"reason": reason, "due": changes}
        )
    return bool(changes)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
