"""A customer with a ticket, another customer, and a browser that checks forgery tokens like a real one."""

import pytest
from django.test import Client

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.records.customers.services.customers import create_customer

PHONE, OTHER_PHONE = "01100000041", "01100000042"
EMAIL = "rahima@example.com"


@pytest.fixture
def customer(shop):
    return create_customer(actor=shop.agent, name_en="Rahima", phones=[PHONE], emails=[EMAIL], branch=shop.branch)


def _ticket(shop, customer, subject):
    return open_ticket(
        actor=shop.agent, subject=subject, description=subject, customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip


@pytest.fixture
def ticket(shop, customer):
    return _ticket(shop, customer, "The fridge does not cool")


@pytest.fixture
def foreign(shop):
    """Somebody else's ticket."""
    stranger = create_customer(actor=shop.agent, name_en="Selim", phones=[OTHER_PHONE], branch=shop.branch)
    return _ticket(shop, stranger, "The secret fan")


@pytest.fixture
def browser(shop):
    return Client()
