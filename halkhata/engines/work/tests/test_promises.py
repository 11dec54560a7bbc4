"""Promises on stored items: exact times, warnings once, breaches that stay, edits that rewrite nothing finished."""

import threading
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from halkhata.engines.work.choices import ClockState, StateFlag, WorkEventKind
from halkhata.engines.work.models import (
    CalendarDay,
    EscalationFiring,
    EscalationRule,
    Notification,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    SlaWarning,
    WorkEvent,
    WorkItem,
)
from halkhata.engines.work.promise.clock import due_at
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.engines.work.selectors.explain import explain_item
from halkhata.engines.work.services import escalation
from halkhata.engines.work.services.items import change_priority, change_state, record_event
from halkhata.engines.work.services.promises import choose_policy, recompute, recompute_unfinished, sweep_due
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.models import OutboxEvent

from .conftest import DHAKA, SUNDAY_TEN, minutes

pytestmark = pytest.mark.django_db


def dhaka(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=DHAKA)


def clock(item, metric, cycle=1):
    return SlaClock.objects.get(item=item, metric=metric, cycle=cycle)


def rule(level, trigger="breach", threshold=0, **fields):
    return EscalationRule.objects.create(level=level, trigger=trigger, threshold=threshold, **fields)


def told(item):
    return sorted(
        Notification.objects.filter(item=item).exclude(verb="item.opened").values_list("user__username", "verb")
    )


def events(name):
    return OutboxEvent.objects.filter(name=name).count()


# ---------------------------------------------------------------- clocks
def test_opened_item_has_exact_due_times(make_item, frozen):
    item = make_item()
    assert clock(item, "first").due_at == dhaka(22, 12)
    # 22 working hours: 3 + 6 on Sunday, 10 on Monday, 3 on Tuesday.
    assert clock(item, "resolution").due_at == dhaka(24, 12)
    assert (item.next_due_at, item.next_due_metric, item.is_breached) == (dhaka(22, 12), "first", False)
    # Half of two hours: the first warning.
    assert clock(item, "first").next_check_at == dhaka(22, 11)


def test_lunch_friday_and_holiday_do_not_count(shop, make_item, frozen):
    CalendarDay.objects.create(calendar=shop.calendar, on="2026-11-28", kind="holiday")
    frozen.move_to(dhaka(26, 19, 30))
    assert clock(make_item(), "first").due_at == dhaka(29, 10, 30)


def test_human_reply_stops_the_first_clock_and_an_automatic_one_does_not(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(10))
    record_event(actor=None, item=item, kind=WorkEventKind.AUTOMATIC_REPLY)
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.NOTE)
    assert clock(item, "first").state == ClockState.RUNNING
    frozen.shift(minutes(10))
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY, is_update=True)
    first = clock(item, "first")
    assert (first.state, first.stopped_at, first.next_check_at) == (ClockState.MET, dhaka(22, 10, 20), None)
    item.refresh_from_db()
    assert (item.first_response_at, item.last_update_at) == (dhaka(22, 10, 20), dhaka(22, 10, 20))
    assert item.next_due_metric == "resolution"


def test_next_answer_is_promised_anew_for_each_customer_message(shop, make_item, frozen):
    item = make_item()
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY, at=dhaka(22, 10, 5))
    for hour, kind in ((11, "customer_message"), (12, "human_reply"), (15, "customer_message")):
        frozen.move_to(dhaka(22, hour))
        record_event(actor=None, item=item, kind=kind)
    assert (clock(item, "next", 1).state, clock(item, "next", 1).due_at) == (ClockState.MET, dhaka(22, 16))
    assert (clock(item, "next", 2).state, clock(item, "next", 2).due_at) == (ClockState.RUNNING, dhaka(22, 19))


