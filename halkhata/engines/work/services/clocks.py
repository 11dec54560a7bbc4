"""The promise clocks of an item, recomputed from its history and written down (A51.5).

What is stored is the answer of the pure engine, never a counter. Three things are kept although a fresh run might say
otherwise: a promise once broken stays broken under the policy of that day; a clock that stopped keeps the due time
it was judged by; a finished item is left alone when calendars or policies change (S6).
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from halkhata.engines.work.choices import ClockState, EscalationTrigger, Metric, StateFlag, WorkEventKind
from halkhata.engines.work.events import PromiseBroken
from halkhata.engines.work.models import EscalationFiring, EscalationRule, SlaClock, SlaWarning, WorkEvent, WorkItem
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import instant_at_share
from halkhata.engines.work.promise.history import PlannedClock
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.history import METRIC_OF, plan_for
from halkhata.engines.work.selectors.promise_book import PromiseBook, Terms
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish

logger = logging.getLogger(__name__)

BROKEN = 100
"""The share at which a promise is broken; kept among the warnings so that it, too, is told once."""
_AN_INSTANT = timedelta(microseconds=1)


@dataclass
class Handled:
    """Which thresholds of an item were dealt with: warnings by clock, and steps of the matrix."""

    warned: dict[int, set[int]] = field(default_factory=dict)
    steps: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, item: WorkItem) -> "Handled":
        """Read them: two queries."""
        known = cls()
        for clock_id, share in SlaWarning.objects.filter(clock__item_id=item.pk).values_list("clock_id", "share"):
            known.warned.setdefault(clock_id, set()).add(share)
        known.steps.update(EscalationFiring.objects.filter(item_id=item.pk).values_list("step", "level"))
        return known


@dataclass
class Reckoned:
    """A clock as stored, beside what the history says of it."""

    row: SlaClock
    planned: PlannedClock
    calendar: WorkingCalendar

    @property
    def is_live(self) -> bool:
        """Still waiting for us: not answered, not paused."""
        return self.planned.stop is None and not self.planned.is_paused() and self.row.state != ClockState.CANCELLED

    def instant_at(self, share: int) -> datetime | None:
        """When this share (per cent) of the promised time is used up; one instant later at the breach itself."""
        if share == BROKEN and self.row.due_at is not None:
            return self.row.due_at + _AN_INSTANT
        reached = instant_at_share(
            self.row.started_at,
            timedelta(minutes=self.row.target_minutes),
            share / 100,
            self.calendar,
            self.planned.pauses,
        )
        return reached + _AN_INSTANT if reached is not None and share == BROKEN else reached


def step_name(rule: EscalationRule, clock: SlaClock) -> str:
    """What makes a clock's step of the matrix unique on its item."""
    threshold = rule.threshold if rule.trigger == EscalationTrigger.SHARE else 0
    return f"{rule.trigger}:{clock.metric}:{clock.cycle}:{threshold}"


def clock_rules(item: WorkItem, clock: SlaClock, book: PromiseBook) -> Iterator[tuple[EscalationRule, int]]:
    """The rows of the matrix that this clock may fire, with the share at which each does."""
    for rule in book.rules_for(item, EscalationTrigger.SHARE, EscalationTrigger.BREACH, metric=clock.metric):
        yield rule, rule.threshold if rule.trigger == EscalationTrigger.SHARE else BROKEN


def open_shares(item: WorkItem, clock: SlaClock, terms: Terms, book: PromiseBook, handled: Handled) -> set[int]:
    """The thresholds of a clock, in per cent, at which something is still to be told or done."""
    warned = handled.warned.get(clock.pk, set())
    shares = {int(share) for share in terms.policy.warn_at if 0 < int(share) < BROKEN} | {BROKEN}
    shares -= warned
    shares |= {
        share
        for rule, share in clock_rules(item, clock, book)
        if (step_name(rule, clock), rule.level) not in handled.steps
    }
    return shares


