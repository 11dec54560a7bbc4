"""The clock against a walker that looks at every minute, and what must hold for any calendar, zone and pause."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import due_at, elapsed, explain, instant_at_share
from halkhata.engines.work.promise.history import (
    EventKind,
    HistoryEvent,
    Targets,
    first_response,
    plan_clocks,
    resolution,
)
from halkhata.engines.work.tests.minute_walker import MINUTE, ticks_that_count, walked_due

HORIZON = timedelta(days=9)
SECOND = timedelta(seconds=1)

# Zone and UTC dates near which its clock, or its calendar, does something odd.
ODD_DATES = {
    "Asia/Dhaka": ["2028-02-28", "2026-03-20", "2009-06-19", "2009-12-31"],
    "Asia/Kathmandu": ["2026-05-01", "2028-02-29"],
    "Europe/Berlin": ["2026-03-28", "2026-10-24"],
    "America/New_York": ["2026-03-07", "2026-10-31"],
    "Africa/Casablanca": ["2026-02-14", "2026-03-21"],
    "Australia/Lord_Howe": ["2026-04-04", "2026-10-03"],
    "America/Sao_Paulo": ["2018-11-03", "2019-02-16"],
    "America/St_Johns": ["2010-03-13", "2010-11-06"],
    "America/Havana": ["2026-03-07", "2026-10-31"],
    "Antarctica/Troll": ["2026-03-28", "2026-10-24"],
    "Pacific/Apia": ["2011-12-29", "2011-09-23"],
    "Pacific/Kwajalein": ["1993-08-20"],
    "UTC": ["2026-12-30"],
}

quick = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def written(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def hours(draw: st.DrawFn) -> list[list[str]]:
    """Zero to three intervals of a day, often touching midnight or each other."""
    some = st.sampled_from([0, 60, 90, 120, 135, 150, 180, 540, 1080, 1380, 1439, 1440]) | st.integers(0, 1440)
    edges = draw(st.lists(some, min_size=draw(st.sampled_from([0, 2, 2, 4])), max_size=6))
    edges.sort()
    return [[written(a), written(b)] for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]


@st.composite
def situations(draw: st.DrawFn) -> tuple[datetime, dict, list]:
    """A start, a calendar as written and pauses, all within a few days of something odd."""
    zone = draw(st.sampled_from(sorted(ODD_DATES)))
    odd = date.fromisoformat(draw(st.sampled_from(ODD_DATES[zone])))
    near = st.integers(-2, 9).map(lambda days: (odd + timedelta(days=days)).isoformat())
    daily = draw(hours())
    week = (
        {str(day): daily for day in range(7)}
        if draw(st.booleans())
        else draw(st.dictionaries(st.sampled_from("0123456"), hours(), max_size=7))
    )
    plan = {
        "zone": zone,
        "week": week,
        "holidays": draw(st.lists(near, max_size=3, unique=True)),
        "overrides": draw(st.dictionaries(near, hours(), max_size=3)),
    }
    midnight = datetime(odd.year, odd.month, odd.day, tzinfo=UTC)
    start = midnight + draw(st.integers(-12 * 60, 48 * 60)) * MINUTE
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        since = start + draw(st.integers(-600, 5 * 1440)) * MINUTE
        length = draw(st.sampled_from([0, 1, 30, 60, None]) | st.integers(0, 2000))
        pauses.append((since, None if length is None else since + length * MINUTE))
    return start, plan, pauses


def engine_due(start, target, calendar, pauses):
    """The engine's answer, with "never" for a calendar that never opens."""
    try:
        return due_at(start, target, calendar, pauses)
    except CalendarError as error:
        if error.code != "never_opens":
            raise
        return "never"


@quick
@given(situations(), st.integers(1, 40) | st.integers(1, 4000))
def test_due_time_equals_the_walked_one(situation, minutes):
    start, plan, pauses = situation
    found = engine_due(start, minutes * MINUTE, WorkingCalendar.from_dict(plan), pauses)
    horizon = start + HORIZON
    walked = walked_due(start, minutes, horizon, plan, pauses)
    if walked is None:
        assert found in (None, "never") or found > horizon
        if found is None:
            assert any(to is None for _since, to in pauses)
    else:
        assert found == walked


