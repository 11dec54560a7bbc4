"""A ticket that broke a promise is resolved with the reason (A51.9, US-12), on the page and by the service."""

from datetime import timedelta

import pytest
import time_machine

from halkhata.desks.tickets.jobs import close_resolved_tickets
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.resolving import record_told, resolve_ticket
from halkhata.desks.tickets.services.states import close_ticket
from halkhata.engines.work.models import ChecklistItem, DelayNote, SlaClock
from halkhata.engines.work.services.delays import explain_delay
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError

from .conftest import RESOLUTION, make_ticket

pytestmark = pytest.mark.django_db
FORM = {"root_cause": "product_defect", "action": "Compressor replaced", "remedy": "repaired"}


@pytest.fixture
def late(desk, rahima):
    """A ticket whose first answer is a day late, though nobody has noticed yet; the test stands at that moment."""
    ticket = make_ticket(desk, rahima)
    Ticket.objects.filter(pk=ticket.pk).update(category=Category.objects.get(code="warranty"))
    due = SlaClock.objects.get(item=ticket, metric="first").due_at
    with time_machine.travel(due + timedelta(days=1), tick=False):
        yield Ticket.objects.get(pk=ticket.pk)


def test_late_ticket_needs_the_reason_and_keeps_everything_without(desk, late, digest):
    before = digest()
    with pytest.raises(DomainError) as caught:
        resolve_ticket(actor=desk.agent, ticket=late, **RESOLUTION)
    assert (caught.value.code, caught.value.field) == ("delay_reason_missing", "delay_reason")
    assert digest() == before
    with pytest.raises(DomainError, match="delay_note_missing"):
        resolve_ticket(actor=desk.agent, ticket=late, delay_reason="other", **RESOLUTION)
    assert digest() == before
    resolve_ticket(actor=desk.agent, ticket=late, delay_reason="staff_short", delay_note="Eid", **RESOLUTION)
    assert late.state == "resolved"
    assert [(note.reason, note.note) for note in DelayNote.objects.filter(clock__metric="first")] == [
        ("staff_short", "Eid")
    ]


def test_ticket_in_time_is_not_asked(desk, ticket, client_as):
    page = client_as(desk.agent).get(f"/tickets/{ticket.number}/").content.decode()
    assert "delay_reason" not in page
    category = Category.objects.get(code="warranty")
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category, delay_reason="staff_short", **RESOLUTION)
    assert not DelayNote.objects.exists()


def test_page_of_a_late_ticket_asks_and_takes_the_reason(desk, late, client_as):
    client = client_as(desk.agent)
    url = f"/tickets/{late.number}/"
    page = client.get(url).content.decode()
    assert 'name="delay_reason"' in page
    assert "Spare part missing" in page
    values = {**FORM, "category": late.category_id}
    sent = client.post(f"{url}resolution/", {**values, "delay_reason": ""})
    assert sent.status_code == 422
    assert "Choose the reason of the delay first." in sent.content.decode()
    assert "Compressor replaced" in sent.content.decode()
    assert client.post(f"{url}resolution/", {**values, "delay_reason": "part_missing"}).status_code == 302
    assert Ticket.objects.get(pk=late.pk).state == "resolved"


def test_promise_that_breaks_while_the_page_is_open_brings_the_question_with_the_answer(desk, late, client_as):
    # The form was opened in time: it has no such field.
    sent = client_as(desk.agent).post(f"/tickets/{late.number}/resolution/", {**FORM, "category": late.category_id})
    assert sent.status_code == 422
    assert 'name="delay_reason"' in sent.content.decode()


def test_promise_broken_after_resolving_is_asked_about_before_the_close(desk, ticket):
    category = Category.objects.get(code="warranty")
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category, **RESOLUTION)
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        sweep_due(now())
        record_told(actor=desk.agent, ticket=ticket, told_at=now(), told_how="phone")
        ChecklistItem.objects.filter(item=ticket).update(done_at=now())
        with pytest.raises(DomainError, match="delay_reason_missing"):
            close_ticket(actor=desk.agent, ticket=ticket)
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        from halkhata.engines.work.models import WorkItem

        WorkItem.objects.filter(parent=ticket).delete()
        assert close_resolved_tickets.func() == 0
        explain_delay(actor=desk.agent, item=ticket, reason="unreachable")
        assert close_resolved_tickets.func() == 1
        ticket.refresh_from_db()
        assert ticket.state == "closed"