def test_pause_and_resume_give_the_due_time_of_the_pure_function(shop, make_item, frozen):
    item = make_item()
    frozen.move_to(dhaka(22, 12))
    change_state(actor=shop.agent, item=item, state="waiting_customer", state_flag=StateFlag.PAUSED)
    paused = clock(item, "resolution")
    assert (paused.state, paused.due_at, paused.next_check_at) == (ClockState.PAUSED, None, None)
    # The first answer is never paused (A51.4).
    assert clock(item, "first").state == ClockState.RUNNING
    frozen.move_to(dhaka(24, 15, 30))
    change_state(actor=shop.agent, item=item, state="open", state_flag=StateFlag.OPEN)
    expected = due_at(
        SUNDAY_TEN, timedelta(minutes=1320), calendar_for_branch(shop.branch), [(dhaka(22, 12), dhaka(24, 15, 30))]
    )
    assert clock(item, "resolution").due_at == expected == dhaka(26, 15, 30)


def test_reopen_goes_on_instead_of_starting_anew(shop, make_item, frozen):
    item = make_item()
    frozen.move_to(dhaka(22, 15))
    change_state(actor=shop.agent, item=item, state="resolved", state_flag=StateFlag.RESOLVED)
    item.refresh_from_db()
    assert (item.resolved_at, item.next_due_at) == (dhaka(22, 15), clock(item, "first").due_at)
    frozen.move_to(dhaka(25, 10))
    change_state(actor=None, item=item, state="open", state_flag=StateFlag.OPEN)
    # 4 hours were used on Sunday (10-13, 14-15); 18 are left: Wednesday 9 h, Thursday 9 h.
    assert clock(item, "resolution").due_at == dhaka(26, 19)
    assert (item.reopen_count, item.resolved_at) == (1, None)


def test_closing_keeps_the_resolution_and_sets_the_time(shop, make_item, frozen):
    item = make_item()
    change_state(actor=shop.agent, item=item, state="resolved", state_flag=StateFlag.RESOLVED)
    frozen.shift(minutes(60))
    change_state(actor=None, item=item, state="closed", state_flag=StateFlag.RESOLVED)
    item.refresh_from_db()
    assert (item.resolved_at, item.closed_at) == (SUNDAY_TEN, dhaka(22, 11))
    assert [row.kind for row in item.history.all()] == ["opened", "resolved", "closed"]


def test_recompute_twice_changes_nothing(make_item, frozen):
    item = make_item()
    frozen.shift(minutes(130))
    recompute(item)
    before = list(SlaClock.objects.order_by("pk").values()), list(WorkItem.objects.values())
    broken = events("promise.broken")
    recompute(item)
    assert (list(SlaClock.objects.order_by("pk").values()), list(WorkItem.objects.values())) == before
    assert events("promise.broken") == broken == 1


# ---------------------------------------------------------------- policies
def policy_with(position, conditions, minutes_promised, **fields):
    policy = SlaPolicy.objects.create(name_en=f"P{position}", position=position, conditions=conditions, **fields)
    for priority in ("urgent", "high", "normal", "low"):
        for metric in ("first", "resolution"):
            SlaTarget.objects.create(policy=policy, priority=priority, metric=metric, minutes=minutes_promised)
    return policy


def test_first_matching_policy_wins_and_the_default_is_last(shop, make_item, frozen):
    fridges = policy_with(1, {"category": ["fridge"]}, 15)
    phones = policy_with(2, {"channel": ["phone"], "priority": []}, 45)
    never = policy_with(0, {"weather": ["rain"]}, 5)
    inactive = policy_with(0, {}, 5, is_active=False)
    assert choose_policy(make_item("Fridge is warm")) == fridges
    assert choose_policy(make_item("Fan is slow")) == phones
    assert choose_policy(make_item("Fan is slow", channel="email")) == shop.policy
    assert {never.position, inactive.position} == {0}


def test_clock_hours_count_the_night(shop, make_item, frozen):
    policy_with(1, {}, 24 * 60, around_the_clock=True)
    frozen.move_to(dhaka(26, 21))
    item = make_item()
    assert clock(item, "first").due_at == dhaka(27, 21)
    assert item.clocks.filter(metric="next").count() == 0