@quick
@given(situations(), st.integers(-100, 9 * 1440))
def test_elapsed_time_and_working_intervals_equal_the_walked_ones(situation, minutes):
    start, plan, pauses = situation
    calendar, until = WorkingCalendar.from_dict(plan), start + minutes * MINUTE
    assert elapsed(start, until, calendar, pauses) == MINUTE * sum(
        1 for _ in ticks_that_count(start, until, plan, pauses)
    )
    intervals = list(calendar.intervals_between(start, until))
    assert all(opens < closes for opens, closes in intervals)
    assert all(before[1] < after[0] for before, after in zip(intervals, intervals[1:], strict=False))
    minutes_open = [opens + n * MINUTE for opens, closes in intervals for n in range((closes - opens) // MINUTE)]
    assert minutes_open == list(ticks_that_count(start, until, plan, []))


@settings(quick, max_examples=60)
@given(situations(), st.integers(0, 59), st.integers(0, 6000), st.integers(-3000, 6000), st.integers(0, 3000))
def test_due_time_to_the_second_equals_the_walked_one(situation, second, target, pause_from, pause_length):
    start, plan, _pauses = situation
    start += second * SECOND
    pauses = [(start + pause_from * SECOND, start + (pause_from + pause_length) * SECOND)]
    horizon = start + timedelta(hours=3)
    walked = walked_due(start, target, horizon, plan, pauses, SECOND)
    found = engine_due(start, target * SECOND, WorkingCalendar.from_dict(plan), pauses)
    assert found == walked if walked is not None else found == "never" or found > horizon


@quick
@given(situations(), st.integers(1, 4000))
def test_explanation_has_no_hole_and_adds_up(situation, minutes):
    start, plan, pauses = situation
    calendar, target = WorkingCalendar.from_dict(plan), minutes * MINUTE
    due = engine_due(start, target, calendar, pauses)
    assume(due != "never")
    lines = explain(start, target, calendar, pauses)
    assert lines[0].from_at == start
    assert lines[-1].to_at == due
    total = timedelta(0)
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        total += line.counted
        assert line.total == total
        assert line.remaining == target - total
        if line.to_at is None:
            assert after is None
            assert line.kind == "paused"
            assert due is None
            continue
        assert line.from_at < line.to_at
        if after is not None:
            assert after.from_at == line.to_at
            assert (after.kind, after.by_override) != (line.kind, line.by_override)
        assert line.counted == elapsed(line.from_at, line.to_at, calendar, pauses)
        assert line.counted == (line.to_at - line.from_at if line.kind == "working" else timedelta(0))
    assert due is None or total == target


@quick
@given(situations(), st.integers(0, 3000), st.integers(0, 12000))
def test_explanation_to_an_instant_ends_there_and_cuts_at_the_due_time(situation, minutes, later):
    start, plan, pauses = situation
    calendar, target, until = WorkingCalendar.from_dict(plan), minutes * MINUTE, start + later * MINUTE
    lines = explain(start, target, calendar, pauses, until=until)
    assert sum((line.counted for line in lines), timedelta(0)) == elapsed(start, until, calendar, pauses)
    assert [line.from_at for line in lines] == [start, *(line.to_at for line in lines)][: len(lines)]
    assert not lines or lines[-1].to_at == until
    due = engine_due(start, target, calendar, pauses)
    if isinstance(due, datetime) and start < due <= until:
        assert due in [line.to_at for line in lines]


@quick
@given(situations(), st.integers(0, 3000), st.integers(0, 3000))
def test_clock_is_monotone(situation, one, other):
    start, plan, pauses = situation
    calendar = WorkingCalendar.from_dict(plan)
    less, more = sorted((one, other))
    assert elapsed(start, start + less * MINUTE, calendar, pauses) <= elapsed(
        start, start + more * MINUTE, calendar, pauses
    )
    soon, late = (engine_due(start, minutes * MINUTE, calendar, pauses) for minutes in (less, more))
    if isinstance(late, datetime):
        assert isinstance(soon, datetime)
        assert soon <= late
        shares = [instant_at_share(start, more * MINUTE, Fraction(n, 4), calendar, pauses) for n in range(5)]
        assert shares == sorted(shares)
        assert shares[0] == start
        assert shares[-1] == late
        # An added pause never brings the due time forward.
        added = engine_due(start, more * MINUTE, calendar, [*pauses, (start + less * MINUTE, start + more * MINUTE)])
        assert added in (None, "never") or added >= late


@quick
@given(situations(), st.integers(0, 3000), st.integers(0, 3000), st.randoms(use_true_random=False))
def test_split_empty_doubled_and_reordered_pauses_change_nothing(situation, minutes, cut, random):
    start, plan, pauses = situation
    calendar, target = WorkingCalendar.from_dict(plan), minutes * MINUTE
    changed = [(start + cut * MINUTE, start + cut * MINUTE)]
    for since, to in pauses:
        middle = since + cut * MINUTE
        halves = [(since, middle), (middle, to)] if to is None or middle <= to else [(since, to), (since, to)]
        changed += halves
    random.shuffle(changed)
    assert engine_due(start, target, calendar, changed) == engine_due(start, target, calendar, pauses)
    until = start + HORIZON
    assert elapsed(start, until, calendar, changed) == elapsed(start, until, calendar, pauses)
    if engine_due(start, target, calendar, pauses) != "never":
        assert explain(start, target, calendar, changed) == explain(start, target, calendar, pauses)


NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
TARGETS = Targets(timedelta(minutes=20), timedelta(minutes=15), timedelta(minutes=60))
LOOSE = [kind for kind in EventKind if kind not in (EventKind.OPENED, EventKind.PRIORITY_CHANGED)]
histories = st.lists(
    st.builds(
        lambda minute, kind: HistoryEvent(NOON + minute * MINUTE, kind), st.integers(-3, 40), st.sampled_from(LOOSE)
    ),
    max_size=25,
).map(lambda events: [HistoryEvent(NOON, EventKind.OPENED), *events])
ALWAYS = WorkingCalendar.always_open()


@quick
@given(histories, st.randoms(use_true_random=False))
def test_plan_does_not_depend_on_the_order_of_the_list(events, random):
    shuffled = events[:]
    random.shuffle(shuffled)
    assert plan_clocks(shuffled, TARGETS) == plan_clocks(events, TARGETS)


@quick
@given(histories, st.integers(0, 45))
def test_empty_and_split_pauses_in_a_history_change_no_clock(events, minute):
    both = [HistoryEvent(NOON + minute * MINUTE, kind) for kind in (EventKind.PAUSED, EventKind.RESUMED)]
    assert plan_clocks(events + both, TARGETS) == plan_clocks(events, TARGETS)


@quick
@given(histories)
def test_pauses_of_a_history_are_ordered_apart_and_before_the_stop(events):
    start, pauses, stop = resolution(events)
    edges = [edge for pause in pauses for edge in pause]
    if edges and edges[-1] is None:
        assert stop is None
        edges.pop()
    assert edges == sorted(set(edges))
    assert all(edge >= start for edge in edges)
    assert stop is None or not edges or edges[-1] <= stop


@quick
@given(histories, st.integers(0, 40))
def test_later_events_never_lower_what_a_clock_has_counted(events, minute):
    now = NOON + minute * MINUTE
    so_far = [event for event in events if event.at <= now]
    then, final = plan_clocks(so_far, TARGETS), plan_clocks(events, TARGETS)
    counted = then.resolution.elapsed(ALWAYS, now)
    assert final.resolution.elapsed(ALWAYS, now) == counted
    assert final.resolution.elapsed(ALWAYS, now + timedelta(hours=9)) >= counted
    due_then, due_final = then.resolution.due_at(ALWAYS), final.resolution.due_at(ALWAYS)
    if due_then is not None and due_final is not None:
        assert due_final >= due_then
    assert final.first_response.due_at(ALWAYS) == then.first_response.due_at(ALWAYS) == NOON + timedelta(minutes=20)


@quick
@given(histories)
def test_resolution_counts_the_minutes_in_which_the_item_is_open(events):
    """A second reading of the history, one minute at a time, for histories with one change of state a minute."""
    changes = {EventKind.PAUSED, EventKind.RESUMED, EventKind.RESOLVED, EventKind.REOPENED}
    by_minute = {}
    for event in events:
        if event.kind in changes and event.at > NOON:
            by_minute.setdefault(event.at, event)
    single = [event for event in events if event.kind not in changes] + list(by_minute.values())
    state, counted = "open", 0
    for minute in range(60):
        event = by_minute.get(NOON + minute * MINUTE)
        if event is not None:
            match state, event.kind:
                case "open", EventKind.PAUSED:
                    state = "paused"
                case "paused", EventKind.RESUMED:
                    state = "open"
                case _, EventKind.RESOLVED:
                    state = "resolved"
                case "resolved", EventKind.REOPENED:
                    state = "open"
        counted += state == "open"
    clock = plan_clocks(single, TARGETS).resolution
    assert clock.elapsed(ALWAYS, NOON + timedelta(hours=1)) == counted * MINUTE
    assert (clock.stop is not None) == (state == "resolved")
    assert clock.is_paused() == (state == "paused")


@quick
@given(histories)
def test_first_response_is_the_first_answer_by_a_person_and_stays_so(events):
    answers = [e.at for e in events if e.kind in (EventKind.HUMAN_REPLY, EventKind.CALL_ANSWERED) and e.at >= NOON]
    assert first_response(events) == (NOON, min(answers) if answers else None)
    cycles = plan_clocks(events, TARGETS).next_responses
    messages = {e.at for e in events if e.kind is EventKind.CUSTOMER_MESSAGE}
    for cycle, after in zip(cycles, (*cycles[1:], None), strict=False):
        assert cycle.start in messages
        assert cycle.start >= min(answers)
        assert (after is None) if cycle.stop is None else (cycle.stop in answers and cycle.stop > cycle.start)
        assert not any(cycle.start < at and (cycle.stop is None or at < cycle.stop) for at in answers)
        assert after is None or after.start >= cycle.stop
    waiting = [at for at in messages if answers and at > NOON and at >= max(answers)]
    assert bool(waiting) == (bool(cycles) and cycles[-1].stop is None)