def reckon(
    item: WorkItem,
    *,
    at: datetime,
    book: PromiseBook,
    fresh: bool = False,
    handled: Handled | None = None,
) -> list[Reckoned]:
    """Bring the stored clocks of an item in line with its history, and the item's own due time with them.

    Runs inside the transaction of the act, with the item locked. ``fresh`` judges stopped clocks anew too: for
    history that was entered late. Returns the clocks beside what the history says.
    """
    kind = item_kinds.find(item.kind)
    if kind is not None and kind.is_planned:
        _derive_planned(item)
        return []
    terms = book.terms_for(item)
    plan = plan_for(item, terms)
    rows = {(row.metric, row.cycle): row for row in item.clocks.select_related("policy")}
    if handled is None:
        handled = Handled.of(item) if rows else Handled()
    found: list[Reckoned] = []
    for metric, cycle, planned in _numbered(plan.clocks()):
        if planned.target is None and (metric, cycle) not in rows:
            continue
        row = rows.pop((metric, cycle), None) or SlaClock(item_id=item.pk, metric=metric, cycle=cycle)
        before = _values(row)
        newly_broken = _settle(item, row, planned, terms, at, fresh)
        clock = Reckoned(row, planned, terms.calendar)
        if row.pk is None:
            row.save(force_insert=True)
            before = _values(row)
        row.next_check_at = _next_check(item, clock, terms, book, handled)
        if _values(row) != before:
            row.save()
        if newly_broken:
            _publish_broken(item, row)
        found.append(clock)
    for row in rows.values():
        _drop(row)
    item_row = [clock for clock in found if clock.row.state != ClockState.CANCELLED]
    _derive(item, item_row, plan.first_response.stop, any(row.breached_at for row in rows.values()))
    return found


def recompute(item: WorkItem, *, at: datetime | None = None, fresh: bool = False) -> list[SlaClock]:
    """Recompute the clocks of one item from its history; see ``reckon``."""
    return [clock.row for clock in reckon(item, at=at or now(), book=PromiseBook(), fresh=fresh)]


def _numbered(clocks: Iterable[PlannedClock]) -> Iterator[tuple[str, int, PlannedClock]]:
    counts: dict[str, int] = {}
    for planned in clocks:
        metric = METRIC_OF[planned.kind]
        counts[metric] = counts.get(metric, 0) + 1
        yield metric, counts[metric], planned


