"""The promise clocks of an item, recomputed from its history and written down (A51.5).

What is stored is the answer of the pure engine, never a counter. Three things are kept although a fresh run might say
otherwise: a promise once broken stays broken under the policy of that day; a clock that stopped keeps the due time
it was judged by; a finished item is left alone when calendars or policies change (S6).
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from halkhata.engines.work.choices import ClockState, EscalationTrigger, Metric, StateFlag, WorkEventKind
from halkhata.engines.work.events import PromiseBroken
from halkhata.engines.work.models import EscalationFiring, EscalationRule, SlaClock, SlaWarning, WorkEvent, WorkItem
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import instant_at_share
from halkhata.engines.work.promise.history import PlannedClock
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.history import METRIC_OF, plan_for
from halkhata.engines.work.selectors.merged import family
from halkhata.engines.work.selectors.promise_book import PromiseBook, Terms
from halkhata.engines.work.services.batch import Batch, history_row
from halkhata.engines.work.services.thresholds import BROKEN, Left, Threshold, in_order, used_share, warnings_of
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

logger = logging.getLogger(__name__)

_AN_INSTANT = timedelta(microseconds=1)


@dataclass
class Handled:
    """Which thresholds of an item were dealt with: warnings by clock, and steps of the matrix."""

    warned: dict[int, set[Threshold]] = field(default_factory=dict)
    steps: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, item: WorkItem) -> "Handled":
        """Read them: two queries."""
        return cls.of_many([item.pk])[item.pk]

    @classmethod
    def of_many(cls, ids: Collection[int]) -> dict[int, "Handled"]:
        """Those of several items, by id: two queries, however many."""
        known = {item_id: cls() for item_id in ids}
        warned = SlaWarning.objects.filter(clock__item_id__in=ids)
        for item_id, clock_id, share, left in warned.values_list("clock__item_id", "clock_id", "share", "minutes_left"):
            threshold = share if left is None else Left(left)
            if threshold is not None:  # the table has a check: one of the two is there
                known[item_id].warned.setdefault(clock_id, set()).add(threshold)
        for item_id, step, level in EscalationFiring.objects.filter(item_id__in=ids).values_list(
            "item_id", "step", "level"
        ):
            known[item_id].steps.add((step, level))
        return known


@dataclass
class Facts:
    """The stored rows of an item that its promises are reckoned from. ``handled`` None: read when it is asked for."""

    history: Sequence[WorkEvent]
    clocks: Sequence[SlaClock]
    handled: Handled | None = None

    @classmethod
    def of(cls, item: WorkItem) -> "Facts":
        """Read them: two queries, and those of what was handled when something is still to be told."""
        history = WorkEvent.objects.filter(item__in=family(item.pk)).order_by("at", "id")
        return cls(list(history), list(item.clocks.all()))

    @classmethod
    def of_many(cls, ids: Collection[int]) -> dict[int, "Facts"]:
        """Those of several items, by id: five queries, however many."""
        history: dict[int, list[WorkEvent]] = {item_id: [] for item_id in ids}
        clocks: dict[int, list[SlaClock]] = {item_id: [] for item_id in ids}
        leads_to = dict(WorkItem.objects.filter(merged_into_id__in=ids).values_list("pk", "merged_into_id"))
        for event in WorkEvent.objects.filter(item_id__in=[*ids, *leads_to]).order_by("at", "id"):
            for item_id in {event.item_id, leads_to.get(event.item_id) or event.item_id}:
                if item_id in history:
                    history[item_id].append(event)
        for clock in SlaClock.objects.filter(item_id__in=ids):
            clocks[clock.item_id].append(clock)
        handled = Handled.of_many(ids)
        return {item_id: cls(history[item_id], clocks[item_id], handled[item_id]) for item_id in ids}

    def handled_of(self, item: WorkItem) -> Handled:
        """What was dealt with already; nothing for an item that has no clock yet."""
        if self.handled is None:
            self.handled = Handled.of(item) if self.clocks else Handled()
        return self.handled


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

    def instant_at(self, threshold: Threshold) -> datetime | None:
        """When this threshold of the promised time is reached; one instant later at the breach itself."""
        if threshold == BROKEN and self.row.due_at is not None:
            return self.row.due_at + _AN_INSTANT
        reached = instant_at_share(
            self.row.started_at,
            timedelta(minutes=self.row.target_minutes),
            used_share(threshold, self.row.target_minutes),
            self.calendar,
            self.planned.pauses,
        )
        return reached + _AN_INSTANT if reached is not None and threshold == BROKEN else reached


def step_name(rule: EscalationRule, clock: SlaClock) -> str:
    """What makes a clock's step of the matrix unique on its item."""
    threshold = rule.threshold if rule.trigger == EscalationTrigger.SHARE else 0
    return f"{rule.trigger}:{clock.metric}:{clock.cycle}:{threshold}"


