"""What customers write by SMS: kept first, processed once, put where it belongs (A52.1, US-25)."""

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Conversation, InboundText, Message
from halkhata.engines.messaging.services.text_arriving import receive_text
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db

PHONE = "01100000021"
NUMBER = "+8801100000021"


def text(words, *, number=PHONE, provider_id="m1", source="sms:1", **values):
    given = {"to_number": "+8809600000000", "at": now(), "raw": b"{}", **values}
    return receive_text(source=source, provider_id=provider_id, from_number=number, text=words, **given)


def test_text_of_a_stranger_opens_a_ticket_and_makes_a_customer(shop):
    result = text("ফ্যান ঘুরছে না")
    ticket = Ticket.objects.get()
    assert (result.outcome, result.ticket, result.customer) == ("ticket_opened", ticket.number, ticket.customer_id)
    assert (ticket.channel, ticket.subject, ticket.branch_id) == ("sms", "ফ্যান ঘুরছে না", shop.branch.pk)
    assert (ticket.customer.language, ticket.customer.preferred_channel) == ("bn", "sms")
    assert list(ticket.customer.contact_points.values_list("value", flat=True)) == [NUMBER]
    message = Message.objects.get(direction="in")
    assert (message.channel, message.from_address, message.text) == ("sms", NUMBER, "ফ্যান ঘুরছে না")
    # A phone number never becomes the address that mail goes to.
    assert Conversation.objects.get().customer_address == ""
    row = InboundText.objects.get()
    assert (row.state, row.outcome, row.message_id, bytes(row.body)) == (
        "processed",
        "ticket_opened",
        message.pk,
        b"{}",
    )


def test_text_told_twice_is_one_ticket(shop):
    first, second = text("The fan stopped"), text("The fan stopped", raw=b'{"retry": 1}')
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert (InboundText.objects.count(), Ticket.objects.count(), Message.objects.filter(direction="in").count()) == (
        1,
        1,
        1,
    )


def test_id_that_comes_back_with_other_words_is_another_text(shop):
    text("The fan stopped")
    assert text("It is in Dhaka").outcome == "reply_added"
    assert InboundText.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "number", "reason"),
    [("", PHONE, "empty"), (" \n", PHONE, "empty"), ("Tk 500 received", "bKash", "no_number"), ("Hi", "", "no_number"),
     ("Hi", "16247", "no_number")],
)  # fmt: skip
def test_text_that_nobody_could_answer_waits_in_view(shop, words, number, reason):
    result = text(words, number=number)
    assert (result.outcome, result.reason, result.ticket) == ("quarantined", reason, None)
    assert InboundText.objects.get().state == "quarantined"
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)
