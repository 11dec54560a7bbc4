"""What customers hear of their jobs and promised dates, and the contact after service."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from halkhata.desks.service.services.estimates import send_estimate
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.states import take_step
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
from halkhata.engines.deliveries.selectors.promises import open_promise
from halkhata.engines.deliveries.services.promising import reschedule
from halkhata.engines.deliveries.services.watching import tell_of_risks, warn_of_promises
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import deliver_due

__all__ = ["bike", "catalog", "desk", "elsewhere", "fridge", "job", "karim", "make_job", "rahima", "terms"]
pytestmark = pytest.mark.django_db


def _texts() -> list[str]:
    while deliver_due():  # one batch is shorter than what a job card sets going
        pass
    return list(TextMessage.objects.filter(purpose="notice").order_by("pk").values_list("text", flat=True))


def test_intake_and_ready_are_told_by_phone(job, desk):
    told = [text for text in _texts() if "taken in" in text]
    assert len(told) == 1
    assert "We have taken in Fridge 220" in told[0]
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Gas")
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    assert len([text for text in _texts() if "is ready" in text]) == 1


def test_estimate_link_goes_out(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Gas")
    add_line(
        actor=desk.advisor, job=job, kind="part", text="Door", unit_price=Decimal(9), payer="customer", rule="Fell"
    )
    send_estimate(actor=desk.advisor, job=job)
    assert any("/c/jobs/" in text for text in _texts())


def test_moved_date_is_told_with_its_reason(make_job, fridge, desk):
    job = make_job(fridge, promised_for=now() + timedelta(days=2))
    promise = open_promise(job)
    reschedule(actor=desk.advisor, promise=promise, to=now() + timedelta(days=3), reason="part")
    assert any("A spare part is missing" in text for text in _texts())


def test_customer_hears_before_the_promised_time_passes(make_job, fridge, desk):
    job = make_job(fridge, promised_for=now() + timedelta(days=2))
    promise = open_promise(job)
    with time_machine.travel(promise.promised_for - timedelta(minutes=30)):
        warn_of_promises()
        tell_of_risks()
        assert any("may not be ready in time" in text for text in _texts())


def test_one_contact_on_the_next_working_day(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Gas")
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="Rahima", typed_name="Rahima")
    while deliver_due():
        pass
    task = WorkItem.objects.get(cause=f"job:{job.pk}:delivered:contact")
    assert timedelta(0) < task.planned_at - now() < timedelta(days=3)


def test_repair_that_failed_opens_one_complaint_with_the_manager(job, desk, catalog):
    from halkhata.desks.tickets.models import Ticket
    from halkhata.engines.work.services.tasks import complete_task, plan_task
    from halkhata.foundation.audit.trail import SYSTEM

    call = plan_task(
        actor=SYSTEM, kind="follow_up", subject="Ask", customer=job.customer, parent=job, branch=job.branch,
        team=None, owner=desk.advisor, planned_at=now(), cause="call:1",
    )  # fmt: skip
    complete_task(actor=desk.advisor, item=call, outcome="not_solved", note="Still warm")
    deliver_due()
    ticket = Ticket.objects.get()
    assert (ticket.ticket_kind, ticket.owner, ticket.description) == ("complaint", catalog.shop.manager, "Still warm")
