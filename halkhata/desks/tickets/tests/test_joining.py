"""A stranger quotes a ticket: nothing happens to it until an agent says so (B68)."""

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.joining import dismiss_quoted, join_quoted
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import KARIM, make_mailbox, raw_mail
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict

pytestmark = pytest.mark.django_db

EVE = "eve@example.org"


@pytest.fixture
def tickets(shop) -> tuple[Ticket, Ticket]:
    """Karim's ticket, and the one of a stranger whose mail quotes its number."""
    make_mailbox(shop)
    first = ingest(raw_mail("The engine makes a noise.")).ticket
    second = ingest(raw_mail("I know more.", sender=EVE, subject=f"Re: [{first}]", number=2)).ticket
    return Ticket.objects.get(number=first), Ticket.objects.get(number=second)


def close(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(
        state="closed", state_flag="resolved", resolved_at=ticket.opened_at, closed_at=ticket.opened_at
    )


@pytest.mark.parametrize("state", ["open", "closed"])
def test_quoting_changes_nothing_of_the_quoted_ticket(shop, state):
    make_mailbox(shop)
    old = Ticket.objects.get(number=ingest(raw_mail()).ticket)
    if state == "closed":
        close(old)
    before = Ticket.objects.values().get(pk=old.pk), WorkEvent.objects.filter(item=old).count()
    new = ingest(raw_mail("x", sender=EVE, subject=f"[{old.number}]", number=2))
    assert new.ticket != old.number
    assert (Ticket.objects.values().get(pk=old.pk), WorkEvent.objects.filter(item=old).count()) == before
    assert Ticket.objects.get(number=new.ticket).may_belong_to_id == old.pk


def test_join_with_one_press(tickets, shop, client_as):
    quoted, own = tickets
    client = client_as(shop.agent)
    page = client.get(f"/tickets/{own.number}/").content.decode()
    assert reverse("tickets:join", args=[own.number]) in page
    response = client.post(reverse("tickets:join", args=[own.number]))
    assert response.url == reverse("tickets:detail", args=[quoted.number])
    page = client.get(response.url).content.decode()
    assert "I know more." in page
    assert EVE in page
    # From now on what they write comes here, and the customer's address stays.
    again = ingest(raw_mail("Yet more", sender=EVE, subject=f"Re: [{quoted.number}]", number=3))
    assert (again.outcome, again.ticket) == ("reply_added", quoted.number)
    assert Conversation.objects.get(item=quoted).customer_address == KARIM
    assert AuditEntry.objects.filter(action="ticket.join").count() == 1
    assert client.post(reverse("tickets:join", args=[own.number])).status_code == 409


def test_join_sends_nothing_of_the_past(tickets, shop):
    before = Message.objects.filter(direction="out").count()
    join_quoted(actor=shop.agent, ticket=tickets[1])
    assert Message.objects.filter(direction="out").count() == before


def test_closed_ticket_takes_nothing_in(tickets, shop, client_as):
    quoted, own = tickets
    close(quoted)
    with pytest.raises(Conflict) as refused:
        join_quoted(actor=shop.agent, ticket=own)
    assert refused.value.code == "quoted_is_over"
    page = client_as(shop.agent).get(f"/tickets/{own.number}/").content.decode()
    assert reverse("tickets:join", args=[own.number]) not in page
    assert reverse("tickets:dismiss", args=[own.number]) in page


def test_dismissed_ticket_stands_on_its_own(tickets, shop, client_as):
    own = tickets[1]
    assert client_as(shop.agent).post(reverse("tickets:dismiss", args=[own.number])).status_code == 302
    own.refresh_from_db()
    assert own.may_belong_to_id is None
    with pytest.raises(Conflict):
        dismiss_quoted(actor=shop.agent, ticket=own)


def test_ticket_out_of_reach_cannot_be_joined(tickets, shop, client_as):
    from halkhata.foundation.accounts.services.branches import create_branch

    quoted, own = tickets
    Ticket.objects.filter(pk=quoted.pk).update(
        branch=create_branch(actor=None, name_en="Far"), owner=shop.owner, team=None
    )
    assert client_as(shop.agent).post(reverse("tickets:join", args=[own.number])).status_code == 404
    own.refresh_from_db()
    assert own.state != "merged"
