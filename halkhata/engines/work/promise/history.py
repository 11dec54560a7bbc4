"""Clocks recomputed from what happened to a work item, never from stored counters (A51.4 to A51.6; S2 to S4).

Order. Events are read by time; their order in the list means nothing. Events of one instant are a set without order:

* opposite events cancel (``paused`` with ``resumed``, ``resolved`` with ``reopened``) and the surplus decides, so a
  pause of no length, or a pause that ends and begins again in the same instant, changes nothing;
* a resolve or reopen ends the waiting that went before it: a reopened item runs unless it is paused anew;
* a reply comes before a customer message of the same instant: who wrote at that moment had not read it, and the
  message must not be lost;
* of two priority changes of one instant the stricter holds.

Events before the opening are ignored; a customer message of the opening instant is the opening itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.clock import Pause, due_at, elapsed, ordered_pauses


class EventKind(StrEnum):
    """What can happen to a work item, as far as a promise is concerned."""

    OPENED = "opened"
    PAUSED = "paused"
    """The state flag became paused: we wait for the customer or a third party."""
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CUSTOMER_MESSAGE = "customer_message"
    HUMAN_REPLY = "human_reply"
    """A public reply written by a person on our side."""
    CALL_ANSWERED = "call_answered"
    """A logged outbound call that the customer took."""
    CALL_UNANSWERED = "call_unanswered"
    AUTO_REPLY = "auto_reply"
    """An acknowledgement or any other message sent by the machine."""
    INTERNAL_NOTE = "internal_note"
    PUBLIC_NOTE = "public_note"
    """A note the customer can see; counts as a reply only where the policy says so."""
    PRIORITY_CHANGED = "priority_changed"
    """Priority or policy changed; carries the targets that hold from now on."""


class ClockKind(StrEnum):
    """The three promises of a policy (A51.2)."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class HistoryError(ValueError):
    """A history no clock can be read from."""


@dataclass(frozen=True)
class Targets:
    """What a policy promises at one priority; None is no promise."""

    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None

    def of(self, kind: ClockKind) -> timedelta | None:
        """Return the target of one clock."""
        found: timedelta | None = getattr(self, kind.value)
        return found


@dataclass(frozen=True)
class HistoryEvent:
    """One fact of an item's history: an aware instant and a kind; ``targets`` only with ``priority_changed``."""

    at: datetime
    kind: EventKind
    targets: Targets | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise HistoryError(f"the event at {self.at!r} has no time zone")
        # In UTC, because Python compares two times of one other zone by wall clock and so misreads a repeated hour.
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        try:
            object.__setattr__(self, "kind", EventKind(self.kind))
        except ValueError as error:
            raise HistoryError(f"{self.kind!r} is not a kind of event") from error
        if (self.targets is not None) != (self.kind is EventKind.PRIORITY_CHANGED):
            raise HistoryError("targets belong to priority_changed, and to nothing else")


@dataclass(frozen=True)
class PlannedClock:
    """One clock of an item as its history tells it: running while ``stop`` is None."""

    kind: ClockKind
    start: datetime
    stop: datetime | None
    target: timedelta | None
    pauses: tuple[Pause, ...] = ()

    def due_at(self, calendar: WorkingCalendar) -> datetime | None:
        """Return the due instant; None without a target or while paused before it is reached."""
        return None if self.target is None else due_at(self.start, self.target, calendar, self.pauses)

    def elapsed(self, calendar: WorkingCalendar, now: datetime) -> timedelta:
        """Return the time used up at ``now``, or at the stop when that came first."""
        return elapsed(self.start, now if self.stop is None else min(self.stop, now), calendar, self.pauses)

    def is_paused(self) -> bool:
        """Say whether the clock stands still now, waiting."""
        return self.stop is None and bool(self.pauses) and self.pauses[-1][1] is None

    def is_late(self, calendar: WorkingCalendar, now: datetime) -> bool:
        """Say whether the promise was broken: stopped, or still running now, after the due instant."""
        due = self.due_at(calendar)
        return due is not None and (now if self.stop is None else self.stop) > due


@dataclass(frozen=True)
class ClockPlan:
    """All clocks of an item: the first response, the cycles after it in order, and the resolution."""

    first_response: PlannedClock
    next_responses: tuple[PlannedClock, ...]
    resolution: PlannedClock

    def clocks(self) -> tuple[PlannedClock, ...]:
        """Return every clock of the plan, also the stopped ones."""
        return (self.first_response, *self.next_responses, self.resolution)


def plan_clocks(
    events: Iterable[HistoryEvent], targets: Targets | None = None, *, public_notes_count: bool = False
) -> ClockPlan:
    """Recompute all clocks of an item from its history, with the target that applies to each.

    ``targets`` are those at the opening. A running clock has the targets of the last priority change, counted from
    its own start as if they had always held (A51.5); a stopped clock keeps those that held when it stopped.
    ``public_notes_count`` is the policy switch of A51.6. Raises HistoryError without an opening.
    """
    history = list(events)
    known = targets or Targets()

    def planned(kind: ClockKind, start: datetime, stop: datetime | None, pauses: Sequence[Pause] = ()) -> PlannedClock:
        return PlannedClock(kind, start, stop, targets_at(history, stop, known).of(kind), tuple(pauses))

    start, pauses, stop = resolution(history)
    return ClockPlan(
        first_response=planned(
            ClockKind.FIRST_RESPONSE, *first_response(history, public_notes_count=public_notes_count)
        ),
        next_responses=tuple(
            planned(ClockKind.NEXT_RESPONSE, *cycle)
            for cycle in next_responses(history, public_notes_count=public_notes_count)
        ),
        resolution=planned(ClockKind.RESOLUTION, start, stop, pauses),
    )


