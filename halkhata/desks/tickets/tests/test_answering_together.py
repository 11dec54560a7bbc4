"""Two people, two browsers, one ticket: when an answer goes out all the same, and when its writer must look first."""

import re

import pytest
from django.urls import reverse

from halkhata.desks.tickets.inbound import after_customer_message
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION
from halkhata.desks.tickets.tests.test_states import category
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict

pytestmark = pytest.mark.django_db


def url(name, ticket):
    return reverse(f"tickets:{name}", args=[ticket.number])


class Browser:
    """One person's open page of a ticket: what is sent is what stood on it."""

    def __init__(self, client, ticket):
        self.client, self.ticket = client, ticket
        self.read(client.get(url("detail", ticket)))

    def read(self, page):
        self.page = page.content.decode()
        self.hidden = dict(re.findall(r'type="hidden" name="(seen|state_seen)" value="([^"]*)"', self.page))
        assert set(self.hidden) == {"seen", "state_seen"}

    def answer(self, text, next_state=""):
        return self.client.post(
            url("reply", self.ticket), {"body": text, "next_state": next_state, **self.hidden}
        )  # fmt: skip


@pytest.fixture
def two(desk, ticket, client_as):
    """Rafi's and Mitu's pages, opened at the same moment."""
    return Browser(client_as(desk.agent), ticket), Browser(client_as(desk.agent2), ticket)


def answers():
    return list(Message.objects.filter(direction="out").order_by("pk").values_list("text", flat=True))


def customer_writes(ticket, text):
    message = add_customer_message(
        actor=None,
        item=Ticket.objects.get(pk=ticket.pk),
        channel="email",
        text=text,
        from_address="rahima@example.com",
        author_label="Rahima Test",
    )
    after_customer_message(Ticket.objects.get(pk=ticket.pk), at=now())
    return message


def test_answer_goes_out_whatever_else_of_the_ticket_was_changed(desk, ticket, two, client_as):
    rafi, mitu = two
    for name, data in (
        ("priority", {"priority": "high"}),
        ("note", {"body": "I look for the part"}),
        ("state", {"state": "waiting_internal", "version": Ticket.objects.get(pk=ticket.pk).version + 2}),
    ):
        assert mitu.client.post(url(name, ticket), data).status_code == 302, name
    assert client_as(desk.lead).post(url("assignment", ticket), {"owner": desk.agent2.pk}).status_code == 302
    assert rafi.answer("We come tomorrow.").status_code == 302
    assert answers() == ["We come tomorrow."]
    assert Ticket.objects.get(pk=ticket.pk).state == "waiting_internal"


def test_note_is_written_whatever_came_in_meanwhile(ticket, two):
    rafi, mitu = two
    customer_writes(ticket, "It burns my fingers")
    assert mitu.answer("x").status_code == 409
    assert rafi.client.post(url("note", ticket), {"body": "Call her", **rafi.hidden}).status_code == 302
    assert Message.objects.filter(direction="note", text="Call her").exists()


def test_newer_message_of_the_customer_holds_the_answer_back_until_it_was_read(ticket, two, digest):
    rafi, _mitu = two
    message = customer_writes(ticket, "Do not come, it works again & I am sorry")
    before = digest()
    page = rafi.answer("We come <tomorrow>.")
    assert (page.status_code, digest()) == (409, before)
    rafi.read(page)
    assert "We come &lt;tomorrow&gt;.</textarea>" in rafi.page
    assert "Something new has come in" in rafi.page
    assert f'<a href="#message-{message.pk}">Rahima Test' in rafi.page
    assert "Do not come, it works again &amp; I am sorry" in rafi.page
    assert "Send anyway" in rafi.page
    assert rafi.answer("Good to hear.").status_code == 302
    assert answers() == ["Good to hear."]


