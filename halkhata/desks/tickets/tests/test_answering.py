"""Answers, notes and calls: what each does and what it must never do (A51.6, A52.18)."""

from datetime import timedelta

import pytest

from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.desks.tickets.tests.test_states import category, strip
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused

pytestmark = pytest.mark.django_db


def test_answer_is_queued_to_the_customer_and_opens_a_new_ticket(desk, ticket):
    message = answer_ticket(actor=desk.agent, ticket=ticket, text="We come tomorrow.")
    delivery = Delivery.objects.get(message=message)
    assert (delivery.to_address, delivery.state, message.direction) == ("rahima@example.com", "queued", "out")
    assert ticket.state == "open"
    assert ticket.clocks.get(metric="first").state == "met"


def test_answer_with_a_next_state_sets_it_and_one_that_cannot_be_sends_nothing(desk, ticket, digest):
    answer_ticket(actor=desk.agent, ticket=ticket, text="Please send the bill.", next_state="waiting_customer")
    assert (ticket.state, ticket.state_flag) == ("waiting_customer", "paused")
    before = digest()
    for state in ("resolved", "closed", "nonsense"):
        with pytest.raises(Conflict) as refused:
            answer_ticket(actor=desk.agent, ticket=ticket, text="Done", next_state=state)
        assert refused.value.code == "step_not_allowed"
    assert digest() == before


def test_note_goes_nowhere_and_answers_nothing(desk, ticket):
    message = add_internal_note(actor=desk.agent, ticket=ticket, text="He is always like this")
    assert (message.direction, message.to_addresses, message.message_id) == ("note", [], "")
    assert not Delivery.objects.exists()
    assert ticket.state == "new"
    assert ticket.clocks.get(metric="first").state == "running"


@pytest.mark.parametrize(
    ("outbound", "answered", "direction", "state", "clock"),
    [
        (True, True, "out", "open", "met"),
        (True, False, "note", "new", "running"),
        (False, True, "in", "new", "running"),
    ],
)
def test_call_counts_as_what_it_was(desk, ticket, outbound, answered, direction, state, clock):
    message = log_ticket_call(actor=desk.agent, ticket=ticket, outbound=outbound, answered=answered, text="Spoke")
    assert (message.direction, message.channel) == (direction, "phone")
    assert (ticket.state, ticket.clocks.get(metric="first").state) == (state, clock)


def test_customers_call_ends_the_waiting_but_does_not_reopen(desk, ticket):
    change_ticket_state(actor=desk.agent, ticket=ticket, state="waiting_customer")
    log_ticket_call(actor=desk.agent, ticket=ticket, outbound=False, answered=True, text="Here is the number")
    assert ticket.state == "open"
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), told_at=now(), **RESOLUTION)
    log_ticket_call(actor=desk.agent, ticket=ticket, outbound=False, answered=True, text="Thank you")
    assert ticket.state == "resolved"


def test_closed_ticket_takes_no_answer_and_no_call_but_a_note(desk, ticket, digest):
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), told_at=now(), **RESOLUTION)
    close_ticket(actor=desk.agent, ticket=ticket)
    before = digest()
    for act in (
        lambda: answer_ticket(actor=desk.agent, ticket=ticket, text="One more thing"),
        lambda: log_ticket_call(actor=desk.agent, ticket=ticket, outbound=False, answered=True, text="Called"),
    ):
        with pytest.raises(Conflict):
            act()
    assert digest() == before
    assert add_internal_note(actor=desk.agent, ticket=ticket, text="Paid").pk == Message.objects.latest("pk").pk


def test_customer_without_address_gets_no_fake_answer(desk, digest):
    ticket = make_ticket(desk, None, caller_name="Somebody")
    before = digest()
    with pytest.raises(DomainError) as refused:
        answer_ticket(actor=desk.agent, ticket=ticket, text="Hello")
    assert (refused.value.code, digest()) == ("no_address", before)


def test_role_that_may_only_note_cannot_answer(desk, ticket, digest):
    strip(desk.agent, "ticket.reply")
    before = digest()
    for act in (
        lambda: answer_ticket(actor=desk.agent, ticket=ticket, text="Hello"),
        lambda: log_ticket_call(actor=desk.agent, ticket=ticket, outbound=True, answered=True, text="Hello"),
    ):
        with pytest.raises(PermissionRefused):
            act()
    assert digest() == before
    add_internal_note(actor=desk.agent, ticket=ticket, text="Only a note")


def test_call_entered_late_counts_at_its_own_time(desk, rahima):
    opened_at = now() - timedelta(days=2)
    from halkhata.desks.tickets.services.opening import open_ticket

    ticket = open_ticket(
        actor=desk.agent, subject="Broken", customer=rahima, channel="phone", branch=desk.branch, team=desk.team,
        opened_at=opened_at,
    )  # fmt: skip
    called_at = opened_at + timedelta(minutes=3)
    log_ticket_call(actor=desk.agent, ticket=ticket, outbound=True, answered=True, text="Spoke", at=called_at)
    assert ticket.clocks.get(metric="first").stopped_at == called_at
