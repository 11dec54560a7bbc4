"""What one mail costs: how many statements from bytes to a ticket, and that none asks what another has told."""

from collections import Counter

import pytest
from django.db import connection

from bench.workloads.w7 import mails
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.engines.messaging.models import Conversation, Mailbox, Message
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import ContactPoint, SearchKey, SearchText

pytestmark = pytest.mark.django_db(transaction=True)

# SQLite; PostgreSQL asks for its locks as well. Beginnings and savepoints are counted apart.
MOST, MOST_WITH_PICTURE = (37, 40) if connection.vendor == "sqlite" else (38, 41)
MOST_SAVEPOINTS, MOST_SAVEPOINTS_WITH_PICTURE = 3, 5


@pytest.fixture
def mailbox(shop):
    create_default_categories()
    return Mailbox.objects.create(
        name="Help", address="help@padma.example.com", branch=shop.branch, team=shop.team, is_default=True
    )


def statements(act):
    """What ``act`` sends: (SQL, parameters as text)."""
    sent = []

    def watch(execute, sql, params, many, context):
        sent.append((sql, repr(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        act()
    return sent


def is_frame(sql):
    return sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))


def test_mail_takes_few_statements_and_asks_nothing_twice(mailbox):
    first, *raws = mails(6, "few")
    ingest(first, mailbox=mailbox)
    for raw in raws:
        sent = statements(lambda raw=raw: ingest(raw, mailbox=mailbox))
        own = [(sql, params) for sql, params in sent if not is_frame(sql)]
        has_picture = b"memo.png" in raw
        most = MOST_WITH_PICTURE if has_picture else MOST
        most_savepoints = MOST_SAVEPOINTS_WITH_PICTURE if has_picture else MOST_SAVEPOINTS
        assert len(own) <= most, "\n".join(sql[:150] for sql, _params in own)
        assert sum(sql.startswith("SAVEPOINT") for sql, _params in sent) <= most_savepoints
        asked = Counter(one for one in own if one[0].startswith("SELECT") and "lock" not in one[0])
        assert [one for one, times in asked.items() if times > 1] == []
        assert sum('INSERT INTO "core_outboxevent"' in sql for sql, _params in own) == 1
    assert Ticket.objects.count() == 6


def test_mail_of_a_stranger_leaves_the_same_rows_as_ever(mailbox):
    (raw,) = mails(1, "rows")
    ingest(raw, mailbox=mailbox)
    ticket = Ticket.objects.get()
    conversation, message = Conversation.objects.get(), Message.objects.get()
    assert (conversation.item_id, conversation.mailbox, message.conversation) == (ticket.pk, mailbox, conversation)
    assert conversation.customer_address == "writer.rows.0@example.com"
    point = ContactPoint.objects.get()
    assert (point.customer, point.is_owner, point.is_primary) == (ticket.customer, True, True)
    keys = set(SearchKey.objects.values_list("kind", "key"))
    assert {("email", "writer.rows.0@example.com"), ("word", "invented"), ("code", str(ticket.customer_id))} <= keys
    assert SearchText.objects.get().text == "invented writer\nwriter.rows.0@example.com"
    events = list(OutboxEvent.objects.order_by("id").values_list("name", flat=True))
    assert events == ["customer.created", "item.opened", "ticket.opened", "message.received"]


def test_mail_that_fails_half_way_leaves_nothing_and_no_event(mailbox, monkeypatch):
    from halkhata.engines.messaging.services import mail_messages

    def fail(**_values):
        raise RuntimeError("half way")

    monkeypatch.setattr(mail_messages, "note_named", fail)
    (raw,) = mails(1, "half")
    ingest(raw, mailbox=mailbox)
    assert (Ticket.objects.count(), ContactPoint.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert set(OutboxEvent.objects.values_list("name", flat=True)) <= {"mail.quarantined", "message.quarantined"}
