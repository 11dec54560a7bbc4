"""The page of a ticket that was merged: to the one that goes on when it is the customer's own, never to another's."""

import pytest

from halkhata.desks.tickets.services.merging import merge_tickets
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.tests.conftest import PHONE
from halkhata.doors.portal.tests.following import digest, enter
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_other(shop, customer):
    return open_ticket(
        actor=shop.agent, subject="Goes on here", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip


def page(browser, number, language="en"):
    browser.cookies["language"] = language
    return browser.get(f"/c/t/{number}/?lang={language}", follow=True)


def test_code_for_a_merged_ticket_leads_to_the_own_one_that_goes_on(shop, browser, ticket, own_other):
    merge_tickets(actor=shop.owner, ticket=ticket, into=own_other)
    assert enter(browser, ticket.number, PHONE).status_code == 302
    answer = page(browser, ticket.number)
    assert answer.redirect_chain[-1][0] == f"/c/t/{own_other.number}/?joined={ticket.number}"
    text = answer.content.decode()
    assert f"{ticket.number} was joined with {own_other.number}. Everything goes on here." in text
    assert "Goes on here" in text


def test_sentence_stands_only_for_what_was_joined(shop, browser, ticket, own_other, foreign):
    enter(browser, ticket.number, PHONE)
    for said in (ticket.number, foreign.number, "K-999999", "<b>"):
        text = browser.get(f"/c/t/{own_other.number}/", {"joined": said}).content.decode()
        assert "was joined with" not in text


@pytest.mark.parametrize("language", ["en", "bn"])
def test_merged_into_another_customers_ticket_tells_nothing_of_that_one(shop, browser, ticket, foreign, language):
    merge_tickets(actor=shop.owner, ticket=ticket, into=foreign, other_customer_is_right=True)
    Message.objects.create(
        conversation=conversation_of(foreign), direction="out", channel="web_form", at=now(), text="The secret answer"
    )
    assert enter(browser, ticket.number, PHONE).status_code == 302
    answer = page(browser, ticket.number, language)
    text = answer.content.decode()
    assert (answer.status_code, answer.redirect_chain) == (200, [])
    for secret in (foreign.number, format_ref(foreign.number, language="bn", digits="bengali"), "secret", "Selim"):
        assert secret not in text
    assert "The fridge does not cool" in text
    assert 'name="text"' not in text
    assert "/c/complaint/" in text
    if language == "en":
        assert "together with another report of the same matter" in text
    assert browser.get(f"/c/t/{foreign.number}/").status_code == 404


def test_message_to_such_a_ticket_is_refused_and_lands_nowhere(shop, browser, ticket, foreign):
    enter(browser, ticket.number, PHONE)
    token = browser.get(f"/c/t/{ticket.number}/").context["token"]
    merge_tickets(actor=shop.owner, ticket=ticket, into=foreign, other_customer_is_right=True)
    leave_out = ("portal.draft", "portal.formdraft")
    before = digest(*leave_out)
    answer = browser.post(f"/c/t/{ticket.number}/message/", {"text": "Where is it?", "token": token, "lang": "en"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "together with another report" in text
    assert "Where is it?" in text
    assert foreign.number not in text
    assert digest(*leave_out) == before


def test_survivors_customer_sees_nothing_of_the_one_that_was_joined(shop, browser, ticket, foreign):
    merge_tickets(actor=shop.owner, ticket=foreign, into=ticket, other_customer_is_right=True)
    enter(browser, ticket.number, PHONE)
    text = page(browser, ticket.number).content.decode()
    for secret in (foreign.number, "secret", "Selim"):
        assert secret not in text
