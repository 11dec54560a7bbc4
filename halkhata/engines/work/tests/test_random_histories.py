"""Stored clocks equal the pure functions of the history, whatever happens in whatever order (A51.5)."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.engines.work.choices import ClockState, StateFlag
from halkhata.engines.work.models import SlaClock
from halkhata.engines.work.promise.history import EventKind, HistoryEvent, plan_clocks
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.engines.work.selectors.history import METRIC_OF
from halkhata.engines.work.selectors.shop_terms import targets_of
from halkhata.engines.work.services.items import change_priority, change_state, record_event
from halkhata.engines.work.services.promises import recompute, sweep_due

from .conftest import FLAGS, SUNDAY_TEN

STEPS = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=26 * 60),
        st.sampled_from(
            [
                "customer_message",
                "human_reply",
                "automatic_reply",
                "note",
                "open",
                "waiting_customer",
                "resolved",
                "sweep",
            ]
        ),
    ),
    max_size=12,
)
# What the pure engine must hear of each step, written anew here and not read from the code under test.
PLAIN = {
    "customer_message": EventKind.CUSTOMER_MESSAGE,
    "human_reply": EventKind.HUMAN_REPLY,
    "automatic_reply": EventKind.AUTO_REPLY,
    "note": EventKind.INTERNAL_NOTE,
}


def heard(flag, state):
    new = FLAGS[state]
    if new == flag:
        return []
    if new == StateFlag.RESOLVED:
        return [EventKind.RESOLVED]
    events = [EventKind.REOPENED] if flag == StateFlag.RESOLVED else []
    if new == StateFlag.PAUSED:
        return [*events, EventKind.PAUSED]
    return [*events, EventKind.RESUMED] if flag == StateFlag.PAUSED else events


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_stored_clocks_equal_the_pure_functions(shop, make_item, steps):
    with time_machine.travel(SUNDAY_TEN, tick=False) as traveller:
        item = make_item()
        events = [HistoryEvent(SUNDAY_TEN, EventKind.OPENED)]
        at, flag = SUNDAY_TEN, StateFlag.OPEN
        for wait, step in steps:
            at += timedelta(minutes=wait)
            traveller.move_to(at)
            if step == "sweep":
                sweep_due(at)
            elif step in FLAGS:
                change_state(actor=shop.agent, item=item, state=step, state_flag=FLAGS[step])
                events += [HistoryEvent(at, kind) for kind in heard(flag, step)]
                flag = FLAGS[step]
            else:
                record_event(actor=None, item=item, kind=step)
                events.append(HistoryEvent(at, PLAIN[step]))
        recompute(item, at=at)
        calendar = calendar_for_branch(shop.branch)
        plan = plan_clocks(events, targets_of(shop.policy)["normal"])
        stored = {(row.metric, row.cycle): row for row in SlaClock.objects.filter(item=item)}
        counted = {}
        for planned in plan.clocks():
            metric = METRIC_OF[planned.kind]
            counted[metric] = counted.get(metric, 0) + 1
            row = stored.pop((metric, counted[metric]))
            assert (row.started_at, row.stopped_at) == (planned.start, planned.stop)
            late = planned.is_late(calendar, at)
            if row.breached_at is None:
                assert not late
                assert row.due_at == planned.due_at(calendar)
                paused = planned.stop is None and planned.is_paused()
                expected = ClockState.PAUSED if paused else ClockState.RUNNING
                assert row.state == (ClockState.MET if planned.stop is not None else expected)
            else:
                # Once broken it stays, even when a reopen turns the time between into a pause.
                assert row.state == ClockState.BREACHED
                assert late or item.reopen_count > 0
        assert stored == {}


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(1, 300), st.sampled_from(["low", "normal", "high", "urgent"])), max_size=8)
)
def test_a_breach_is_never_taken_back_by_a_priority(shop, make_item, changes):
    with time_machine.travel(SUNDAY_TEN, tick=False) as traveller:
        item = make_item()
        at, broken = SUNDAY_TEN, {}
        for wait, priority in changes:
            at += timedelta(minutes=wait)
            traveller.move_to(at)
            change_priority(actor=shop.lead, item=item, priority=priority)
            sweep_due(at)
            now_broken = {
                row.metric: (row.breached_at, row.due_at, row.breached_policy_version)
                for row in item.clocks.filter(breached_at__isnull=False)
            }
            assert {metric: now_broken[metric] for metric in broken} == broken
            broken = now_broken
        for row in item.clocks.filter(breached_at__isnull=True):
            minutes = dict(targets_of(shop.policy))[item.priority]
            target = minutes.first_response if row.metric == "first" else minutes.resolution
            assert row.target_minutes == target.total_seconds() / 60
