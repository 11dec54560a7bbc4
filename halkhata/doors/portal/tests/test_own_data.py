"""Who has shown the code of their phone asks about their own data, and nobody else's (E.8)."""

import pytest
from django.test import Client

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.tests.following import ENTER, digest, enter
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
    answer = browser.post("/c/data/", {"kind": "rectification", "what": "My name is Rahima"})
    browser.post("/c/data/", {"kind": "rectification", "what": "Again"})
    row = DataRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/c/data/?said=asked&number={row.number}")
    assert (row.customer, row.kind, row.received_how) == (customer, "rectification", "form")
    assert row.what == "My name is Rahima"
    assert row.identity_check != ""
    assert (row.due_at - row.received_at).days in range(28, 32)
    receipt = f"We have written it down as <strong>{row.number}</strong>"
    assert receipt in browser.get(f"{answer['Location']}&lang=en").content.decode()
    # Nobody else's receipt.
    assert receipt not in browser.get("/c/data/?said=asked&number=P-9999&lang=en").content.decode()


def test_no_to_advertising_holds_at_once(rahima):
    customer, _ticket, browser = rahima
    assert may_contact(customer, "survey", "sms")
    browser.post("/c/data/", {"kind": "objection"})
    assert not may_contact(customer, "survey", "sms")


def test_without_the_code_there_is_no_page(rahima):
    stranger = Client()
    before = digest()
    assert stranger.get("/c/data/")["Location"] == ENTER
    assert stranger.post("/c/data/", {"kind": "erasure"})["Location"] == ENTER
    assert stranger.post("/c/data/consents/", {"agreed": "marketing:sms"})["Location"] == ENTER
    assert stranger.post("/c/data/copy/")["Location"] == ENTER
    assert stranger.get("/c/data/copy/")["Location"] == ENTER
    assert digest() == before
