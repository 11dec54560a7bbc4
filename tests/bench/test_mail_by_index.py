"""What happens for one mail, one call and one plan costs the same in a shop of a million: no table is read whole."""

import pytest
from django.db import connection

from bench.statements import Watch, explain, walks
from bench.workloads.w7 import mails
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.calling import open_for_caller
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.engines.messaging.models import Mailbox, Message
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.worker import Worker

# SQLite's plans are the same for ten rows and for a million (docs/adr/0017).
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def mailbox(shop):
    create_default_categories()
    return Mailbox.objects.create(
        name="Help", address="help@padma.example.com", branch=shop.branch, team=shop.team, is_default=True
    )


def walked(act):
    """The statements of ``act`` that read a growing table from end to end."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        act()
    found = []
    for sql, parameters, _seconds in watch.seen:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            plan = explain(connection, sql, parameters)
            if walks(connection, plan):
                found.append((sql, plan))
    assert len(watch.seen) > 1
    return found


def test_mail_becomes_a_ticket_without_reading_a_whole_table(mailbox):
    first, second = mails(2, "one")
    ingest(first, mailbox=mailbox)
    assert walked(lambda: ingest(second, mailbox=mailbox)) == []
    assert Ticket.objects.count() == 2


def test_answer_to_a_ticket_finds_its_thread_without_reading_a_whole_table(mailbox):
    (first,) = mails(1, "two")
    ingest(first, mailbox=mailbox)
    known = Message.objects.exclude(message_id="").earliest("pk").message_id
    answer = first.replace(known.encode(), b"<answer@example.com>").replace(
        b"Subject:", b"In-Reply-To: " + known.encode() + b"\nSubject:", 1
    )
    assert walked(lambda: ingest(answer, mailbox=mailbox)) == []
    assert (Ticket.objects.count(), Message.objects.filter(message_id="<answer@example.com>").count()) == (1, 1)


def test_call_and_plan_look_themselves_up_without_reading_a_whole_table(mailbox, shop):
    def act():
        ticket = open_for_caller(actor=shop.agent, customer=None, text="It hums", cause="form:1", caller_name="Rina")
        plan_task(
            actor=shop.agent, kind="follow_up", subject="Ask again", customer=None, parent=ticket, branch=shop.branch,
            team=shop.team, owner=shop.agent, planned_at=now(), cause="plan:1",
        )  # fmt: skip

    act()
    assert walked(act) == []
    assert Ticket.objects.count() == 1


def test_what_follows_an_opened_ticket_reads_no_whole_table(mailbox):
    worker = Worker(queues=["default"])

    def work():
        while worker.work_once():
            pass

    (first,) = mails(1, "three")
    ingest(first, mailbox=mailbox)
    assert walked(work) == []