def _settle(item: WorkItem, row: SlaClock, planned: PlannedClock, terms: Terms, at: datetime, fresh: bool) -> bool:
    """Write into ``row`` what the plan says. Returns whether the promise turns out broken just now."""
    judged = row.stopped_at is not None and row.stopped_at == planned.stop and row.started_at == planned.start
    if judged and not fresh and row.state != ClockState.CANCELLED:
        return False
    row.started_at, row.stopped_at = planned.start, planned.stop
    if row.breached_at is not None:
        row.state = ClockState.BREACHED
        return False
    if planned.target is None:
        row.state, row.due_at = ClockState.CANCELLED, None
        return False
    if (
        row.pk
        and row.stopped_at is None
        and (row.policy_id, row.policy_version) != (terms.policy.pk, terms.policy.version)
    ):
        _note_new_policy(item, row, terms, at)
    row.policy, row.policy_version = terms.policy, terms.policy.version
    row.target_minutes = int(planned.target.total_seconds() // 60)
    row.due_at = _due(planned, terms, item)
    if row.due_at is not None and (planned.stop or at) > row.due_at:
        row.state, row.breached_at = ClockState.BREACHED, row.due_at
        row.breached_policy_version = terms.policy.version
        return True
    if planned.stop is not None:
        row.state = ClockState.MET
    elif planned.is_paused() or row.due_at is None:
        row.state = ClockState.PAUSED
    else:
        row.state = ClockState.RUNNING
    return False


def _due(planned: PlannedClock, terms: Terms, item: WorkItem) -> datetime | None:
    try:
        return planned.due_at(terms.calendar)
    except CalendarError:
        # A calendar that never opens must not keep a complaint from being taken down: clock hours are stricter.
        logger.exception("item %s: the calendar of policy %s gives no due time", item.number, terms.policy.pk)
        return planned.due_at(WorkingCalendar.always_open(terms.calendar.zone))


def _next_check(item: WorkItem, clock: Reckoned, terms: Terms, book: PromiseBook, handled: Handled) -> datetime | None:
    if not clock.is_live:
        return None
    shares = open_shares(item, clock.row, terms, book, handled)
    if not shares:
        return None
    try:
        # A later share is never reached earlier, so the smallest one open is the next.
        return clock.instant_at(min(shares))
    except CalendarError:
        return clock.instant_at(BROKEN)


def set_next_checks(
    item: WorkItem, clocks: Iterable[Reckoned], *, terms: Terms, book: PromiseBook, handled: Handled
) -> None:
    """Write when each clock must be looked at again, after thresholds were dealt with."""
    for clock in clocks:
        upcoming = _next_check(item, clock, terms, book, handled)
        if upcoming != clock.row.next_check_at:
            clock.row.next_check_at = upcoming
            clock.row.save(update_fields=["next_check_at"])


def _drop(row: SlaClock) -> None:
    """A clock the history no longer knows (a reply was entered late). A recorded breach stays."""
    row.next_check_at = None
    if row.breached_at is None:
        row.state, row.due_at = ClockState.CANCELLED, None
    elif row.stopped_at is None:
        row.stopped_at = row.breached_at
    row.save()


def _derive(item: WorkItem, clocks: list[Reckoned], first_response_at: datetime | None, dropped_breach: bool) -> None:
    live = [clock.row for clock in clocks if clock.is_live and clock.row.due_at is not None]
    earliest = min(live, key=lambda row: (row.due_at, row.metric), default=None)
    changes: dict[str, Any] = {
        "first_response_at": first_response_at,
        "next_due_at": None if earliest is None else earliest.due_at,
        "next_due_metric": "" if earliest is None else earliest.metric,
        "is_breached": dropped_breach or any(clock.row.breached_at for clock in clocks),
    }
    _write(item, changes)


def _derive_planned(item: WorkItem) -> None:
    finished = item.state_flag == StateFlag.RESOLVED
    _write(
        item,
        {
            "next_due_at": None if finished else item.planned_at,
            "next_due_metric": "" if finished or item.planned_at is None else Metric.RESOLUTION,
        },
    )


def _write(item: WorkItem, changes: dict[str, Any]) -> None:
    changed = {name: value for name, value in changes.items() if getattr(item, name) != value}
    if changed:
        # Not a new version: nobody edited anything.
        WorkItem.objects.filter(pk=item.pk).update(**changed)
        for name, value in changed.items():
            setattr(item, name, value)


def _values(row: SlaClock) -> tuple[Any, ...]:
    return tuple(getattr(row, f.attname) for f in SlaClock._meta.concrete_fields)


def _note_new_policy(item: WorkItem, row: SlaClock, terms: Terms, at: datetime) -> None:
    WorkEvent.objects.create(
        item_id=item.pk,
        at=at,
        kind=WorkEventKind.POLICY_CHANGED,
        actor_label=SYSTEM.audit_label,
        data={
            "metric": row.metric,
            "cycle": row.cycle,
            "from": {"policy": row.policy_id, "version": row.policy_version, "minutes": row.target_minutes},
            "to": {"policy": terms.policy.pk, "version": terms.policy.version, "name": str(terms.policy)},
        },
    )


def _publish_broken(item: WorkItem, row: SlaClock) -> None:
    assert row.breached_at is not None
    publish(
        PromiseBroken(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            metric=row.metric,
            cycle=row.cycle,
            due_at=row.breached_at,
            owner_id=item.owner_id,
            team_id=item.team_id,
            branch_id=item.branch_id,
            policy_id=row.policy_id,
            policy_version=row.policy_version,
            answered=row.stopped_at is not None,
            is_demo=item.is_demo,
        )
    )
