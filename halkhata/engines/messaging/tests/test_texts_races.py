"""Texts at the same moment: told often at once it is one, and a stranger's first two make one customer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import InboundText, Message
from halkhata.engines.messaging.services.text_arriving import receive_text
from halkhata.records.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(told):
    """Every (provider id, words) received in a thread of its own, all at the same moment; how each ended."""
    gate = threading.Barrier(len(told))

    def one(given):
        try:
            gate.wait(60)
            return receive_text(
                source="sms:1", provider_id=given[0], from_number="01100000021", to_number="", text=given[1], at=None,
                raw=b"{}",
            ).outcome  # fmt: skip
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(told)) as pool:
        return list(pool.map(one, told))


def test_text_told_eight_times_at_once_is_one_ticket(shop):
    said = at_once([("m1", "The fan stopped")] * 8)
    assert sorted(said) == [*["duplicate"] * 7, "ticket_opened"]
    assert (InboundText.objects.get().state, Ticket.objects.count()) == ("processed", 1)
    assert Message.objects.filter(direction="in").count() == 1


def test_first_two_texts_of_a_stranger_at_once_are_one_customer_and_one_ticket(shop):
    said = at_once([("m1", "The fan stopped"), ("m2", "It smells")])
    assert sorted(said) == ["reply_added", "ticket_opened"]
    assert (Customer.objects.count(), Ticket.objects.count()) == (1, 1)
