"""One conversation, two problems; and one problem, many tickets (A52.14)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import Category, Resolution, Ticket
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.batch_problems import resolve_with_children, set_parent
from halkhata.desks.tickets.services.splitting import split_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.desks.tickets.tests.test_merging import MORNING, at, clocks, customer_writes, digest, fresh
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def texts(ticket, desk):
    return [entry.text for entry in thread_page(fresh(ticket), viewer=desk.agent)]


@pytest.fixture
def answered(desk, rahima):
    """A ticket that was answered, and two more mails of the customer's, the second about something else."""
    with at():
        ticket = make_ticket(desk, rahima)
    with at(minutes=5):
        answer_ticket(actor=desk.agent, ticket=ticket, text="We come.")
    with at(minutes=20):
        ticket.second = customer_writes(ticket, "And my bill is wrong")
    with at(minutes=30):
        ticket.third = customer_writes(ticket, "The bill of last month")
    return ticket


def test_messages_leave_for_a_ticket_whose_promise_counts_from_the_oldest(desk, answered):
    with at(minutes=40):
        new = split_ticket(
            actor=desk.agent, ticket=answered, subject="Bill", message_ids=[answered.third.pk, answered.second.pk]
        )
    assert texts(new, desk)[:2] == ["And my bill is wrong", "The bill of last month"]
    assert texts(answered, desk) == ["The fridge does not cool", "We come."]
    assert (new.follows_id, new.customer_id, new.owner_id) == (answered.pk, answered.customer_id, answered.owner_id)
    assert clocks(new)["first", 1][:2] == ("running", MORNING + timedelta(minutes=20))
    # Here nobody waits for an answer any more.
    assert clocks(answered)["next", 1][0] == "cancelled"


def test_what_stays_still_waits_for_its_answer(desk, answered):
    with at(minutes=40):
        split_ticket(actor=desk.agent, ticket=answered, subject="Bill", message_ids=[answered.second.pk])
    assert clocks(answered)["next", 1][:2] == ("running", MORNING + timedelta(minutes=30))


def test_opening_message_our_answers_and_foreign_ones_stay(desk, answered, rahima):
    other = make_ticket(desk, rahima, "Other")
    foreign = customer_writes(other, "foreign")
    first, answer = Message.objects.filter(conversation__item=answered).order_by("pk")[:2]
    for wanted in (first.pk, answer.pk, foreign.pk):
        before = digest()
        with pytest.raises(Conflict) as refused:
            split_ticket(actor=desk.agent, ticket=answered, subject="x", message_ids=[wanted])
        assert (refused.value.code, digest()) == ("messages_gone", before)
    for values in ({"subject": " ", "message_ids": [answered.second.pk]}, {"subject": "x", "message_ids": []}):
        with pytest.raises(DomainError):
            split_ticket(actor=desk.agent, ticket=answered, **values)


def test_page_splits_and_keeps_what_was_chosen_when_something_is_missing(desk, answered, client_as):
    client = client_as(desk.agent)
    url = reverse("tickets:split", args=[answered.number])
    page = client.get(url).content.decode()
    assert "And my bill is wrong" in page
    assert "The fridge does not cool" not in page.partition(f'action="{url}"')[2]
    page = client.post(url, {"messages": [answered.second.pk], "subject": ""})
    assert page.status_code == 422
    assert f'value="{answered.second.pk}" checked' in page.content.decode()
    sent = client.post(url, {"messages": [answered.second.pk], "subject": "Bill"})
    new = Ticket.objects.get(subject="Bill")
    assert sent.headers["Location"] == reverse("tickets:detail", args=[new.number])


@pytest.fixture
def batch(desk, rahima):
    """A ticket for a faulty batch of pumps and two customers who have one."""
    above = make_ticket(desk, rahima, "Faulty batch of pumps")
    children = []
    for number in (1, 2):
        customer = create_customer(
            actor=desk.agent,
            name_en=f"Customer {number}",
            emails=[f"customer{number}@example.com"],
            confirm_duplicate="test",
        )
        child = make_ticket(desk, customer, f"Pump {number} leaks")
        children.append(set_parent(actor=desk.agent, ticket=child, parent=above))
    return above, children


def test_solving_the_parent_solves_the_chosen_children_each_with_its_own_event(desk, batch):
    above, (one, two) = batch
    category = Category.objects.get(code="product-fault")
    resolve_with_children(actor=desk.agent, ticket=above, children=[one.number], category=category, **RESOLUTION)
    assert [fresh(ticket).state for ticket in (above, one, two)] == ["resolved", "resolved", "new"]
    assert Resolution.objects.get(ticket=one).action == RESOLUTION["action"]
    told = {row.payload["ticket_id"] for row in OutboxEvent.objects.filter(name="ticket.resolved")}
    assert told == {above.pk, one.pk}


def test_child_that_cannot_be_solved_holds_the_parent_back_too(desk, batch):
    above, (one, _two) = batch
    Ticket.objects.filter(pk=one.pk).update(parent=None)
    before = digest()
    with pytest.raises(Conflict) as refused:
        resolve_with_children(
            actor=desk.agent,
            ticket=above,
            children=[one.number],
            category=Category.objects.get(code="product-fault"),
            **RESOLUTION,
        )
    assert (refused.value.code, digest()) == ("children_changed", before)


def test_parents_are_one_level_high(desk, batch, rahima):
    above, (one, two) = batch
    lonely = make_ticket(desk, rahima, "lonely")
    for code, ticket, parent in (
        ("own_parent", above, above),
        ("parent_is_child", lonely, one),
        ("has_children", above, lonely),
    ):
        with pytest.raises(Conflict) as refused:
            set_parent(actor=desk.agent, ticket=ticket, parent=parent)
        assert refused.value.code == code
    assert fresh(set_parent(actor=desk.agent, ticket=two, parent=None)).parent_id is None


def test_page_of_the_parent_offers_its_children_and_solves_them(desk, batch, client_as):
    above, (one, two) = batch
    client = client_as(desk.agent)
    page = client.get(reverse("tickets:detail", args=[above.number])).content.decode()
    assert "Solve these with it" in page
    sent = client.post(
        reverse("tickets:resolution", args=[above.number]),
        {**RESOLUTION, "category": Category.objects.get(code="product-fault").pk, "children": [one.number, two.number]},
    )
    assert sent.status_code == 302, sent.content.decode()[:3000]
    assert {fresh(ticket).state for ticket in (above, one, two)} == {"resolved"}
    assert Delivery.objects.filter(message__conversation__item=above, is_automatic=False).count() == 0
    page = client.get(reverse("tickets:detail", args=[one.number])).content.decode()
    assert "Faulty batch of pumps" in page


def test_parent_page_takes_a_number_in_any_spelling_and_empties(desk, batch, client_as):
    above, (one, _two) = batch
    client = client_as(desk.agent)
    url = reverse("tickets:parent", args=[one.number])
    assert client.post(url, {"parent": ""}).status_code == 302
    assert fresh(one).parent_id is None
    bengali = "ক-" + above.number.partition("-")[2].translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert client.post(url, {"parent": bengali}).status_code == 302
    assert fresh(one).parent_id == above.pk
    assert client.post(url, {"parent": "K-999999"}).status_code == 422