def first_response(
    events: Iterable[HistoryEvent], *, public_notes_count: bool = False
) -> tuple[datetime, datetime | None]:
    """Return start and stop of the first response: from the opening to the first answer by a person (A51.4, A51.6).

    An answer is a human public reply or an answered outbound call (with the switch, a public note too), once;
    nothing later moves it. This clock is never paused. Raises HistoryError without an opening.
    """
    history = list(events)
    start = _opening(history)
    answers = _answer_kinds(public_notes_count)
    return start, min((event.at for event in history if event.kind in answers and event.at >= start), default=None)


def next_responses(
    events: Iterable[HistoryEvent], *, public_notes_count: bool = False
) -> list[tuple[datetime, datetime | None]]:
    """Return the cycles after the first response, in order: customer wrote again, we answered.

    A cycle starts at a customer message once we have answered and no cycle runs, and stops at the next answer by a
    person; further messages meanwhile do not restart it. Only the last cycle can have no stop. Like the first
    response it is never paused. Raises HistoryError without an opening.
    """
    history = list(events)
    start = _opening(history)
    answers = _answer_kinds(public_notes_count)
    cycles: list[tuple[datetime, datetime | None]] = []
    answered, waiting_since = False, None
    for at, kinds in _instants(history, start):
        if any(kinds[kind] for kind in answers):
            answered = True
            if waiting_since is not None:
                cycles.append((waiting_since, at))
                waiting_since = None
        if kinds[EventKind.CUSTOMER_MESSAGE] and answered and waiting_since is None and at > start:
            waiting_since = at
    if waiting_since is not None:
        cycles.append((waiting_since, None))
    return cycles


def resolution(events: Iterable[HistoryEvent]) -> tuple[datetime, tuple[Pause, ...], datetime | None]:
    """Return start, pauses and stop of the resolution clock (A51.4).

    It stands still while the item is paused. A resolve stops it; a reopen lets it go on, and the time in between
    counts as a pause. The stop is the last resolve that was not undone. Pauses come ordered, apart and without
    empty ones; the last has no end while the item waits. Raises HistoryError without an opening.
    """
    history = list(events)
    start = _opening(history)
    waiting = resolved = False
    still_since: datetime | None = None
    resolved_at: datetime | None = None
    pauses: list[Pause] = []
    for at, kinds in _instants(history, start):
        turned = kinds[EventKind.RESOLVED] - kinds[EventKind.REOPENED]
        if kinds[EventKind.RESOLVED] or (kinds[EventKind.REOPENED] and resolved):
            waiting = False
        if turned > 0 and not resolved:
            resolved, resolved_at = True, at
        elif turned < 0:
            resolved, resolved_at = False, None
        stopped = kinds[EventKind.PAUSED] - kinds[EventKind.RESUMED]
        if stopped:  # while resolved this is of no account: a reopen clears it
            waiting = stopped > 0
        still = waiting or resolved
        if still and still_since is None:
            still_since = at
        elif not still and still_since is not None:
            pauses.append((still_since, at))
            still_since = None
    if still_since is not None:
        # The stretch that ends in the last resolve belongs to the waiting before it; after the stop nothing runs.
        pauses.append((still_since, resolved_at))
    return start, ordered_pauses(pauses), resolved_at


def targets_at(events: Iterable[HistoryEvent], at: datetime | None, opening: Targets) -> Targets:
    """Return the targets in force at an instant (None: at the end of the history), changes of that instant included.

    ``opening`` holds until the first priority change. Of several changes in one instant the stricter wins.
    """
    changes = [
        (event.at, event.targets) for event in events if event.targets is not None and (at is None or event.at <= at)
    ]
    if not changes:
        return opening
    latest = max(moment for moment, _targets in changes)
    return min((targets for moment, targets in changes if moment == latest), key=_strictness)


def _strictness(targets: Targets) -> tuple[timedelta, ...]:
    return tuple(
        timedelta.max if target is None else target
        for target in (targets.resolution, targets.first_response, targets.next_response)
    )


def _answer_kinds(public_notes_count: bool) -> frozenset[EventKind]:
    kinds = {EventKind.HUMAN_REPLY, EventKind.CALL_ANSWERED}
    return frozenset(kinds | {EventKind.PUBLIC_NOTE} if public_notes_count else kinds)


def _opening(history: Sequence[HistoryEvent]) -> datetime:
    start = min((event.at for event in history if event.kind is EventKind.OPENED), default=None)
    if start is None:
        raise HistoryError("the history has no opening")
    return start


def _instants(history: Iterable[HistoryEvent], start: datetime) -> Iterator[tuple[datetime, Counter[EventKind]]]:
    """Yield each instant from the opening on with the count of its events by kind."""
    later = sorted((event for event in history if event.at >= start), key=lambda event: event.at)
    for at, group in groupby(later, key=lambda event: event.at):
        yield at, Counter(event.kind for event in group)