def clock_rules(item: WorkItem, clock: SlaClock, book: PromiseBook) -> Iterator[tuple[EscalationRule, int]]:
    """The rows of the matrix that this clock may fire, with the share at which each does."""
    for rule in book.rules_for(item, EscalationTrigger.SHARE, EscalationTrigger.BREACH, metric=clock.metric):
        yield rule, rule.threshold if rule.trigger == EscalationTrigger.SHARE else BROKEN


def open_thresholds(
    item: WorkItem, clock: SlaClock, terms: Terms, book: PromiseBook, handled: Handled
) -> list[Threshold]:
    """The thresholds of a clock at which something is still to be told or done, as they come."""
    found = warnings_of(terms.policy, clock.target_minutes) - handled.warned.get(clock.pk, set())
    found |= {
        share
        for rule, share in clock_rules(item, clock, book)
        if (step_name(rule, clock), rule.level) not in handled.steps
    }
    return in_order(found, clock.target_minutes)


def reckon(
    item: WorkItem,
    *,
    at: datetime,
    book: PromiseBook,
    fresh: bool = False,
    facts: Facts | None = None,
    batch: Batch | None = None,
    ending: bool = False,
) -> list[Reckoned]:
    """Bring the stored clocks of an item in line with its history, and the item's own due time with them.

    Runs inside the transaction of the act, with the item locked. ``fresh`` judges stopped clocks anew too: for
    history that was entered late. ``facts`` are the item's rows when the caller has them in hand. With a ``batch``
    what changes is written when the caller writes that, else at once. ``ending``: the act itself ends the item, so
    the reasons of delay still owed are counted once more. Returns the clocks beside what the history says.
    """
    writes = batch if batch is not None else Batch()
    found = _reckon(item, at, book, fresh, facts, writes, ending)
    if batch is None:
        writes.write()
    return found


def _reckon(
    item: WorkItem, at: datetime, book: PromiseBook, fresh: bool, facts: Facts | None, batch: Batch, ending: bool
) -> list[Reckoned]:
    kind = item_kinds.find(item.kind)
    if kind is not None and kind.is_planned:
        _derive_planned(item, batch)
        return []
    if item.merged_into_id is not None:
        return []  # its promises are the survivor's now
    terms = book.terms_for(item)
    known = facts if facts is not None else Facts.of(item)
    # What the promise was chosen by is kept with it: it does not change with the customer's segments.
    facts_then = book.facts_of(item)
    if facts_then:
        batch.change_item(item, promise_facts=dict(facts_then))
    plan = plan_for(item, terms, known.history)
    rows = {(row.metric, row.cycle): row for row in known.clocks}
    found: list[Reckoned] = []
    for metric, cycle, planned in _numbered(plan.clocks()):
        if planned.target is None and (metric, cycle) not in rows:
            continue
        row = rows.pop((metric, cycle), None) or SlaClock(item_id=item.pk, metric=metric, cycle=cycle)
        batch.watch_clock(row)
        planned, calendar = _under_ceiling(planned, terms)
        newly_broken = _settle(item, row, planned, terms, calendar, at, fresh, batch)
        clock = Reckoned(row, planned, calendar)
        row.next_check_at = _next_check(item, clock, terms, book, known)
        if newly_broken:
            batch.events.append(_broken(item, row))
        found.append(clock)
    for row in rows.values():
        batch.watch_clock(row)
        _drop(row)
    item_row = [clock for clock in found if clock.row.state != ClockState.CANCELLED]
    _derive(item, item_row, plan.first_response.stop, any(row.breached_at for row in rows.values()), batch)
    if ending or item.state_flag != StateFlag.RESOLVED:
        # A promise that breaks after the end is asked about when the item is closed or opened again.
        owed = unexplained([*(clock.row for clock in found), *rows.values()]) if asks_for_reasons(item) else 0
        batch.change_item(item, unexplained_delays=owed)
    return found


def recompute(
    item: WorkItem, *, at: datetime | None = None, fresh: bool = False, facts: Facts | None = None
) -> list[SlaClock]:
    """Recompute the clocks of one item from its history; see ``reckon``."""
    return [clock.row for clock in reckon(item, at=at or now(), book=PromiseBook(), fresh=fresh, facts=facts)]


def _numbered(clocks: Iterable[PlannedClock]) -> Iterator[tuple[str, int, PlannedClock]]:
    counts: dict[str, int] = {}
    for planned in clocks:
        metric = METRIC_OF[planned.kind]
        counts[metric] = counts.get(metric, 0) + 1
        yield metric, counts[metric], planned