# ---------------------------------------------------------------- the sweep
def test_warnings_go_out_once_for_each_threshold(make_item, frozen):
    item = make_item()
    for at, count in (
        (dhaka(22, 10, 59), 0),
        (dhaka(22, 11), 1),
        (dhaka(22, 11), 1),
        (dhaka(22, 11, 30), 2),
        (dhaka(22, 11, 48), 3),
    ):
        frozen.move_to(at)
        sweep_due(at)
        assert SlaWarning.objects.filter(clock__item=item).count() == count
    assert events("promise.warned") == 3
    assert told(item) == [("lead", "promise.warned")] * 3 + [(item.owner.username, "promise.warned")] * 3


def test_promise_kept_to_the_last_instant_is_not_broken(shop, make_item, frozen):
    item = make_item()
    sweep_due(dhaka(22, 12))
    assert clock(item, "first").state == ClockState.RUNNING
    sweep_due(dhaka(22, 12) + timedelta(microseconds=1))
    first = clock(item, "first")
    assert (first.state, first.breached_at, first.breached_policy_version) == (ClockState.BREACHED, dhaka(22, 12), 1)
    item.refresh_from_db()
    assert (item.is_breached, item.next_due_at) == (True, dhaka(22, 12))


def test_sweep_twice_fires_once(make_item, frozen):
    rule(2)
    rule(3, "share", 150)
    item = make_item()
    frozen.move_to(dhaka(22, 12, 1))
    assert sweep_due(dhaka(22, 12, 1)) == 1
    assert sweep_due(dhaka(22, 12, 1)) == 0
    assert events("promise.broken") == 1
    assert list(EscalationFiring.objects.values_list("step", "level")) == [("breach:first:1:0", 2)]
    assert told(item) == [("lead", "item.escalated"), (item.owner.username, "promise.broken")]


def test_after_a_downtime_only_the_weightiest_is_told_once_to_each(shop, make_item, frozen):
    for level, trigger, threshold in ((1, "breach", 0), (2, "breach", 0), (3, "share", 150), (4, "share", 200)):
        rule(level, trigger, threshold)
    item = make_item()
    frozen.move_to(dhaka(23, 12))
    sweep_due(dhaka(23, 12))
    assert told(item) == sorted((name, "item.escalated") for name in (item.owner.username, "lead", "manager", "owner"))
    # All four thresholds of the first answer are on record, and half of the resolution's time is gone too.
    assert sorted(SlaWarning.objects.values_list("clock__metric", "share")) == [
        ("first", 50), ("first", 75), ("first", 90), ("first", 100), ("resolution", 50),
    ]  # fmt: skip
    assert events("promise.warned") == 1
    assert list(EscalationFiring.objects.order_by("pk").values_list("level", flat=True)) == [1, 2, 3, 4]
    item.refresh_from_db()
    assert item.escalation_level == 4
    assert AuditEntry.objects.filter(action="work.escalate").count() == 4
    assert item.history.filter(kind="escalated").count() == 4


def test_answered_in_time_never_escalates(shop, make_item, frozen):
    rule(2, metric="first")
    item = make_item()
    frozen.shift(minutes(30))
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY)
    frozen.move_to(dhaka(22, 19))
    sweep_due(dhaka(22, 19))
    assert EscalationFiring.objects.count() == 0


def test_answered_late_before_anybody_noticed_is_broken_but_not_escalated(shop, make_item, frozen):
    rule(2)
    item = make_item()
    frozen.move_to(dhaka(22, 12, 30))
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY)
    sweep_due(dhaka(22, 12, 30))
    first = clock(item, "first")
    assert (first.state, first.breached_at, first.stopped_at) == (ClockState.BREACHED, dhaka(22, 12), dhaka(22, 12, 30))
    assert EscalationFiring.objects.count() == 0
    assert OutboxEvent.objects.get(name="promise.broken").payload["answered"] is True


def test_sweep_looks_only_at_what_is_due(make_item, frozen, django_assert_num_queries):
    for _number in range(5):
        make_item()
    with django_assert_num_queries(1):
        assert sweep_due(SUNDAY_TEN) == 0
    plan = (
        SlaClock.objects.filter(next_check_at__lte=SUNDAY_TEN)
        .order_by("next_check_at", "pk")
        .values_list("item_id")
        .explain()
    )
    if connection.vendor == "sqlite":
        assert "work_clock_check" in plan


