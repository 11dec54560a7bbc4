"""Unprocessed mail: onto a ticket with one press, many at once, senders blocked, nothing ever lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import BlockedSender, Delivery, InboundRaw, Message, Participant
from halkhata.engines.messaging.services.blocking import block_sender
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.quarantine import put_back, release_into
from halkhata.engines.messaging.tests.mails import SHOP, make_mailbox, raw_mail
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound

pytestmark = pytest.mark.django_db

SPAM = "spam@example.org"


@pytest.fixture
def ticket(shop) -> Ticket:
    make_mailbox(shop)
    return Ticket.objects.get(number=ingest(raw_mail()).ticket)


def _forged(shop, ticket, number=2) -> InboundRaw:
    """A mail under an agent's address that names the ticket."""
    mail = raw_mail("Your money comes.", sender=shop.agent.email, subject=f"Re: [{ticket.number}]", number=number)
    return InboundRaw.objects.get(pk=ingest(mail).raw_id)


def test_named_ticket_is_offered_and_takes_the_mail_with_one_press(ticket, shop, client_as):
    raw = _forged(shop, ticket)
    client = client_as(shop.lead)
    page = client.get(reverse("messaging:quarantine_mail", args=[raw.pk])).content.decode()
    assert "The mail names this ticket." in page
    url = reverse("messaging:quarantine_release", args=[raw.pk])
    assert client.post(url, {"number": ticket.number}).status_code == 302
    message = Message.objects.get(raw=raw)
    # Never an answer of ours, and still shown as unproven.
    assert (message.direction, message.author, message.proof) == ("in", None, "fail")
    assert not Participant.objects.exists()
    assert not Delivery.objects.filter(is_automatic=False).exists()
    raw.refresh_from_db()
    assert (raw.state, raw.outcome) == ("processed", "reply_added")
    assert AuditEntry.objects.filter(action="mail.release").count() == 1
    assert client.post(url, {"number": ticket.number}).status_code == 409


def test_release_notes_an_unknown_sender_as_asked_for(ticket, shop):
    raw = InboundRaw.objects.get(pk=ingest(raw_mail("I know more.", sender="a@example.org", number=5)).raw_id)
    InboundRaw.objects.filter(pk=raw.pk).update(state="quarantined")
    Message.objects.filter(raw=raw).delete()
    release_into(actor=shop.lead, raw=raw, item=ticket)
    assert list(Participant.objects.values_list("address", "how")) == [("a@example.org", "asked")]


