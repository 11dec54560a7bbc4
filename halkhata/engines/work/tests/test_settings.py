"""Edits of calendars, promises and the matrix: validated, audited, followed by running items; the starting rows."""

from datetime import date

import pytest

from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import BusinessCalendar, ChecklistTemplate, EscalationRule, SlaClock, SlaPolicy
from halkhata.engines.work.selectors.calendars import calendar_for_branch, next_working_time
from halkhata.engines.work.services.calendars import save_calendar, save_day
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.policies import move_policy, save_policy, save_rule
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.jobs.worker import run_until_quiet

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