def test_one_bad_item_holds_up_no_other(make_item, frozen, monkeypatch):
    bad, good = make_item(), make_item()
    monkeypatch.setattr(WorkItem, "__str__", lambda self: self.number)
    original = escalation.Told.send

    def send(self, item, batch):
        if item.pk == bad.pk:
            raise RuntimeError("broken row")
        original(self, item, batch)

    monkeypatch.setattr("halkhata.engines.work.services.promises.Told.send", send)
    frozen.move_to(dhaka(22, 12, 1))
    sweep_due(dhaka(22, 12, 1))
    assert clock(good, "first").state == ClockState.BREACHED
    assert clock(bad, "first").state == ClockState.RUNNING


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_sweeps_at_once_fire_once_and_without_the_guard_twice(make_item, frozen, monkeypatch, guarded):
    rule(2)
    item = make_item()
    at = dhaka(22, 12, 1)
    frozen.move_to(at)
    if not guarded:
        # The twin: every sweep believes the clock is due and the step is new, as a careless one would.
        from halkhata.engines.work.services import promises

        names = iter(range(1000))
        monkeypatch.setattr(
            promises.Handled, "of_many", classmethod(lambda cls, ids: {item_id: cls() for item_id in ids})
        )
        monkeypatch.setattr(promises, "set_next_checks", lambda *args, **kwargs: None)
        monkeypatch.setattr(promises, "step_name", lambda rule, clock: f"unguarded:{next(names)}")
    barrier, errors = threading.Barrier(2), []

    def sweep():
        try:
            barrier.wait()
            sweep_due(at)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert EscalationFiring.objects.filter(item=item, level=2).count() == (1 if guarded else 2)
    assert events("item.escalated") == (1 if guarded else 2)


# ---------------------------------------------------------------- what stays
def test_priority_change_moves_running_promises_and_is_logged(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(20))
    change_priority(actor=shop.lead, item=item, priority="urgent", reason="Smoke")
    assert clock(item, "first").due_at == dhaka(22, 10, 30)
    assert clock(item, "resolution").due_at == dhaka(22, 15)
    assert item.history.get(kind="priority_changed").data == {"from": "normal", "to": "urgent", "reason": "Smoke"}


def test_recorded_breach_stays_whatever_is_changed_later(shop, make_item, frozen):
    item = make_item()
    frozen.move_to(dhaka(22, 12, 5))
    sweep_due(dhaka(22, 12, 5))
    before = SlaClock.objects.filter(item=item, metric="first").values().get()
    change_priority(actor=shop.lead, item=item, priority="low")
    SlaTarget.objects.filter(policy=shop.policy).update(minutes=3300)
    SlaPolicy.objects.filter(pk=shop.policy.pk).update(version=2)
    CalendarDay.objects.create(calendar=shop.calendar, on="2026-11-22", kind="holiday")
    recompute_unfinished(reason="policy")
    after = SlaClock.objects.filter(item=item, metric="first").values().get()
    for name in ("state", "breached_at", "breached_policy_version", "due_at", "target_minutes"):
        assert after[name] == before[name], name
    assert events("promise.broken") == 1
    item.refresh_from_db()
    assert item.is_breached


def test_edit_moves_running_items_with_a_note_and_leaves_finished_ones(shop, make_item, frozen):
    running, finished = make_item(), make_item()
    change_state(actor=shop.agent, item=finished, state="resolved", state_flag=StateFlag.RESOLVED)
    before = list(SlaClock.objects.filter(item=finished).order_by("pk").values())
    history = finished.history.count()
    CalendarDay.objects.create(calendar=shop.calendar, on="2026-11-23", kind="holiday")
    assert recompute_unfinished(reason="calendar") == 1
    assert clock(running, "resolution").due_at == dhaka(25, 12)
    note = running.history.get(kind="policy_changed")
    assert note.data["reason"] == "calendar"
    assert [change["metric"] for change in note.data["due"]] == ["resolution"]
    assert list(SlaClock.objects.filter(item=finished).order_by("pk").values()) == before
    assert finished.history.count() == history


