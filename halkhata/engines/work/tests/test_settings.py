"""Edits of calendars, promises and the matrix: validated, audited, followed by running items; the starting rows."""

from datetime import date

import pytest

from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import (
    BusinessCalendar,
    CalendarDay,
    ChecklistTemplate,
    EscalationRule,
    SlaClock,
    SlaPolicy,
)
from halkhata.engines.work.selectors.calendars import calendar_for_branch, next_working_time
from halkhata.engines.work.selectors.special_days import day_stretches
from halkhata.engines.work.services.calendars import remove_days, save_calendar, save_day, save_days
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.policies import move_policy, save_policy, save_rule
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import OutboxEvent

from .test_promises import dhaka

pytestmark = pytest.mark.django_db

WEEK = (((540, 1080),),) * 7


def lone_branch():
    branch = Branch.objects.create(code="new", name_en="New shop")
    Branch.objects.filter(pk=branch.pk).update(path=f"/{branch.pk}/")
    branch.refresh_from_db()
    return branch


def full(first=60, last=600):
    return {
        (priority, metric): first if metric == Metric.FIRST_RESPONSE else last
        for priority in Priority.values
        for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
    }


def test_edit_reaches_running_items_through_outbox_and_job(shop, make_item, frozen):
    item = make_item()
    save_day(actor=shop.owner, calendar=shop.calendar, on=date(2026, 11, 22), kind="override", hours=((540, 660),))
    run_until_quiet()
    # One hour was left on Sunday, the second comes on Monday.
    assert SlaClock.objects.get(item=item, metric="first").due_at == dhaka(23, 10)
    assert AuditEntry.objects.filter(action="calendar.day").count() == 1


def test_every_active_priority_needs_its_targets(shop):
    targets = full()
    targets.pop((Priority.LOW, Metric.RESOLUTION))
    with pytest.raises(DomainError, match="target_missing") as caught:
        save_policy(actor=SYSTEM, policy=None, name_bn="", name_en="P", targets=targets)
    assert caught.value.field == "target_low_resolution"
    # A policy for urgent work alone needs only that.
    urgent = {key: value for key, value in full().items() if key[0] == Priority.URGENT}
    assert save_policy(
        actor=SYSTEM, policy=None, name_bn="", name_en="P", targets=urgent, conditions={"priority": ["urgent"]}
    ).pk


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"targets": full(first=601)}, "first_after_resolution"),
        ({"targets": full(last=600_000)}, "target_range"),
        ({"warn_at": [0, 50]}, "bad_warning"),
        ({"warn_at": [100]}, "bad_warning"),
        ({"conditions": {"weather": ["rain"]}}, "bad_condition"),
        ({"name_en": " "}, "name_missing"),
    ],
)
def test_promise_that_cannot_be_is_refused_and_nothing_is_saved(shop, changes, code):
    values = {"name_bn": "", "name_en": "P", "targets": full(), **changes}
    with pytest.raises(DomainError, match=code):
        save_policy(actor=SYSTEM, policy=None, **values)
    assert SlaPolicy.objects.count() == 1


def test_default_promise_stays_active_last_and_without_conditions(shop):
    values = {"name_bn": "", "name_en": "D", "targets": full()}
    with pytest.raises(DomainError, match="default_stays_active"):
        save_policy(actor=SYSTEM, policy=shop.policy, is_active=False, **values)
    saved = save_policy(actor=SYSTEM, policy=shop.policy, conditions={"kind": ["x"]}, version=1, **values)
    assert (saved.version, saved.conditions, saved.is_default) == (2, {}, True)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        save_policy(actor=SYSTEM, policy=shop.policy, version=1, **values)