def test_release_refuses_what_is_closed_or_out_of_reach(ticket, shop, client_as):
    from halkhata.foundation.accounts.services.branches import create_branch

    raw = _forged(shop, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(
        state="closed", state_flag="resolved", resolved_at=ticket.opened_at, closed_at=ticket.opened_at
    )
    ticket.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        release_into(actor=shop.lead, raw=raw, item=ticket)
    assert refused.value.code == "item_is_over"
    Ticket.objects.filter(pk=ticket.pk).update(
        branch=create_branch(actor=None, name_en="Far"), owner=shop.owner, team=None
    )
    with pytest.raises(NotFound):
        release_into(actor=shop.lead, raw=raw, item=ticket)
    url = reverse("messaging:quarantine_release", args=[raw.pk])
    assert client_as(shop.lead).post(url, {"number": ticket.number}).status_code == 302
    assert client_as(shop.agent).post(url, {"number": ticket.number}).status_code == 403
    raw.refresh_from_db()
    assert raw.state == "quarantined"


def test_preview_shows_text_only(ticket, shop, client_as):
    mail = raw_mail(
        "<img src=https://evil.test/x.gif><script>alert(1)</script>", sender=shop.agent.email, number=3,
        content_type="text/html; charset=utf-8",
    )  # fmt: skip
    raw = InboundRaw.objects.get(pk=ingest(mail).raw_id)
    page = client_as(shop.lead).get(reverse("messaging:quarantine_mail", args=[raw.pk])).content.decode()
    assert "evil.test" not in page
    assert "<script>alert" not in page


def _bulk(client, action, raws, note=""):
    return client.post(
        reverse("messaging:quarantine_bulk"), {"action": action, "note": note, "pick": [one.pk for one in raws]}
    )


def test_many_at_once(ticket, shop, client_as):
    client = client_as(shop.lead)
    first, second, third = (_forged(shop, ticket, number) for number in (2, 3, 4))
    assert _bulk(client, "aside", [first]).status_code == 422, "a reason is needed"
    assert _bulk(client, "aside", [], "x").status_code == 422, "something must be ticked"
    assert _bulk(client, "nonsense", [first], "x").status_code == 422
    assert _bulk(client, "aside", [first, second], "advertising").status_code == 302
    assert _bulk(client, "open", [second, third]).status_code == 302
    states = dict(InboundRaw.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (first, second, third)] == ["discarded", "discarded", "processed"]
    assert Message.objects.get(raw=third).proof == "fail"
    assert len(bytes(InboundRaw.objects.get(pk=first.pk).body)) > 50
    assert client_as(shop.agent).post(reverse("messaging:quarantine_bulk")).status_code == 403


def test_what_was_set_aside_is_found_and_put_back(ticket, shop, client_as):
    raw = _forged(shop, ticket)
    client = client_as(shop.lead)
    _bulk(client, "aside", [raw], "only a test")
    page = client.get(reverse("messaging:quarantine") + "?box=aside").content.decode()
    assert "only a test" in page
    assert client.post(reverse("messaging:quarantine_back", args=[raw.pk])).status_code == 302
    raw.refresh_from_db()
    assert (raw.state, raw.set_aside_note) == ("quarantined", "")
    with pytest.raises(Conflict):
        put_back(actor=shop.lead, raw=raw)


def test_blocked_sender_is_set_aside_and_kept(ticket, shop, client_as):
    tickets = Ticket.objects.count()
    block_sender(actor=shop.lead, address=SPAM.upper(), reason="advertising")
    result = ingest(raw_mail("Buy!", sender=SPAM, number=7))
    raw = InboundRaw.objects.get(pk=result.raw_id)
    assert (result.outcome, raw.state, raw.reason) == ("blocked", "discarded", "blocked_sender")
    assert Ticket.objects.count() == tickets
    client = client_as(shop.lead)
    assert SPAM in client.get(reverse("messaging:blocked")).content.decode()
    page = client.get(reverse("messaging:quarantine_mail", args=[raw.pk])).content.decode()
    assert "Mail from this address is blocked." in page
    row = BlockedSender.objects.get()
    assert client.post(reverse("messaging:unblock", args=[row.pk])).status_code == 302
    assert ingest(raw_mail("Now a real matter", sender=SPAM, number=8)).outcome == "ticket_opened"


def test_blocking_from_the_mail_needs_a_reason_and_spares_ourselves(ticket, shop, client_as):
    raw = _forged(shop, ticket)
    client = client_as(shop.lead)
    url = reverse("messaging:quarantine_block", args=[raw.pk])
    assert client.post(url, {"note": " "}).status_code == 422
    assert client.post(url, {"note": "forged"}).status_code == 302
    assert BlockedSender.objects.get().address == shop.agent.email
    with pytest.raises(DomainError):
        block_sender(actor=shop.lead, address=SHOP, reason="x")
    assert client_as(shop.agent).post(url, {"note": "x"}).status_code == 403
    assert client_as(shop.agent).get(reverse("messaging:blocked")).status_code == 403


@pytest.mark.parametrize("name", ["quarantine", "blocked", "channels", "outbox"])
def test_lists_ask_no_more_for_more_rows(ticket, shop, client_as, name):
    client = client_as(shop.lead)
    url = reverse(f"messaging:{name}")

    def count() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    _forged(shop, ticket)
    block_sender(actor=shop.lead, address=SPAM, reason="x")
    few = count()
    for number in range(10, 16):
        _forged(shop, ticket, number)
        block_sender(actor=shop.lead, address=f"s{number}@example.org", reason="x")
    assert count() == few <= 12
