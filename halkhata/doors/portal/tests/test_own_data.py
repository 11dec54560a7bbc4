"""Who has shown the code of their phone asks about their own data, and nobody else's (E.8)."""

import pytest
from django.test import Client

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.tests.following import enter
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.services.contacting import may_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def rahima(shop):
    customer = create_customer(actor=shop.agent, name_en="Rahima Test", phones=["01100000001"], language="en")
    ticket = open_ticket(
        actor=shop.agent, subject="Fridge", customer=customer, channel="phone", branch=shop.branch, team=shop.team,
        owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    browser = Client()
    assert enter(browser, ticket.number, "01100000001").status_code == 302
    return customer, ticket, browser


def test_request_is_written_down_once_with_how_we_know_who_it_is(rahima):
    customer, ticket, browser = rahima
    assert "/c/data/" in browser.get(f"/c/t/{ticket.number}/").content.decode()
    assert browser.get("/c/data/").status_code == 200
    assert browser.post("/c/data/", {"kind": "none-such"}).status_code == 422
    answer = browser.post("/c/data/", {"kind": "access", "what": "All of it, please"})
    assert (answer.status_code, answer["Location"]) == (302, "/c/data/?said=asked")
    browser.post("/c/data/", {"kind": "access", "what": "Again"})
    row = DataRequest.objects.get()
    assert (row.customer, row.kind, row.received_how, row.what) == (customer, "access", "form", "All of it, please")
    assert row.identity_check != ""
    assert (row.due_at - row.received_at).days in range(28, 32)
    assert row.number in browser.get("/c/data/?said=asked&lang=en").content.decode()


def test_no_to_advertising_holds_at_once(rahima):
    customer, _ticket, browser = rahima
    assert may_contact(customer, "survey", "sms")
    browser.post("/c/data/", {"kind": "objection"})
    assert not may_contact(customer, "survey", "sms")


def test_without_the_code_there_is_no_page(rahima):
    stranger = Client()
    assert stranger.get("/c/data/")["Location"] == "/c/follow/"
    assert stranger.post("/c/data/", {"kind": "erasure"})["Location"] == "/c/follow/"
    assert not DataRequest.objects.exists()
