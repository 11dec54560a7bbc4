"""Calls and deadlines that the chain plans lie in the branch's hours (US-18, A55.6)."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from halkhata.desks.feedback.services import asking
from halkhata.desks.feedback.services.answering import record_answer
from halkhata.desks.tickets.models import Category, DeskSettings
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.work.models import Absence, CalendarDay, Notification, WorkItem
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import EventDelivery
from halkhata.oversight.automation.working_hours import last_opening_until, opening_from

pytestmark = pytest.mark.django_db


def dhaka(day, hour, minute=0):
    """A time in November 2026 in Dhaka; the 22nd is a Sunday, the 27th a Friday, when the shop is closed."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=6)


@pytest.fixture(autouse=True)
def _quiet_worker():
    with mock.patch("halkhata.foundation.core.jobs.worker.Worker._claim", return_value=[]):
        yield


@pytest.mark.parametrize(("wanted", "found"), [
    (dhaka(22, 10), dhaka(22, 10)),
    (dhaka(22, 13, 30), dhaka(22, 14)),  # lunch
    (dhaka(22, 21), dhaka(23, 9)),  # night
    (dhaka(27, 11), dhaka(28, 9)),  # Friday
])  # fmt: skip
def test_call_waits_for_the_next_opening(shop, wanted, found):
    assert opening_from(shop.branch, wanted) == found


@pytest.mark.parametrize(("answered", "due"), [
    (dhaka(22, 10), dhaka(24, 10)),
    (dhaka(22, 13, 30), dhaka(24, 13)),  # lunch of the day after next: by its beginning
    (dhaka(22, 23), dhaka(24, 20)),  # night: by closing time
    (dhaka(25, 11), dhaka(26, 20)),  # two days later is Friday: by Thursday evening
    (dhaka(26, 20, 30), dhaka(28, 20)),
])  # fmt: skip
def test_deadline_is_never_later_than_promised(shop, answered, due):
    assert last_opening_until(shop.branch, since=answered, until=answered + timedelta(hours=48)) == due


def test_deadline_of_a_long_holiday_is_the_next_opening(shop):
    for day in (22, 23, 24, 25):
        CalendarDay.objects.create(calendar=shop.calendar, on=datetime(2026, 11, day).date(), kind="holiday")
    since = dhaka(22, 10)
    assert last_opening_until(shop.branch, since=since, until=since + timedelta(hours=48)) == dhaka(26, 9)


def test_shop_that_never_opens_plans_all_the_same(shop):
    shop.calendar.intervals.all().delete()
    assert opening_from(shop.branch, dhaka(22, 10)) == dhaka(22, 10)
    assert last_opening_until(shop.branch, since=dhaka(22, 10), until=dhaka(24, 10)) == dhaka(24, 10)


def resolved(desk, customer, at):
    create_default_templates()
    with moved_to(at - timedelta(hours=1)):
        ticket = open_ticket(
            actor=None, subject="The fridge", description="", customer=customer, channel="email", branch=desk.branch,
            team=desk.team, owner=desk.agent,
        )  # fmt: skip
    with moved_to(at):
        resolve_ticket(
            actor=desk.agent, ticket=ticket, category=Category.objects.get(code="product-fault"), **RESOLUTION
        )
        run_until_quiet()
    return ticket


def test_calls_come_on_the_shops_days_in_its_hours(desk, rahima):
    DeskSettings.objects.create(follow_up_1=2, follow_up_2=5, follow_up_3=10)
    ticket = resolved(desk, rahima, dhaka(22, 19, 30))
    calls = WorkItem.objects.filter(parent_id=ticket.pk, kind="follow_up").order_by("planned_at")
    # The fifth day is a Friday.
    assert [call.planned_at for call in calls] == [dhaka(24, 19, 30), dhaka(28, 9), dhaka(22, 19, 30) + timedelta(10)]


def test_shop_without_follow_up_days_plans_no_call(desk, rahima):
    DeskSettings.objects.create(follow_up_1=None, follow_up_2=None)
    resolved(desk, rahima, dhaka(22, 11))
    assert not WorkItem.objects.filter(kind="follow_up").exists()


def test_bad_answer_is_due_in_hours_and_told_to_the_manager_once(desk, rahima, monkeypatch):
    tokens = []
    real = asking.secrets.token_urlsafe
    monkeypatch.setattr(asking.secrets, "token_urlsafe", lambda size: tokens.append(real(size)) or tokens[-1])
    ticket = resolved(desk, rahima, dhaka(25, 10))
    with moved_to(dhaka(25, 11)):
        record_answer(token=tokens[0], score=2)
        run_until_quiet()
        EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0)
        run_until_quiet()
    recovery = WorkItem.objects.get(kind="recovery")
    assert (recovery.owner, recovery.planned_at) == (desk.agent, dhaka(26, 20))
    notice = Notification.objects.get(verb="survey.bad_answer")
    assert (notice.user, notice.item_id, notice.data["score"]) == (desk.manager, ticket.pk, 2)


@pytest.mark.parametrize("score", [3, 5])
def test_good_answer_is_nobodys_alarm(desk, rahima, monkeypatch, score):
    tokens = []
    real = asking.secrets.token_urlsafe
    monkeypatch.setattr(asking.secrets, "token_urlsafe", lambda size: tokens.append(real(size)) or tokens[-1])
    resolved(desk, rahima, dhaka(25, 10))
    with moved_to(dhaka(25, 11)):
        record_answer(token=tokens[0], score=score)
        run_until_quiet()
    assert not Notification.objects.filter(verb="survey.bad_answer").exists()


def test_manager_who_is_away_is_stood_in_for(desk, rahima, monkeypatch):
    Absence.objects.create(user=desk.manager, starts_at=dhaka(20, 9), ends_at=dhaka(30, 9))
    tokens = []
    real = asking.secrets.token_urlsafe
    monkeypatch.setattr(asking.secrets, "token_urlsafe", lambda size: tokens.append(real(size)) or tokens[-1])
    resolved(desk, rahima, dhaka(25, 10))
    with moved_to(dhaka(25, 11)):
        record_answer(token=tokens[0], score=1)
        run_until_quiet()
    assert Notification.objects.get(verb="survey.bad_answer").user == desk.owner