def test_kept_promise_of_a_running_item_is_not_judged_anew_after_an_edit(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(100))
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY)
    SlaTarget.objects.filter(policy=shop.policy, metric="first").update(minutes=5)
    recompute_unfinished(reason="policy")
    first = clock(item, "first")
    assert (first.state, first.target_minutes) == (ClockState.MET, 120)


def test_answer_entered_late_is_judged_by_when_it_was_given(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(90))
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY)
    record_event(actor=shop.agent, item=item, kind=WorkEventKind.HUMAN_REPLY, at=dhaka(22, 10, 15))
    assert clock(item, "first").stopped_at == dhaka(22, 10, 15)
    item.refresh_from_db()
    assert item.first_response_at == dhaka(22, 10, 15)


def test_calendar_that_never_opens_does_not_keep_an_item_from_opening(shop, make_item, frozen):
    shop.calendar.intervals.all().delete()
    assert clock(make_item(), "first").due_at == dhaka(22, 12)


# ---------------------------------------------------------------- why is it due then?
def test_explanation_names_every_stretch_and_its_reason(shop, make_item, frozen):
    CalendarDay.objects.create(calendar=shop.calendar, on="2026-11-23", kind="holiday", name_en="Harvest day")
    told_now = explain_item(make_item())
    resolution = next(entry for entry in told_now["clocks"] if entry["metric"] == "resolution")
    assert resolution["target_minutes"] == 1320
    assert [(line["kind"], line["seconds"]) for line in resolution["lines"]] == [
        ("working", 3 * 3600),
        ("closed", 0),
        ("working", 6 * 3600),
        ("holiday", 0),
        ("working", 4 * 3600),
        ("closed", 0),
        ("working", 6 * 3600),
        ("closed", 0),
        ("working", 3 * 3600),
    ]
    assert resolution["lines"][3]["reason"] == "Holiday: 23 Nov 2026 (Harvest day)"
    assert resolution["lines"][-1]["total"] == 1320 * 60
    assert datetime.fromisoformat(resolution["lines"][-1]["to"]) == datetime.fromisoformat(resolution["due_at"])


def test_explanation_of_a_paused_clock_ends_in_the_open(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(30))
    change_state(actor=shop.agent, item=item, state="waiting_customer", state_flag=StateFlag.PAUSED)
    resolution = next(entry for entry in explain_item(item)["clocks"] if entry["metric"] == "resolution")
    assert (resolution["due_at"], resolution["state"]) == (None, "paused")
    assert (resolution["lines"][-1]["kind"], resolution["lines"][-1]["to"]) == ("paused", None)


def test_history_is_append_only(make_item, frozen):
    item = make_item()
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        WorkEvent.objects.filter(item=item).update(kind="note")


def test_time_is_asked_in_one_place(make_item):
    with time_machine.travel(dhaka(22, 9, 30), tick=False):
        assert make_item().opened_at == dhaka(22, 9, 30)


def test_edit_in_the_middle_of_a_sweep_holds_for_the_items_after_it(make_item, frozen, monkeypatch):
    first, second = make_item("First"), make_item("Second")
    frozen.move_to(dhaka(22, 12, 1))
    monkeypatch.setattr("halkhata.engines.work.services.promises.TOGETHER", 1)
    original = escalation.Told.send

    def edit_after_the_first(self, item, batch):
        original(self, item, batch)
        if item.pk == first.pk:
            SlaTarget.objects.filter(metric="first").update(minutes=600)

    monkeypatch.setattr("halkhata.engines.work.services.promises.Told.send", edit_after_the_first)
    assert sweep_due(dhaka(22, 12, 1)) == 2
    assert SlaClock.objects.get(item=first, metric="first").breached_at is not None
    clock = SlaClock.objects.get(item=second, metric="first")
    assert (clock.breached_at, clock.target_minutes) == (None, 600)
