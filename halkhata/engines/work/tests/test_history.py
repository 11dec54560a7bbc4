"""Clocks read from the history of an item (A51.4 to A51.6; S2 to S4)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.history import (
    ClockKind,
    EventKind,
    HistoryError,
    HistoryEvent,
    Targets,
    first_response,
    next_responses,
    plan_clocks,
    resolution,
    targets_at,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
ALWAYS = WorkingCalendar.always_open()
HIGH = Targets(HOUR, 2 * HOUR, 4 * HOUR)
LOW = Targets(4 * HOUR, 8 * HOUR, 48 * HOUR)


def t(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def history(*facts: tuple[float, str]) -> list[HistoryEvent]:
    return [HistoryEvent(t(minutes), EventKind(kind)) for minutes, kind in facts]


def test_first_response_runs_until_somebody_answers():
    assert first_response(history((0, "opened"))) == (t(0), None)
    assert first_response(history((0, "opened"), (30, "human_reply"), (40, "human_reply"))) == (t(0), t(30))


@pytest.mark.parametrize(
    "kind", ["auto_reply", "internal_note", "public_note", "call_unanswered", "customer_message", "resolved"]
)
def test_only_a_person_answering_stops_the_first_response(kind):
    assert first_response(history((0, "opened"), (5, kind))) == (t(0), None)
    assert first_response(history((0, "opened"), (5, kind), (20, "call_answered"))) == (t(0), t(20))


def test_public_note_stops_the_first_response_where_the_policy_says_so():
    events = history((0, "opened"), (5, "public_note"), (9, "human_reply"))
    assert first_response(events, public_notes_count=True) == (t(0), t(5))
    assert first_response(events) == (t(0), t(9))


def test_first_response_is_not_paused_and_not_restarted():
    events = history(
        (0, "opened"), (5, "paused"), (50, "resumed"), (60, "human_reply"), (70, "resolved"), (80, "reopened")
    )
    assert first_response(events) == (t(0), t(60))
    plan = plan_clocks(events, LOW)
    assert plan.first_response.pauses == ()
    assert plan.first_response.elapsed(ALWAYS, t(500)) == 60 * MINUTE


def test_answer_before_the_opening_does_not_count_and_one_at_the_opening_does():
    assert first_response(history((0, "opened"), (-5, "human_reply"))) == (t(0), None)
    assert first_response(history((0, "opened"), (0, "call_answered"))) == (t(0), t(0))


def test_next_response_starts_after_we_answered_and_once_per_cycle():
    events = history(
        (0, "opened"),
        (0, "customer_message"),
        (10, "customer_message"),
        (20, "human_reply"),
        (30, "customer_message"),
        (40, "customer_message"),
        (45, "auto_reply"),
        (46, "internal_note"),
        (50, "human_reply"),
        (60, "human_reply"),
        (70, "customer_message"),
    )
    assert next_responses(events) == [(t(30), t(50)), (t(70), None)]


def test_message_in_the_instant_of_a_reply_starts_a_new_cycle_and_is_not_lost():
    events = history(
        (0, "opened"), (20, "human_reply"), (30, "customer_message"), (50, "customer_message"), (50, "human_reply")
    )
    assert next_responses(events) == [(t(30), t(50)), (t(50), None)]


def test_complaint_taken_and_answered_on_the_phone_leaves_no_cycle():
    events = history((0, "opened"), (0, "customer_message"), (0, "call_answered"))
    assert next_responses(events) == []
    assert first_response(events) == (t(0), t(0))


def test_resolution_stands_still_while_waiting():
    assert resolution(history((0, "opened"), (10, "paused"), (25, "resumed"))) == (t(0), ((t(10), t(25)),), None)
    assert resolution(history((0, "opened"), (10, "paused"))) == (t(0), ((t(10), None),), None)


def test_resolution_stops_at_the_last_resolve_and_a_reopen_continues_it():
    events = history((0, "opened"), (60, "resolved"), (100, "reopened"), (130, "resolved"))
    assert resolution(events) == (t(0), ((t(60), t(100)),), t(130))
    clock = plan_clocks(events, HIGH).resolution
    assert clock.elapsed(ALWAYS, t(9999)) == 90 * MINUTE
    assert clock.due_at(ALWAYS) == t(280)
    assert resolution(events[:3]) == (t(0), ((t(60), t(100)),), None)


def test_resolve_out_of_waiting_joins_the_waiting_and_the_resolved_time():
    events = history((0, "opened"), (10, "paused"), (40, "resolved"), (70, "reopened"))
    assert resolution(events[:3]) == (t(0), ((t(10), t(40)),), t(40))
    assert resolution(events) == (t(0), ((t(10), t(70)),), None)


def test_item_reopened_into_waiting_stays_still():
    events = history((0, "opened"), (40, "resolved"), (70, "reopened"), (70, "paused"), (90, "resumed"))
    assert resolution(events) == (t(0), ((t(40), t(90)),), None)


def test_repeated_facts_change_nothing():
    events = history(
        (0, "opened"),
        (10, "paused"),
        (12, "paused"),
        (25, "resumed"),
        (26, "resumed"),
        (40, "resolved"),
        (45, "resolved"),
    )
    assert resolution(events) == (t(0), ((t(10), t(25)),), t(40))


def test_pausing_a_resolved_item_does_not_undo_the_resolve():
    events = history((0, "opened"), (40, "resolved"), (50, "paused"), (60, "resumed"))
    assert resolution(events) == (t(0), (), t(40))


def test_pause_of_no_length_and_pause_split_in_two_change_nothing():
    plain = history((0, "opened"), (10, "paused"), (40, "resumed"))
    assert resolution(plain + history((5, "paused"), (5, "resumed"))) == resolution(plain)
    assert resolution(plain + history((20, "resumed"), (20, "paused"))) == resolution(plain)
    assert resolution(plain + history((50, "resolved"), (50, "reopened"))) == resolution(plain)
    done = plain + history((60, "resolved"))
    assert resolution(done + history((70, "reopened"), (70, "resolved"))) == resolution(done)


def test_order_of_the_list_means_nothing():
    events = history(
        (0, "opened"),
        (0, "customer_message"),
        (20, "human_reply"),
        (20, "paused"),
        (30, "resumed"),
        (30, "customer_message"),
    )
    expected = plan_clocks(events, LOW)
    assert {plan_clocks(order, LOW) for order in permutations(events)} == {expected}


def test_running_clock_takes_the_last_targets_and_a_stopped_clock_keeps_its_own():
    events = [
        *history((0, "opened"), (30, "human_reply"), (90, "resolved")),
        HistoryEvent(t(60), EventKind.PRIORITY_CHANGED, HIGH),
        HistoryEvent(t(120), EventKind.PRIORITY_CHANGED, Targets(MINUTE, MINUTE, MINUTE)),
    ]
    plan = plan_clocks(events, LOW)
    assert plan.first_response.target == 4 * HOUR
    assert plan.resolution.target == 4 * HOUR
    assert plan.resolution.due_at(ALWAYS) == t(240)
    reopened = plan_clocks([*events, *history((130, "reopened"))], LOW)
    assert reopened.first_response.target == 4 * HOUR
    # The target counts from the start of the clock, as if it had always held.
    assert reopened.resolution.due_at(ALWAYS) == t(1)


def test_of_two_priorities_in_one_instant_the_stricter_holds():
    changes = [HistoryEvent(t(5), EventKind.PRIORITY_CHANGED, each) for each in (LOW, HIGH)]
    assert targets_at(changes, None, LOW) == targets_at(changes[::-1], None, LOW) == HIGH
    assert targets_at(changes, t(4), LOW) == LOW
    assert targets_at(changes, t(5), LOW) == HIGH
    assert targets_at([HistoryEvent(t(5), EventKind.PRIORITY_CHANGED, Targets())], None, LOW) == Targets()


def test_planned_clock_says_whether_it_is_paused_or_late():
    waiting = plan_clocks(history((0, "opened"), (10, "paused")), HIGH).resolution
    assert waiting.is_paused()
    assert waiting.due_at(ALWAYS) is None
    assert not waiting.is_late(ALWAYS, t(9999))
    running = plan_clocks(history((0, "opened")), HIGH).first_response
    assert not running.is_late(ALWAYS, t(60))
    assert running.is_late(ALWAYS, t(60.1))
    assert not running.is_paused()
    met = plan_clocks(history((0, "opened"), (60, "human_reply")), HIGH).first_response
    assert not met.is_late(ALWAYS, t(9999))
    missed = plan_clocks(history((0, "opened"), (61, "human_reply")), HIGH).first_response
    assert missed.is_late(ALWAYS, t(61))
    late_and_waiting = plan_clocks(history((0, "opened"), (300, "paused")), HIGH).resolution
    assert late_and_waiting.is_late(ALWAYS, t(301))
    assert late_and_waiting.due_at(ALWAYS) == t(240)


def test_plan_lists_every_clock_and_promises_nothing_without_targets():
    events = history(
        (0, "opened"), (1, "human_reply"), (2, "customer_message"), (3, "human_reply"), (4, "customer_message")
    )
    plan = plan_clocks(events)
    assert [clock.kind for clock in plan.clocks()] == [
        ClockKind.FIRST_RESPONSE,
        ClockKind.NEXT_RESPONSE,
        ClockKind.NEXT_RESPONSE,
        ClockKind.RESOLUTION,
    ]
    assert all(clock.due_at(ALWAYS) is None and not clock.is_late(ALWAYS, t(9999)) for clock in plan.clocks())


def test_history_without_opening_and_wrong_events_are_refused():
    with pytest.raises(HistoryError, match="no opening"):
        resolution(history((5, "resolved")))
    with pytest.raises(HistoryError, match="time zone"):
        HistoryEvent(datetime(2026, 1, 1), EventKind.OPENED)
    with pytest.raises(HistoryError, match="not a kind"):
        HistoryEvent(t(0), "closed by magic")  # type: ignore[arg-type]
    with pytest.raises(HistoryError, match="targets"):
        HistoryEvent(t(0), EventKind.OPENED, HIGH)
    with pytest.raises(HistoryError, match="targets"):
        HistoryEvent(t(0), EventKind.PRIORITY_CHANGED)


def test_events_in_a_repeated_local_hour_keep_their_order():
    berlin = ZoneInfo("Europe/Berlin")
    late_by_the_wall = HistoryEvent(datetime(2026, 10, 25, 2, 50, tzinfo=berlin), EventKind.OPENED)
    early_by_the_wall = HistoryEvent(datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin), EventKind.HUMAN_REPLY)
    start, stop = first_response([early_by_the_wall, late_by_the_wall])
    assert stop is not None
    assert stop - start == 20 * MINUTE
