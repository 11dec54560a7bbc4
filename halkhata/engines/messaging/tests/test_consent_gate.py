"""Whoever says no between queueing and sending gets nothing (N2); service goes on; one press is enough (N3)."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Delivery, Mailbox
from halkhata.engines.messaging.services import sending
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.composing import mail_bytes
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.send_checks import GO
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict
from halkhata.foundation.core.clock import moved_to
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.services.consents import object_to_everything
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.links import preference_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(shop):
    create_default_templates()
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=shop.branch, team=shop.team, is_default=True,
        smtp_host="127.0.0.1", smtp_port=1,
    )  # fmt: skip
    rahima = create_customer(actor=shop.agent, name_en="Rahima Test", emails=["rahima@example.com"], language="en")
    return open_ticket(
        actor=shop.agent, subject="Fridge", customer=rahima, channel="email", branch=shop.branch, team=shop.team,
        owner=shop.agent, acknowledge=False,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def by_day(settings):
    """Noon in Dhaka, and a public address: what is no service needs both (services/send_checks.py)."""
    settings.BASE_URL = "https://shop.example.com"
    with moved_to(datetime(2026, 11, 23, 6, tzinfo=UTC)):
        yield


@pytest.fixture
def sent(monkeypatch):
    """What the server got."""
    got = []

    def deliver(mailbox, *, recipients, data):
        got.append((recipients, data))
        return SmtpResult(verdict=Verdict.SENT, code=250)

    monkeypatch.setattr(sending, "deliver", deliver)
    return got


def ask(ticket):
    return send_automatic(item=ticket, code="feedback", cause=f"walk:{ticket.pk}", context={"link": "https://x.test"})


def test_no_between_queueing_and_sending_keeps_the_question_back(ticket, sent):
    delivery = ask(ticket)
    assert (delivery.state, delivery.purpose) == ("queued", "survey")
    object_to_everything(actor=None, customer=ticket.customer, source="phone")
    assert sending.send_one(delivery.pk) == "blocked"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.block_reason) == ("blocked", "withdrawn")
    assert sent == []


def test_twin_without_the_gate_sends(ticket, sent, monkeypatch):
    delivery = ask(ticket)
    object_to_everything(actor=None, customer=ticket.customer, source="phone")
    monkeypatch.setattr(sending, "admit", lambda delivery: GO)
    assert sending.send_one(delivery.pk) == "sent"
    assert len(sent) == 1


def test_service_goes_whatever_was_refused(ticket, sent):
    object_to_everything(actor=None, customer=ticket.customer, source="phone")
    delivery = send_automatic(item=ticket, code="received", cause=f"walk2:{ticket.pk}")
    assert delivery.purpose == "service"
    assert sending.send_one(delivery.pk) == "sent"


def test_who_refused_is_not_asked_at_all(shop, ticket):
    object_to_everything(actor=None, customer=ticket.customer, source="phone")
    asked = invite_customer(item=ticket, customer=ticket.customer, agent=shop.agent, cause="walk", language="en")
    assert asked is None


def test_mail_that_is_no_service_carries_the_way_out(ticket):
    data = mail_bytes(Delivery.objects.get(pk=ask(ticket).pk)).decode()
    headers, _blank, _body = data.partition("\r\n\r\n")
    unfolded = headers.replace("\r\n ", "").replace("\r\n\t", "")
    assert "List-Unsubscribe: <https://shop.example.com/c/unsubscribe/" in unfolded
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in unfolded
    service = send_automatic(item=ticket, code="received", cause=f"walk3:{ticket.pk}")
    assert b"List-Unsubscribe" not in mail_bytes(Delivery.objects.get(pk=service.pk))


def test_one_press_of_a_mail_program_and_a_scanner_that_only_looks(ticket):
    customer = ticket.customer
    token = preference_token(customer_id=customer.pk, channel="email", address="rahima@example.com")
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(f"/c/preferences/{token}/").status_code == 200
    assert may_contact(customer, "survey", "email")
    answer = browser.post(f"/c/preferences/{token}/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not may_contact(customer, "survey", "email")
    assert may_contact(customer, "service", "email")
    assert browser.post("/c/preferences/none-such/", {"stop": "1"}).status_code == 404


def test_whoever_has_no_link_types_the_number(client, ticket):
    stranger = client.post("/c/stop/", {"contact": "nobody@example.com"})
    known = client.post("/c/stop/", {"contact": "Rahima@Example.com"})
    assert stranger.status_code == known.status_code == 200
    assert stranger.content == known.content
    assert not may_contact(ticket.customer, "survey", "email")
    assert client.post("/c/stop/", {"contact": "12"}).status_code == 422