def test_order_of_promises_can_be_changed_but_not_the_last(shop):
    first, second = (save_policy(actor=SYSTEM, policy=None, name_bn="", name_en=name, targets=full()) for name in "AB")
    move_policy(actor=shop.owner, policy=second, up=True)
    assert list(SlaPolicy.objects.values_list("pk", flat=True)) == [second.pk, first.pk, shop.policy.pk]
    move_policy(actor=shop.owner, policy=second, up=True)
    move_policy(actor=shop.owner, policy=shop.policy, up=True)
    assert list(SlaPolicy.objects.values_list("pk", flat=True)) == [second.pk, first.pk, shop.policy.pk]
    with pytest.raises(PermissionRefused):
        move_policy(actor=shop.agent, policy=first, up=True)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"level": 5, "trigger": "breach"}, "bad_level"),
        ({"level": 2, "trigger": "rain"}, "bad_trigger"),
        ({"level": 2, "trigger": "share", "threshold": 0}, "bad_threshold"),
        ({"level": 2, "trigger": "breach", "notify": False}, "rule_does_nothing"),
    ],
)
def test_step_that_cannot_be_is_refused(shop, values, code):
    with pytest.raises(DomainError, match=code):
        save_rule(actor=SYSTEM, rule=None, **values)
    assert EscalationRule.objects.count() == 0


def test_same_step_twice_is_refused(shop):
    save_rule(actor=SYSTEM, rule=None, level=2, trigger="share", threshold=75)
    with pytest.raises(DomainError, match="rule_exists"):
        save_rule(actor=SYSTEM, rule=None, level=2, trigger="share", threshold=75)
    assert EscalationRule.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"week": ((),) * 7}, "never_opens"),
        ({"zone": "Asia/Nowhere"}, "unknown_zone"),
        ({"week": (((540, 800), (700, 900)),) + ((),) * 6}, "overlap"),
        ({"week": (((900, 800),),) + ((),) * 6}, "bad_interval"),
        ({"name_en": ""}, "name_missing"),
    ],
)
def test_calendar_that_cannot_be_is_refused(shop, changes, code):
    values = {"name_bn": "", "name_en": "C", "zone": "Asia/Dhaka", "week": WEEK, **changes}
    with pytest.raises(DomainError, match=code):
        save_calendar(actor=SYSTEM, calendar=None, **values)
    assert BusinessCalendar.objects.count() == 1


def test_branch_without_hours_uses_those_above_it_and_without_any_every_hour_counts(shop):
    child = Branch.objects.create(code="child", name_en="Child", parent=shop.branch, path=f"{shop.branch.path}999/")
    alone = Branch.objects.create(code="alone", name_en="Alone", path="/998/")
    assert calendar_for_branch(child) == calendar_for_branch(shop.branch)
    assert next_working_time(child, dhaka(27, 11)) == dhaka(28, 9)
    assert next_working_time(alone, dhaka(27, 3)) == dhaka(27, 3)


def test_starting_rows_are_made_once_and_fit_together(db):
    branch = lone_branch()
    setup = create_default_work_setup(branch=branch, opens=600, closes=1260, closed_weekdays=(1,))
    again = create_default_work_setup(branch=Branch.objects.get())
    assert (again.calendar, again.policy) == (setup.calendar, setup.policy)
    week = calendar_for_branch(branch).week
    assert (week[0], week[1]) == (((600, 780), (840, 1260)), ())
    assert setup.policy.is_default
    assert setup.policy.targets.count() == 12
    assert set(EscalationRule.objects.values_list("level", flat=True)) == {1, 2, 3, 4}
    assert set(ChecklistTemplate.objects.values_list("kind", flat=True)) == {"complaint", "recovery"}


@pytest.mark.parametrize(("opens", "closes"), [(1200, 300), (540, 540)])
def test_shop_open_past_midnight_is_open_all_day(db, opens, closes):
    branch = lone_branch()
    create_default_work_setup(branch=branch, opens=opens, closes=closes, closed_weekdays=(), lunch=None)
    assert calendar_for_branch(branch).week == (((0, 1440),),) * 7


FASTING = ((540, 960),)
"""09:00-16:00."""


def fasting(shop, first_on, last_on, **changes):
    return save_days(
        actor=shop.owner,
        calendar=shop.calendar,
        first_on=first_on,
        last_on=last_on,
        **{"kind": "override", "name_en": "Ramadan hours", "hours": FASTING, **changes},
    )