def _under_ceiling(planned: PlannedClock, terms: Terms) -> tuple[PlannedClock, WorkingCalendar]:
    """The clock with the time that is in force for it, and the hours in which that is counted (A52.16)."""
    if planned.target is None:
        return planned, terms.calendar
    target, calendar = terms.in_force(planned.kind, planned.start, planned.target)
    return (planned if target == planned.target else replace(planned, target=target)), calendar


def _settle(
    item: WorkItem,
    row: SlaClock,
    planned: PlannedClock,
    terms: Terms,
    calendar: WorkingCalendar,
    at: datetime,
    fresh: bool,
    batch: Batch,
) -> bool:
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
        batch.history.append(_new_policy(item, row, terms, at))
    row.policy, row.policy_version = terms.policy, terms.policy.version
    row.target_minutes = int(planned.target.total_seconds() // 60)
    row.due_at = _due(planned, terms, calendar, item)
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


def _due(planned: PlannedClock, terms: Terms, calendar: WorkingCalendar, item: WorkItem) -> datetime | None:
    try:
        return planned.due_at(calendar)
    except CalendarError:
        # A calendar that never opens must not keep a complaint from being taken down: clock hours are stricter.
        logger.exception("item %s: the calendar of policy %s gives no due time", item.number, terms.policy.pk)
        return planned.due_at(WorkingCalendar.always_open(calendar.zone))


def _next_check(item: WorkItem, clock: Reckoned, terms: Terms, book: PromiseBook, facts: Facts) -> datetime | None:
    if not clock.is_live:
        return None
    thresholds = open_thresholds(item, clock.row, terms, book, facts.handled_of(item))
    if not thresholds:
        return None
    try:
        return clock.instant_at(thresholds[0])
    except CalendarError:
        return clock.instant_at(BROKEN)


def set_next_checks(
    item: WorkItem, clocks: Iterable[Reckoned], *, terms: Terms, book: PromiseBook, facts: Facts
) -> None:
    """Say when each clock must be looked at again, after thresholds were dealt with; the batch writes it."""
    for clock in clocks:
        clock.row.next_check_at = _next_check(item, clock, terms, book, facts)


def _drop(row: SlaClock) -> None:
    """A clock the history no longer knows (a reply was entered late). A recorded breach stays."""
    row.next_check_at = None
    if row.breached_at is None:
        row.state, row.due_at = ClockState.CANCELLED, None
    elif row.stopped_at is None:
        row.stopped_at = row.breached_at


def asks_for_reasons(item: WorkItem) -> bool:
    """Whether this kind of work may end late only with the reason (A51.9)."""
    kind = item_kinds.find(item.kind)
    return kind is not None and kind.asks_delay_reason


def unexplained(clocks: Iterable[SlaClock]) -> int:
    """How many of these promises were broken without anybody having said why."""
    return sum(
        clock.breached_at is not None and clock.explained_at is None and clock.state != ClockState.MERGED
        for clock in clocks
    )


def _derive(
    item: WorkItem, clocks: list[Reckoned], first_response_at: datetime | None, dropped_breach: bool, batch: Batch
) -> None:
    live = [clock.row for clock in clocks if clock.is_live and clock.row.due_at is not None]
    earliest = min(live, key=lambda row: (row.due_at, row.metric), default=None)
    # Not a new version: nobody edited anything.
    batch.change_item(
        item,
        first_response_at=first_response_at,
        next_due_at=None if earliest is None else earliest.due_at,
        next_due_metric="" if earliest is None else earliest.metric,
        is_breached=dropped_breach or any(clock.row.breached_at for clock in clocks),
    )


def _derive_planned(item: WorkItem, batch: Batch) -> None:
    finished = item.state_flag == StateFlag.RESOLVED
    batch.change_item(
        item,
        next_due_at=None if finished else item.planned_at,
        next_due_metric="" if finished or item.planned_at is None else Metric.RESOLUTION,
    )


def _new_policy(item: WorkItem, row: SlaClock, terms: Terms, at: datetime) -> WorkEvent:
    return history_row(
        actor=SYSTEM,
        item=item,
        kind=WorkEventKind.POLICY_CHANGED,
        at=at,
        data={
            "metric": row.metric,
            "cycle": row.cycle,
            "from": {"policy": row.policy_id, "version": row.policy_version, "minutes": row.target_minutes},
            "to": {"policy": terms.policy.pk, "version": terms.policy.version, "name": str(terms.policy)},
        },
    )


def _broken(item: WorkItem, row: SlaClock) -> PromiseBroken:
    assert row.breached_at is not None
    return PromiseBroken(
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
