"""After service (US-18): one contact, a bad score to the manager, three tries, one survey in fourteen days.

And the tie between workshop and reminders: what comes in is not reminded, a recall closes with its job.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from halkhata.desks.aftercare.models import RecallUnit, Reminder
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.answering import answer_invitation
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.desks.service.tests.conftest import (
    bike,
    catalog,
    desk,
    elsewhere,
    fridge,
    job,
    karim,
    make_job,
    rahima,
    terms,
    tick_all,
)
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Delivery, TextMessage
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import replan_task
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import deliver_due
from halkhata.oversight.automation.jobs import ask_after_service
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import ContactPoint

__all__ = ["bike", "catalog", "desk", "elsewhere", "fridge", "job", "karim", "make_job", "rahima", "terms"]
pytestmark = pytest.mark.django_db
DHAKA = ZoneInfo("Asia/Dhaka")


def noon_after(days: int) -> datetime:
    """11:00 in Dhaka so many days from now: neither night nor prayer."""
    at = now().astimezone(DHAKA) + timedelta(days=days)
    return at.replace(hour=11, minute=0, second=0, microsecond=0)


def tell_all() -> None:
    """Every event reaches whoever listens."""
    while deliver_due():
        pass


def deliver(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Gas")
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="Rahima", typed_name="Rahima")
    tell_all()


@pytest.fixture
def handed_over(job, desk):
    with time_machine.travel(noon_after(1) - timedelta(hours=1), tick=False):
        deliver(job, desk)
    return job


def test_customer_without_mail_is_asked_by_sms_once(handed_over):
    with time_machine.travel(noon_after(2), tick=False):
        assert ask_after_service.func() == 1
        assert ask_after_service.func() == 0
    texts = TextMessage.objects.filter(cause__startswith="survey:")
    assert [("/c/s/" in one.text, one.to_address) for one in texts] == [(True, "+8801100000001")]
    assert Delivery.objects.filter(cause__startswith="survey:").count() == 0


def test_nobody_is_asked_at_night(handed_over):
    with time_machine.travel(noon_after(2).replace(hour=23), tick=False):
        assert ask_after_service.func() == 0
    assert SurveyInvitation.objects.count() == 0


def test_customer_with_mail_is_asked_by_mail(handed_over, rahima):
    ContactPoint.objects.create(customer=rahima, kind="email", value="rahima@example.com")
    with time_machine.travel(noon_after(2), tick=False):
        assert ask_after_service.func() == 1
    assert TextMessage.objects.filter(cause__startswith="survey:").count() == 0
    assert Delivery.objects.filter(cause__startswith="survey:").count() == 1


def test_two_jobs_within_fourteen_days_are_one_survey(handed_over, make_job, bike, desk):
    other = make_job(bike)
    with time_machine.travel(noon_after(1), tick=False):
        deliver(other, desk)
    with time_machine.travel(noon_after(2) + timedelta(minutes=30), tick=False):
        assert ask_after_service.func() == 1
    assert SurveyInvitation.objects.count() == 1


@pytest.mark.parametrize(("score", "tickets"), [(1, 1), (2, 1), (3, 0)])
def test_bad_score_opens_a_ticket_with_the_manager(handed_over, catalog, score, tickets):
    with time_machine.travel(noon_after(2), tick=False):
        ask_after_service.func()
    invitation = SurveyInvitation.objects.get()
    answer_invitation(invitation=invitation, score=score, comment="Still noisy")
    tell_all()
    found = Ticket.objects.filter(cause__endswith=":ticket")
    assert found.count() == tickets
    if tickets:
        ticket = found.get()
        assert (ticket.owner, ticket.description, ticket.ticket_kind) == (
            catalog.shop.manager, "Still noisy", "complaint",
        )  # fmt: skip
    assert WorkItem.objects.filter(kind="recovery").count() == 0


def test_three_tries_without_an_answer_close_the_contact(handed_over, desk):
    task = WorkItem.objects.get(cause=f"job:{handed_over.pk}:delivered:contact")
    for _try in range(3):
        replan_task(actor=SYSTEM, item=task, planned_at=now() + timedelta(days=1), outcome="no_answer")
        task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "no_answer")


def reminder_of(unit, owner):
    return Reminder.objects.create(
        unit=unit, customer=owner, branch=unit.branch, kind="service", due_key="service:x:1", step="before",
        due_on=today(), call_on=today(), text_at=now(), made_at=now(), why={"by": "date"},
    )  # fmt: skip


def test_job_card_ends_reminders_and_closes_the_recall(make_job, fridge, rahima, desk):
    reminder_of(fridge, rahima)
    start_recall(actor=SYSTEM, brand=fridge.product.brand, product=fridge.product, name_en="Cable", text_en="Come")
    job = make_job(fridge)
    tell_all()
    assert Reminder.objects.values_list("state", "led_to").get() == ("stopped", job.number)
    assert RecallUnit.objects.values_list("state", "job_number").get() == ("booked", job.number)
    deliver(job, desk)
    assert RecallUnit.objects.get().state == "done"


def test_cancelled_job_leaves_the_recall_to_be_done(make_job, fridge, desk):
    start_recall(actor=SYSTEM, brand=fridge.product.brand, product=fridge.product, name_en="Cable", text_en="Come")
    job = make_job(fridge)
    tell_all()
    cancel_job(actor=desk.advisor, job=job, reason="withdrawn")
    tell_all()
    assert RecallUnit.objects.values_list("state", "job_number").get() == ("waiting", "")
