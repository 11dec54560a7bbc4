"""Whoever keeps coming back is met with patience and one owner, not with a second ticket (US-60)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.repeat_caller import repeat_caller
from halkhata.desks.tickets.services.answering import answer_ticket, log_ticket_call
from halkhata.desks.tickets.services.one_owner import give_all_to_one
from halkhata.desks.tickets.services.telephone import save_phone_rules
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.services.ownership import assign_item
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound, PermissionRefused

pytestmark = pytest.mark.django_db


def calls_again(desk, ticket, times=1):
    for _number in range(times):
        log_ticket_call(actor=desk.agent, ticket=ticket, outbound=False, answered=True, text="Still not cold")


def test_third_contact_in_a_week_raises_the_banner_with_what_was_said(desk, ticket, rahima):
    answer_ticket(actor=desk.agent, ticket=ticket, text="The engineer comes on Monday.")
    calls_again(desk, ticket)
    assert repeat_caller(desk.agent, rahima) is None
    calls_again(desk, ticket)
    found = repeat_caller(desk.agent, rahima)
    assert (found.contacts, found.days, [one.number for one in found.open_tickets]) == (3, 7, [ticket.number])
    assert found.last_answer.text == "The engineer comes on Monday."
    # Our own messages are no contacts of the customer's.
    assert Message.objects.filter(direction="out").count() == 1


def test_contacts_before_the_window_do_not_count(desk, ticket, rahima):
    calls_again(desk, ticket, 2)
    assert repeat_caller(desk.agent, rahima, at=now() + timedelta(days=7, minutes=-1)) is not None
    assert repeat_caller(desk.agent, rahima, at=now() + timedelta(days=7, minutes=1)) is None


def test_shop_sets_the_threshold(desk, ticket, rahima):
    save_phone_rules(actor=desk.owner, repeat_contacts=2, repeat_days=1)
    calls_again(desk, ticket)
    assert repeat_caller(desk.agent, rahima).contacts == 2


def test_tickets_and_answers_out_of_sight_are_not_shown(desk, ticket, rahima):
    answer_ticket(actor=desk.agent, ticket=ticket, text="Between us.")
    calls_again(desk, ticket, 3)
    desk.agent2.role.scope = "own"
    desk.agent2.role.save()
    assign_item(actor=desk.owner, item=ticket, owner=desk.agent)
    found = repeat_caller(desk.agent2, rahima)
    assert (found.open_tickets, found.last_answer) == ([], None)


def test_one_owner_is_offered_and_takes_all(desk, ticket, rahima):
    second = make_ticket(desk, rahima, "The door too")
    assign_item(actor=desk.owner, item=ticket, owner=desk.agent)
    assign_item(actor=desk.owner, item=second, owner=desk.agent2)
    calls_again(desk, ticket, 2)
    assert repeat_caller(desk.lead, rahima).one_owner == desk.agent
    with pytest.raises(PermissionRefused):
        give_all_to_one(actor=desk.agent, customer=rahima, owner=desk.agent)
    assert give_all_to_one(actor=desk.lead, customer=rahima, owner=desk.agent) == 1
    assert set(Ticket.objects.values_list("owner__username", flat=True)) == {"rafi"}
    assert repeat_caller(desk.lead, rahima).one_owner is None
    desk.lead.role.scope = "own"
    desk.lead.role.save()
    with pytest.raises((NotFound, PermissionRefused)):
        give_all_to_one(actor=desk.lead, customer=rahima, owner=desk.lead)


def test_banner_costs_three_statements_for_hundreds_of_contacts(desk, ticket, rahima):
    calls_again(desk, ticket, 3)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            repeat_caller(desk.agent, rahima)
        return len(captured)

    few = cost()
    conversation = ticket.conversation
    Message.objects.bulk_create(
        Message(conversation=conversation, direction="in", channel="phone", at=now(), customer=rahima, text="again")
        for _number in range(200)
    )
    assert cost() == few <= 3
    assert repeat_caller(desk.agent, rahima).has_more


def test_banner_stands_on_ticket_customer_and_new_ticket(desk, ticket, rahima, client_as):
    calls_again(desk, ticket, 2)
    client = client_as(desk.lead)
    for url in (f"/tickets/{ticket.number}/", f"/customers/{rahima.pk}/", f"/tickets/new/?customer={rahima.pk}"):
        page = client.get(url).content.decode()
        assert "In touch 3 times in 7 days" in page, url
        assert "Nobody has answered yet." in page, url
    assign_item(actor=desk.owner, item=make_ticket(desk, rahima, "The door too"), owner=desk.agent2)
    assign_item(actor=desk.owner, item=ticket, owner=desk.agent)
    assert "Give all of them to" in client.get(f"/customers/{rahima.pk}/").content.decode()
    client.post(f"/tickets/of-customer/{rahima.pk}/owner/", {"owner": desk.agent2.pk})
    assert set(Ticket.objects.values_list("owner__username", flat=True)) == {"mitu"}
    assert client.post(f"/tickets/of-customer/{rahima.pk}/owner/", {"owner": "x"}).status_code == 404