def test_hours_for_a_stretch_leave_fridays_and_holidays_closed_and_promises_follow_once(shop, make_item, frozen):
    item = make_item()
    save_day(actor=shop.owner, calendar=shop.calendar, on=date(2026, 11, 24), kind="holiday")
    run_until_quiet()
    before = OutboxEvent.objects.count()
    days = fasting(shop, date(2026, 11, 22), date(2026, 11, 29))
    assert OutboxEvent.objects.count() == before + 1
    # Tuesday 24 is the holiday, 27 a Friday.
    assert [day.on.day for day in days] == [22, 23, 25, 26, 28, 29]
    calendar = calendar_for_branch(shop.branch)
    assert calendar.hours_of(date(2026, 11, 22)) == FASTING
    assert calendar.hours_of(date(2026, 11, 24)) == calendar.hours_of(date(2026, 11, 27)) == ()
    assert calendar.hours_of(date(2026, 11, 30)) == ((540, 780), (840, 1200))
    entry = AuditEntry.objects.filter(action="calendar.day").latest("pk")
    assert entry.after == {
        "on": "2026-11-22", "until": "2026-11-29", "days": 6, "kind": "override", "hours": [[540, 960]],
    }  # fmt: skip
    run_until_quiet()
    # 22 hours from Sunday at ten: six of that day, seven each of Monday and Wednesday, two of Thursday.
    assert SlaClock.objects.get(item=item, metric="resolution").due_at == dhaka(26, 11)


def test_a_single_date_opens_even_a_friday(shop):
    (day,) = fasting(shop, date(2026, 11, 27), date(2026, 11, 27))
    assert day.on == date(2026, 11, 27)
    assert calendar_for_branch(shop.branch).hours_of(day.on) == FASTING


def test_holidays_cover_every_date_of_the_stretch_and_replace_what_stood_there(shop):
    fasting(shop, date(2026, 11, 26), date(2026, 11, 28), kind="holiday", is_provisional=True)
    fasting(shop, date(2026, 11, 27), date(2026, 11, 29), kind="holiday", name_en="Eid")
    rows = CalendarDay.objects.filter(calendar=shop.calendar).values_list("on", "name_en", "is_provisional")
    assert [(on.day, name, moves) for on, name, moves in rows] == [
        (26, "Ramadan hours", True), (27, "Eid", False), (28, "Eid", False), (29, "Eid", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first_on", "last_on", "code"),
    [
        (date(2026, 11, 23), date(2026, 11, 22), "days_backwards"),
        (date(2026, 1, 1), date(2027, 1, 2), "too_many_days"),
        (date(2026, 11, 24), date(2026, 11, 25), "closed_anyway"),
    ],
)
def test_stretch_that_cannot_be_is_refused_and_nothing_is_saved(shop, first_on, last_on, code):
    for on in (date(2026, 11, 24), date(2026, 11, 25)):
        save_day(actor=SYSTEM, calendar=shop.calendar, on=on, kind="holiday")
    with pytest.raises(DomainError, match=code) as caught:
        fasting(shop, first_on, last_on)
    assert caught.value.field == "until"
    assert CalendarDay.objects.count() == 2
    assert len(fasting(shop, date(2026, 1, 1), date(2027, 1, 1))) > 300


def test_stretch_is_shown_as_one_whatever_is_closed_inside_and_splits_where_a_day_differs(shop):
    fasting(shop, date(2026, 11, 22), date(2026, 12, 5))
    save_day(actor=SYSTEM, calendar=shop.calendar, on=date(2026, 11, 25), kind="holiday", name_en="Stock-taking")
    shown = [(s.first.on.day, s.last.on.day, len(s.days), s.hours) for s in day_stretches(shop.calendar)]
    # The fifth of December is a Saturday; the Fridays 27 and 4 are not among the days.
    assert shown == [(22, 5, 12, FASTING), (25, 25, 1, ())]
    save_day(actor=SYSTEM, calendar=shop.calendar, on=date(2026, 12, 1), kind="override", name_en="Short", hours=())
    shown = [(s.first.on.day, s.last.on.day, len(s.days)) for s in day_stretches(shop.calendar)]
    assert shown == [(22, 30, 8), (25, 25, 1), (1, 1, 1), (2, 5, 3)]


def test_stretch_is_removed_as_one(shop):
    days = fasting(shop, date(2026, 11, 22), date(2026, 11, 29))
    with pytest.raises(PermissionRefused):
        remove_days(actor=shop.agent, calendar=shop.calendar, days=days)
    remove_days(actor=shop.owner, calendar=shop.calendar, days=days)
    assert not CalendarDay.objects.exists()
    entry = AuditEntry.objects.get(action="calendar.day_removed")
    assert entry.before == {"on": "2026-11-22", "until": "2026-11-29", "days": 7, "kind": "override"}