def test_newer_answer_of_a_colleague_holds_the_second_one_back(ticket, two):
    rafi, mitu = two
    assert mitu.answer("We come tomorrow.").status_code == 302
    page = rafi.answer("We come on Sunday.")
    assert page.status_code == 409
    assert answers() == ["We come tomorrow."]
    rafi.read(page)
    assert rafi.answer("We come on Sunday.").status_code == 302
    assert answers() == ["We come tomorrow.", "We come on Sunday."]


def test_another_message_while_the_warning_is_read_warns_again(ticket, two):
    rafi, _mitu = two
    customer_writes(ticket, "One")
    rafi.read(rafi.answer("Hello"))
    customer_writes(ticket, "Two")
    page = rafi.answer("Hello")
    assert page.status_code == 409
    held_back = re.search(r"Something new has come in.*?Send anyway", page.content.decode(), re.S).group()
    assert "Two" in held_back
    assert ": One" not in held_back


def test_answer_pressed_twice_is_sent_once_and_both_presses_succeed(ticket, two):
    rafi, _mitu = two
    assert [rafi.answer("We come tomorrow.").status_code for _press in range(2)] == [302, 302]
    assert answers() == ["We come tomorrow."]
    assert Delivery.objects.count() == 1


def test_answer_that_would_set_a_state_stops_when_somebody_resolved_the_ticket(desk, ticket, two, digest):
    rafi, mitu = two
    Ticket.objects.filter(pk=ticket.pk).update(category=category(desk))
    assert mitu.client.post(url("resolution", ticket), {**RESOLUTION, "category": category(desk).pk}).status_code == 302
    before = digest()
    page = rafi.answer("Please send the bill.", next_state="waiting_customer")
    assert (page.status_code, digest()) == (409, before)
    rafi.read(page)
    assert "Meanwhile the ticket became “Resolved”" in rafi.page
    assert "Please send the bill.</textarea>" in rafi.page
    assert "Send anyway" in rafi.page
    assert rafi.answer("Please send the bill.").status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_state_that_somebody_set_already_needs_no_second_look(ticket, two):
    rafi, mitu = two
    mitu.client.post(url("state", ticket), {"state": "waiting_customer"})
    assert rafi.answer("Please send the bill.", next_state="waiting_customer").status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "waiting_customer"


def test_our_automatic_message_and_a_note_are_nothing_new(desk, ticket, two):
    rafi, mitu = two
    conversation = Message.objects.filter(conversation__item=ticket).first().conversation
    Message.objects.create(
        conversation=conversation, direction="out", channel="email", at=now(), text="We have it", is_automatic=True
    )
    Message.objects.create(
        conversation=conversation, direction="in", channel="email", at=now(), text="Away until Monday",
        is_automatic=True,
    )  # fmt: skip
    mitu.client.post(url("note", ticket), {"body": "Hm"})
    assert rafi.answer("We come tomorrow.").status_code == 302


def test_seen_counts_from_the_newest_message_also_on_an_older_stretch_of_the_story(desk, ticket, client_as):
    conversation = Message.objects.filter(conversation__item=ticket).first().conversation
    Message.objects.bulk_create(
        Message(conversation=conversation, direction="in", channel="email", at=ticket.opened_at, text=f"message {i}")
        for i in range(70)
    )
    newest = Message.objects.latest("pk").pk
    page = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    assert f'name="seen" value="{newest}"' in page
    older = re.search(r'href="\?before=([\d-]+)', page).group(1)
    page = client_as(desk.agent).get(url("detail", ticket) + f"?before={older}").content.decode()
    assert f'name="seen" value="{newest}"' in page


def test_service_without_knowledge_of_a_page_asks_nothing(desk, ticket):
    customer_writes(ticket, "Again")
    assert answer_ticket(actor=desk.agent, ticket=ticket, text="We come.", next_state="waiting_customer").pk
    with pytest.raises(Conflict) as refused:
        answer_ticket(actor=desk.agent, ticket=ticket, text="We come!", seen=0)
    assert refused.value.code == "newer_message"
