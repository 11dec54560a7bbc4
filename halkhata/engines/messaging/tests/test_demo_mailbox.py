"""What an invented mailbox makes is invented, so that clearing the demo takes all of it and nothing else."""

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Conversation, Delivery, InboundRaw, Mailbox, Message
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.foundation.core import outbox
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
NEW = "new@example.com"


@pytest.fixture
def invented(shop) -> Mailbox:
    make_mailbox(shop)
    return make_mailbox(shop, name="Demo", address="demo@shop.example.com", is_default=False, is_demo=True)


def test_mail_to_a_demo_mailbox_makes_invented_rows_only(invented):
    result = ingest(raw_mail(sender=NEW), mailbox=invented)
    ticket, customer = Ticket.objects.get(), Customer.objects.get()
    assert (result.outcome, ticket.is_demo, customer.is_demo) == ("ticket_opened", True, True)
    assert ContactPoint.objects.get().is_demo
    assert InboundRaw.objects.get().is_demo
    assert Conversation.objects.get().mailbox == invented
    outbox.run_until_quiet()
    assert not Delivery.objects.exclude(state="blocked").exists(), "nothing of it is sent"


def test_follow_up_of_an_invented_ticket_is_invented(invented):
    first = ingest(raw_mail(sender=NEW), mailbox=invented)
    Ticket.objects.filter(number=first.ticket).update(
        state="closed", state_flag="resolved", resolved_at="2026-01-01T00:00Z", closed_at="2026-01-02T00:00Z"
    )
    later = ingest(raw_mail("again", sender=NEW, number=2, in_reply_to="<mail-1@example.com>"), mailbox=invented)
    assert later.outcome == "ticket_opened"
    assert Ticket.objects.get(number=later.ticket).is_demo


def test_known_customer_who_writes_to_a_demo_mailbox_stays_real(shop, invented):
    known = create_customer(actor=shop.owner, name_en="Rina", emails=[NEW])
    ingest(raw_mail(sender=NEW), mailbox=invented)
    assert Ticket.objects.get().customer == known
    assert Ticket.objects.get().is_demo
    assert Customer.objects.get().is_demo is False


def test_mail_to_a_real_mailbox_stays_real(invented):
    ingest(raw_mail(sender=NEW))
    assert (Ticket.objects.get().is_demo, Customer.objects.get().is_demo) == (False, False)


def test_ticket_made_by_hand_of_a_demo_mailboxs_mail_is_invented(shop, invented, client_as):
    for number in range(6):
        ingest(raw_mail("The same", sender=NEW, number=number), mailbox=invented)
    raw = InboundRaw.objects.get(state="quarantined")
    before = Ticket.objects.count()
    assert client_as(shop.lead).post(reverse("messaging:quarantine_open", args=[raw.pk]), {}).status_code == 302
    assert Ticket.objects.filter(is_demo=True).count() == before + 1


def test_clearing_the_demo_takes_it_and_leaves_the_rest(invented):
    from halkhata.doors.cli.demo_data.clearing import clear_demo

    ingest(raw_mail(sender=NEW), mailbox=invented)
    real = ingest(raw_mail("Real", number=2))
    clear_demo()
    assert list(Ticket.objects.values_list("number", flat=True)) == [real.ticket]
    assert [point.value for point in ContactPoint.objects.all()] == ["karim@example.com"]
    assert Message.objects.filter(direction="in").count() == InboundRaw.objects.count() == 1
    assert [box.name for box in Mailbox.objects.all()] == ["Complaints"]
