"""When the customer hears from us: written to while we are closed (A51.11), and a new time that staff named (US-12)."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Delivery, Template
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.work.models import CalendarDay, SlaClock, WorkItem
from halkhata.engines.work.services.delays import explain_delay
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import EventDelivery

pytestmark = pytest.mark.django_db
DHAKA = ZoneInfo("Asia/Dhaka")


def dhaka(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=DHAKA)


@pytest.fixture(autouse=True)
def _prepared_not_sent(db):
    create_default_templates()
    with mock.patch("halkhata.foundation.core.jobs.worker.Worker._claim", return_value=[]):
        yield


@pytest.fixture
def answered(desk, rahima):
    """A ticket of Tuesday at ten, answered at eleven: what comes now starts a next answer of four working hours."""
    with moved_to(dhaka(24, 10)):
        made = open_ticket(
            actor=None, subject="The fridge does not cool", description="", customer=rahima, channel="email",
            branch=desk.branch, team=desk.team, owner=desk.agent,
        )  # fmt: skip
        run_until_quiet()
    with moved_to(dhaka(24, 11)):
        answer_ticket(actor=desk.agent, ticket=made, text="We are looking at it.")
    return made


def writes(ticket, at, channel="email"):
    with moved_to(at):
        add_customer_message(actor=None, item=ticket, channel=channel, text="Any news?")
        run_until_quiet()


def told():
    """Texts of the letters about a message that came while we are closed."""
    return [row.message.text for row in Delivery.objects.filter(cause__contains=":again:").order_by("pk")]


def test_message_in_opening_hours_gets_no_letter(answered):
    writes(answered, dhaka(24, 15))
    assert told() == []


@pytest.mark.parametrize(
    ("at", "due", "words"),
    [
        # After closing time: four hours from nine the next morning end at one, when lunch begins.
        (dhaka(24, 21), dhaka(25, 13), "by Wednesday, 25 November 2026, 1:00 pm"),
        # Thursday night before the day off: Saturday.
        (dhaka(26, 20, 30), dhaka(28, 13), "by Saturday, 28 November 2026, 1:00 pm"),
        # In the middle of the day off.
        (dhaka(27, 12), dhaka(28, 13), "by Saturday, 28 November 2026, 1:00 pm"),
        # In the lunch break: from two o'clock on.
        (dhaka(25, 13, 30), dhaka(25, 18), "by Wednesday, 25 November 2026, 6:00 pm"),
    ],
)
def test_message_while_closed_is_told_when_we_answer(answered, at, due, words):
    writes(answered, at)
    clock = SlaClock.objects.get(item=answered, metric="next", state="running")
    assert (clock.started_at, clock.due_at) == (at, due)
    assert len(told()) == 1
    assert words in told()[0]


def test_holiday_moves_the_time_and_the_promise(desk, answered):
    CalendarDay.objects.create(calendar=desk.calendar, on=dhaka(25, 0).date(), kind="holiday", name_en="Day of rest")
    writes(answered, dhaka(24, 21))
    assert "by Thursday, 26 November 2026, 1:00 pm" in told()[0]


def test_one_letter_for_one_night_however_often_the_customer_writes_or_the_event_comes(desk, answered):
    for minute in (0, 5, 50):
        writes(answered, dhaka(24, 21, minute))
    EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0, next_try_at=now())
    with moved_to(dhaka(24, 22)):
        run_until_quiet()
    assert len(told()) == 1
    with moved_to(dhaka(25, 10)):
        answer_ticket(actor=desk.agent, ticket=answered, text="The part has come.")
    writes(answered, dhaka(25, 21))
    assert len(told()) == 2


def test_ticket_of_the_same_night_has_its_acknowledgement_and_no_second_letter(desk, rahima):
    with moved_to(dhaka(24, 21)):
        made = open_ticket(
            actor=None, subject="The fridge", description="", customer=rahima, channel="email", branch=desk.branch,
            team=desk.team, owner=desk.agent,
        )  # fmt: skip
        run_until_quiet()
    acknowledged = Delivery.objects.get(cause=f"ticket:{made.pk}:received").message.text
    assert "by Wednesday, 25 November 2026, 11:00 am" in acknowledged
    writes(made, dhaka(24, 22))
    assert told() == []


def test_phone_call_at_night_and_a_department_without_letters_get_none(answered):
    writes(answered, dhaka(24, 21), channel="phone")
    assert told() == []
    Template.objects.filter(code="received").update(is_active=False)
    writes(answered, dhaka(24, 22))
    assert told() == []


def test_a_persons_answer_meets_the_clock_and_each_further_message_starts_the_next(desk, answered):
    for day, (wrote, replied) in enumerate([((25, 10), (25, 12)), ((26, 19), (28, 10))], start=1):
        writes(answered, dhaka(*wrote))
        with moved_to(dhaka(*replied)):
            answer_ticket(actor=desk.agent, ticket=answered, text=f"Answer {day}")
    clocks = SlaClock.objects.filter(item=answered, metric="next").order_by("cycle")
    # Thursday 19:00 plus four working hours: one hour on Thursday, three on Saturday.
    assert [(clock.due_at, clock.state) for clock in clocks] == [
        (dhaka(25, 15), "met"),
        (dhaka(28, 12), "met"),
    ]


# ---------------------------------------------------------------------------------- a new time that staff named
@pytest.fixture
def late(desk, rahima):
    """A ticket that is late by three hours; the letter of delay has not gone (its template is switched on later)."""
    with moved_to(dhaka(24, 10)):
        made = open_ticket(
            actor=None, subject="The fridge", description="", customer=rahima, channel="email", branch=desk.branch,
            team=desk.team, owner=desk.agent,
        )  # fmt: skip
        run_until_quiet()
    with moved_to(dhaka(24, 16)):
        sweep_due(now())
    return made


def delayed(which="note"):
    return list(Delivery.objects.filter(cause__contains=f":delayed:{which}").order_by("pk"))


def test_new_time_goes_to_the_customer_and_becomes_somebodys_work(desk, late):
    with moved_to(dhaka(24, 16, 30)):
        explain_delay(actor=desk.agent, item=late, reason="part_missing", promised_at=dhaka(26, 11))
        run_until_quiet()
    [letter] = delayed()
    assert "by Thursday, 26 November 2026, 11:00 am" in letter.message.text
    task = WorkItem.objects.get(parent=late, planned_at=dhaka(26, 11))
    assert task.owner == desk.agent
    # Told again after a crash: nothing new.
    EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0, next_try_at=now())
    with moved_to(dhaka(24, 17)):
        run_until_quiet()
    assert len(delayed()) == 1
    assert WorkItem.objects.filter(parent=late, planned_at=dhaka(26, 11)).count() == 1


def test_untold_or_unwanted_the_time_is_work_all_the_same(desk, late):
    with moved_to(dhaka(24, 16, 30)):
        explain_delay(
            actor=desk.agent, item=late, reason="part_missing", promised_at=dhaka(26, 11), tell_customer=False
        )
        run_until_quiet()
    assert delayed() == []
    assert WorkItem.objects.filter(parent=late, planned_at=dhaka(26, 11)).exists()
    Template.objects.filter(code="delayed").update(is_active=False)
    with moved_to(dhaka(24, 17)):
        explain_delay(actor=desk.agent, item=late, reason="manufacturer", promised_at=now() + timedelta(days=3))
        explain_delay(actor=desk.agent, item=late, reason="manufacturer")
        run_until_quiet()
    assert delayed() == []
