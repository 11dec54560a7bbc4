"""An answer comes within so many hours of the clock at the latest (A52.16: 72 in Bangladesh)."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from halkhata.engines.work.choices import ClockState, Metric, Priority
from halkhata.engines.work.legal import hours_to_act
from halkhata.engines.work.models import BusinessCalendar, CalendarDay, SlaClock, SlaPolicy, SlaTarget, SlaWarning
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.ceiling import in_force
from halkhata.engines.work.promise.clock import due_at, explain, instant_at_share
from halkhata.engines.work.selectors.explain import explained
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.item_history import record_event
from halkhata.engines.work.services.items import change_state
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.services.promises import recompute_unfinished, sweep_due
from halkhata.engines.work.tests.test_clock_properties import quick, situations
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation

HOUR = timedelta(hours=1)
DHAKA = ZoneInfo("Asia/Dhaka")


def dhaka(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=DHAKA)


@quick
@given(
    situations(),
    st.integers(0, 400 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([1, 24, 72, 100]).map(lambda hours: timedelta(hours=hours)),
)
def test_due_is_never_later_than_the_ceiling_and_never_later_than_without(situation, target, ceiling):
    start, plan, _pauses = situation
    calendar = WorkingCalendar.from_dict(plan)
    promised, hours = in_force(start, target, calendar, ceiling)
    due = due_at(start, promised, hours)
    assert due is not None
    assert due - start <= ceiling
    try:
        without = due_at(start, target, calendar)
    except CalendarError:
        without = None
    if without is None or without - start > ceiling:
        # The promise is the ceiling itself, every hour of it.
        assert due - start == ceiling == promised
        shares = [instant_at_share(start, promised, share, hours) for share in (0.5, 0.9, 1)]
        assert shares == sorted(shares)
        assert shares[-1] == due
        assert sum((line.counted for line in explain(start, promised, hours)), timedelta(0)) == ceiling
    else:
        assert due == without
        assert (promised, hours) == (target, calendar)
    # Reckoned again from what was kept, it is the same: the page explains what the clock was judged by.
    assert due_at(start, *in_force(start, promised, calendar, ceiling)) == due


@quick
@given(situations(), st.integers(0, 400 * 60).map(lambda minutes: timedelta(minutes=minutes)))
def test_without_a_ceiling_nothing_changes(situation, target):
    start, plan, _pauses = situation
    calendar = WorkingCalendar.from_dict(plan)
    assert in_force(start, target, calendar, None) == (target, calendar)


def test_ramadan_hours_and_eid_holidays_do_not_stretch_the_72_hours():
    # Two hours a day in the last week of Ramadan, then closed from the 19th to the 25th of March.
    ramadan = {date(2026, 3, day).isoformat(): [["10:00", "12:00"]] for day in range(12, 19)}
    calendar = WorkingCalendar.from_dict(
        {"zone": "Asia/Dhaka", "week": {str(day): [["09:00", "19:00"]] for day in range(7)},
         "overrides": ramadan, "holidays": [date(2026, 3, day).isoformat() for day in range(19, 26)]}
    )  # fmt: skip
    start = dhaka(17, 10, month=3)
    assert due_at(start, 10 * HOUR, calendar) == dhaka(26, 15, month=3)
    promised, hours = in_force(start, 10 * HOUR, calendar, 72 * HOUR)
    assert due_at(start, promised, hours) == dhaka(20, 10, month=3)
    # An urgent one is due by opening hours, well before.
    assert in_force(start, HOUR, calendar, 72 * HOUR) == (HOUR, calendar)


def test_calendar_that_never_opens_has_the_ceiling():
    closed = WorkingCalendar.from_dict({"zone": "Asia/Dhaka", "week": {}})
    start = datetime(2026, 11, 22, tzinfo=UTC)
    promised, hours = in_force(start, HOUR, closed, 72 * HOUR)
    assert due_at(start, promised, hours) == start + 72 * HOUR


@pytest.fixture
def limited(shop):
    """The shop of the tests under the law of Bangladesh, closed from Monday the 23rd to Sunday the 29th."""
    SlaPolicy.objects.filter(pk=shop.policy.pk).update(ceiling_hours=72)
    calendar = BusinessCalendar.objects.get(pk=shop.calendar.pk)
    for day in range(23, 30):
        CalendarDay.objects.create(calendar=calendar, on=date(2026, 11, day), kind="holiday")
    SlaTarget.objects.filter(policy=shop.policy, priority="low").update(minutes=20 * 60)
    shop.policy.refresh_from_db()
    return shop


def clock_of(item, metric="first"):
    return item.clocks.get(metric=metric)


@pytest.mark.django_db
def test_first_answer_is_due_within_72_hours_of_the_clock(limited, make_item, frozen):
    item = make_item(priority="low")
    first, last = clock_of(item), clock_of(item, "resolution")
    assert first.due_at == dhaka(25, 10)
    assert first.target_minutes == 72 * 60
    # The solution has no such limit: the rule asks that somebody begins.
    assert last.due_at > dhaka(29, 0)
    item.refresh_from_db()
    assert item.next_due_at == dhaka(25, 10)


@pytest.mark.django_db
def test_next_answer_is_due_within_72_hours_of_the_clock(limited, make_item, frozen):
    item = make_item(priority="low")
    record_event(actor=limited.agent, item=item, kind="human_reply")
    frozen.shift(HOUR)
    record_event(actor=None, item=item, kind="customer_message")
    assert clock_of(item, "next").due_at == dhaka(25, 11)


@pytest.mark.django_db
def test_waiting_for_the_customer_does_not_stretch_it(limited, make_item, frozen):
    item = make_item(priority="low")
    frozen.shift(HOUR)
    change_state(actor=limited.agent, item=item, state="waiting_customer", state_flag="paused")
    frozen.shift(30 * HOUR)
    change_state(actor=limited.agent, item=item, state="open", state_flag="open")
    assert clock_of(item).due_at == dhaka(25, 10)
    assert clock_of(item).state == ClockState.RUNNING


@pytest.mark.django_db
def test_warnings_follow_the_72_hours_and_the_promise_breaks_at_their_end(limited, make_item, frozen):
    item = make_item(priority="low")
    frozen.move_to(dhaka(23, 22))
    sweep_due(now())
    assert list(SlaWarning.objects.filter(clock__metric="first").values_list("share", flat=True)) == [50]
    frozen.move_to(dhaka(25, 10) + timedelta(seconds=1))
    sweep_due(now())
    broken = clock_of(item)
    assert (broken.state, broken.breached_at) == (ClockState.BREACHED, dhaka(25, 10))


@pytest.mark.django_db
def test_page_says_that_every_hour_counts(limited, make_item, frozen, client_as):
    item = make_item(priority="low", owner=limited.owner)
    told = {clock["metric"]: clock for clock in explained(item)["clocks"]}
    assert (told["first"]["by_ceiling"], told["resolution"]["by_ceiling"]) == (True, False)
    assert told["first"]["lines"][-1]["to"] == told["first"]["due_at"] == dhaka(25, 10)
    assert not told["first"]["recorded"]
    page = client_as(limited.owner).get(reverse("work:explain", args=[item.number])).content.decode()
    assert page.count("Every hour counts here, day and night: by opening hours it would fall later than 72 h") == 1


@pytest.mark.django_db
def test_limit_set_later_moves_running_clocks_and_the_history_says_so(limited, make_item, frozen):
    SlaPolicy.objects.filter(pk=limited.policy.pk).update(ceiling_hours=None)
    item = make_item(priority="low")
    assert clock_of(item).due_at > dhaka(29, 0)
    SlaPolicy.objects.filter(pk=limited.policy.pk).update(ceiling_hours=72)
    assert recompute_unfinished(reason="policy") == 1
    assert clock_of(item).due_at == dhaka(25, 10)
    (moved,) = item.history.filter(kind="policy_changed")
    assert moved.data["due"][0]["to"] == dhaka(25, 10).astimezone(UTC).isoformat()


def targets(hours):
    return {(p, m): hours * 60 for p in Priority.values for m in Metric.values}


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "ceiling", "code"), [(73, 72, "over_ceiling"), (1, 0, "ceiling_range")])
def test_promise_beyond_its_limit_is_refused(shop, hours, ceiling, code):
    with pytest.raises(DomainError, match=code):
        save_policy(
            actor=SYSTEM, policy=None, name_bn="", name_en="P", targets=targets(hours), ceiling_hours=ceiling
        )  # fmt: skip
    assert SlaPolicy.objects.count() == 1
    save_policy(actor=SYSTEM, policy=None, name_bn="", name_en="P", targets=targets(72), ceiling_hours=72)


@pytest.mark.django_db
def test_form_of_a_shop_in_bangladesh_begins_with_72_hours(shop, client_as):
    client = client_as(shop.owner)
    Installation.objects.update_or_create(pk=1, defaults={"country": "BD"})
    assert client.get(reverse("work:policy_new")).context["form"]["ceiling_hours"].value() == "72"
    Installation.objects.update(country="IN")
    assert client.get(reverse("work:policy_new")).context["form"]["ceiling_hours"].value() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "ceiling"), [("BD", 72), ("IN", None)])
def test_new_shop_has_the_limit_of_its_country(country, ceiling):
    assert hours_to_act(country) == ceiling
    branch = Branch.objects.create(code="main", name_en="Main", path="/1/", country=country)
    made = create_default_work_setup(branch=branch)
    assert made.policy.ceiling_hours == ceiling


@pytest.fixture
def step():
    return import_module("halkhata.engines.work.migrations.0016_answer_within_72_hours")


@pytest.mark.django_db
def test_shop_of_before_gets_the_limit_and_its_late_clocks_follow_in_the_next_sweep(limited, make_item, frozen, step):
    Installation.objects.update_or_create(pk=1, defaults={"country": "BD", "set_up_at": now()})
    SlaPolicy.objects.update(ceiling_hours=None)
    mine = save_policy(
        actor=SYSTEM, policy=None, name_bn="", name_en="Mine", targets=targets(5), ceiling_hours=24,
        conditions={"kind": ["complaint"]},
    )  # fmt: skip
    jobs = save_policy(
        actor=SYSTEM, policy=None, name_bn="", name_en="Jobs", targets=targets(5), conditions={"kind": ["job"]}
    )
    late, soon = make_item(priority="low"), make_item("Soon", priority="urgent")
    kept = clock_of(soon).next_check_at
    step.limit(apps, None)
    for policy, ceiling, version in ((limited.policy, 72, 2), (mine, 24, 1), (jobs, None, 1)):
        policy.refresh_from_db()
        assert (policy.ceiling_hours, policy.version) == (ceiling, version)
    assert clock_of(soon).next_check_at == kept
    sweep_due(now())
    assert clock_of(late).due_at == dhaka(25, 10)
    assert late.history.filter(kind="policy_changed").count() >= 1
    late.refresh_from_db()
    assert late.next_due_at == dhaka(25, 10)


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "set_up_at"), [("IN", datetime(2026, 1, 1, tzinfo=UTC)), ("BD", None)])
def test_shop_elsewhere_or_not_set_up_stays_as_it_is(shop, step, country, set_up_at):
    Installation.objects.update_or_create(pk=1, defaults={"country": country, "set_up_at": set_up_at})
    step.limit(apps, None)
    assert not SlaPolicy.objects.filter(ceiling_hours__isnull=False).exists()
    assert not SlaClock.objects.exists()
