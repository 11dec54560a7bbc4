"""Whoever registers on the web reads what became of it (A53.2)."""

import pytest

from halkhata.desks.tickets.models import Category, Ticket
from halkhata.doors.portal.services.registering import register_from_web
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.models.texts import TextMessage
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.records.catalog.tests.conftest import catalog
from halkhata.records.customers.services.contacts import add_contact_point
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.services.registering import reject_registration, verify_registration
from halkhata.records.warranty.tests.conftest import SOLD_ON, terms

__all__ = ["catalog", "terms"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(catalog, terms):
    Category.objects.get_or_create(code="warranty", defaults={"name_en": "Warranty"})
    register_from_web(token="t1", serial="ELSE-77", bought_on=SOLD_ON, phone="01100000009", language="en")
    Ticket.objects.update(branch=catalog.branch)
    Registration.objects.update(branch=catalog.branch)
    return Registration.objects.get()


def answers():
    return list(Message.objects.filter(direction="out", author__isnull=False).values_list("text", flat=True))


def texts():
    return list(TextMessage.objects.filter(purpose="notice").values_list("to_address", "text"))


def test_verified_registration_is_answered_once_with_the_end_and_the_check_page(registered, catalog):
    verify_registration(actor=catalog.counter, registration=registered, product=catalog.fridge)
    run_until_quiet()
    ((number, text),) = texts()
    assert number == "+8801100000009"
    assert text.startswith("The warranty of ELSE-77 is registered. Compressor is covered until 12 March 2036.")
    assert "/c/warranty/" in text
    run_until_quiet()
    assert len(texts()) == 1


def test_customer_with_an_address_is_answered_by_mail(registered, catalog):
    customer = Ticket.objects.get().customer
    add_contact_point(actor=SYSTEM, customer=customer, kind="email", typed="salma@example.com")
    reject_registration(actor=catalog.counter, registration=registered, reason="no_date")
    run_until_quiet()
    assert answers() == ["We could not register the warranty of ELSE-77: The bill has no date."]
    assert texts() == []


def test_rejected_registration_is_answered_with_the_reason(registered, catalog):
    reject_registration(actor=catalog.counter, registration=registered, reason="unreadable", note="Send another photo.")
    run_until_quiet()
    assert [text for _number, text in texts()] == [
        "We could not register the warranty of ELSE-77: The photo of the bill cannot be read. Send another photo."
    ]


def test_who_may_not_answer_customers_sends_nothing(registered, catalog):
    catalog.counter.role.permissions = [one for one in catalog.counter.role.permissions if one != "ticket.reply"]
    catalog.counter.role.save()
    reject_registration(actor=catalog.counter, registration=registered, reason="unreadable")
    run_until_quiet()
    assert (answers(), texts()) == ([], [])
    assert Registration.objects.get().state == "rejected"
