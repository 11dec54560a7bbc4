"""Several people at one ticket: who is there, whom a note tells, and nothing overwritten unseen (A52.18, F17)."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import Category, Ticket, TicketPresence
from halkhata.desks.tickets.selectors.people import mentionable
from halkhata.desks.tickets.selectors.unseen import newest_message_id
from halkhata.desks.tickets.services import answering
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.presence import FORGOTTEN_AFTER, forget_absent, note_presence
from halkhata.desks.tickets.tests.conftest import RESOLUTION
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict
from tests.support.fixtures_shop import make_role, make_user


def url(name, ticket):
    return reverse(f"tickets:{name}", args=[ticket.number])


# ------------------------------------------------------------------------------------------------ presence
@pytest.mark.django_db
def test_page_hears_who_else_is_there_and_who_writes(desk, ticket, client_as):
    rafi, mitu = client_as(desk.agent), client_as(desk.agent2)
    assert rafi.post(url("presence", ticket), {"writing": "0"}).content.strip() == b""
    assert "Rafi is also looking at this" in mitu.post(url("presence", ticket), {"writing": "1"}).content.decode()
    heard = rafi.post(url("presence", ticket), {"writing": "0"}).content.decode()
    assert "Mitu is writing" in heard
    assert mitu.post(url("presence", ticket), {"gone": "1"}).status_code == 204
    assert rafi.post(url("presence", ticket)).content.strip() == b""
    assert 'data-presence="' in rafi.get(url("detail", ticket)).content.decode()


@pytest.mark.django_db
def test_whoever_is_silent_is_forgotten(desk, ticket):
    start = clock.now()
    with clock.moved_to(start):
        note_presence(user=desk.agent, ticket_id=ticket.pk, is_writing=True)
    with clock.moved_to(start + FORGOTTEN_AFTER - timedelta(seconds=1)):
        assert len(note_presence(user=desk.agent2, ticket_id=ticket.pk, is_writing=False)) == 1
        assert forget_absent() == 0
    with clock.moved_to(start + FORGOTTEN_AFTER + timedelta(seconds=1)):
        assert note_presence(user=desk.agent2, ticket_id=ticket.pk, is_writing=False) == []
        assert forget_absent() == 1


@pytest.mark.django_db
def test_sign_of_life_costs_one_upsert_and_one_read(desk, ticket):
    with CaptureQueriesContext(connection) as queries:
        for _beat in range(3):
            note_presence(user=desk.agent, ticket_id=ticket.pk, is_writing=False)
    assert len([query for query in queries if "presence" in query["sql"]]) == 6
    assert TicketPresence.objects.count() == 1


@pytest.mark.django_db
def test_presence_tells_nothing_of_a_ticket_out_of_reach(desk, ticket, client_as):
    own = make_user("own", branch=desk.branch, role=make_role("o", level=1, scope="own", permissions=["ticket.view"]))
    assert client_as(own).post(url("presence", ticket)).status_code == 404
    assert not TicketPresence.objects.exists()


# ------------------------------------------------------------------------------------------------ mentions
@pytest.mark.django_db
def test_picker_offers_exactly_those_who_may_see_the_ticket(desk, ticket):
    from halkhata.foundation.accounts.models import Branch, Team, User

    far = Branch.objects.create(code="far", name_en="Far", parent=desk.branch)
    Branch.objects.filter(pk=far.pk).update(path=f"{desk.branch.path}{far.pk}/")
    other_team = Team.objects.create(code="sales", name_en="Sales", branch=desk.branch)
    for scope in ("own", "team", "branch", "subtree", "all"):
        role = make_role(f"x{scope}", level=1, scope=scope, permissions=["ticket.view"])
        for name, branch, teams in (
            ("near", desk.branch, ()),
            ("mate", desk.branch, (desk.team,)),
            ("sale", desk.branch, (other_team,)),
            ("away", Branch.objects.get(pk=far.pk), ()),
            ("awaymate", Branch.objects.get(pk=far.pk), (desk.team,)),
        ):
            make_user(f"{name}-{scope}", branch=branch, role=role, teams=teams)
    blind = make_role("blind", level=1, scope="all", permissions=["customer.view"])
    make_user("blind", branch=desk.branch, role=blind)
    from halkhata.desks.tickets.selectors import people

    found = set()
    for start in {user.username[0] for user in User.objects.all()}:
        people.MOST_SHOWN = 100
        found |= {user.username for user in mentionable(desk.agent, ticket, start)}
    people.MOST_SHOWN = 8
    may = {
        user.username
        for user in User.objects.exclude(pk=desk.agent.pk)
        if user.may("ticket.view") and WorkItem.objects.visible_to(user).filter(pk=ticket.pk).exists()
    }
    assert found == may
    assert "away-branch" not in found


@pytest.mark.django_db
def test_mentioned_colleague_gets_a_notice_and_others_none(desk, ticket, client_as):
    client = client_as(desk.agent)
    page = client.get(url("people", ticket), {"q": "mi", "part": "1"}).content.decode()
    assert 'data-insert="@mitu "' in page
    client.post(url("note", ticket), {"body": "@mitu please look, @nobody and mail@lead.example.com"})
    told = Notification.objects.filter(verb="message.mentioned")
    assert [notice.user for notice in told] == [desk.agent2]


# ------------------------------------------------------------------------------------------------ nothing unseen
class Page:
    """One person's open page: its forms send what stood on it."""

    def __init__(self, client, ticket):
        self.client, self.ticket = client, ticket
        self.read(client.get(url("detail", ticket)))

    def read(self, answer):
        self.text = answer.content.decode()
        self.hidden = {
            name: re.search(rf'name="{name}" value="(\d+)"', self.text).group(1) for name in ("version", "seen_change")
        }

    def send(self, name, **values):
        return self.client.post(url(name, self.ticket), {**self.hidden, **values})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "values", "kept"),
    [
        ("state", {"state": "waiting_customer"}, ""),
        ("assignment", {"owner": "lead", "reason": "knows pumps"}, 'value="knows pumps"'),
        ("priority", {"priority": "high", "reason": "old customer"}, 'value="old customer"'),
        ("resolution", {**RESOLUTION, "category": "product-fault"}, "Compressor replaced</textarea>"),
    ],
)
def test_second_writer_sees_what_changed_keeps_the_text_and_may_go_on(
    desk, ticket, client_as, digest, action, values, kept
):
    if "owner" in values:
        values = {**values, "owner": desk.agent.pk}
    if "category" in values:
        values = {**values, "category": Category.objects.get(code=values["category"]).pk}
    rafi, mitu = Page(client_as(desk.agent), ticket), Page(client_as(desk.agent2), ticket)
    assert mitu.send("priority", priority="urgent").status_code == 302
    before = digest()
    answer = rafi.send(action, **values)
    assert (answer.status_code, digest()) == (409, before)
    rafi.read(answer)
    assert "Changed since you opened this page" in rafi.text
    assert "Priority changed: Urgent · Mitu" in rafi.text
    assert kept in rafi.text
    assert rafi.send(action, **values).status_code == 302


@pytest.mark.django_db
def test_category_form_keeps_what_was_written_and_shows_what_is_there_now(desk, client_as):
    category = Category.objects.get(code="delivery")
    page = reverse("tickets:category_edit", args=[category.pk])
    one, two = client_as(desk.owner), client_as(desk.owner)
    old = re.search(r'name="version" value="(\d+)"', one.get(page).content.decode()).group(1)
    assert two.post(page, {"name_en": "Bringing", "is_active": "on", "version": old}).status_code == 302
    answer = one.post(page, {"name_en": "Transport", "is_active": "on", "version": old})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Bringing" in text
    assert 'value="Transport"' in text
    fresh = re.search(r'name="version" value="(\d+)"', text).group(1)
    assert one.post(page, {"name_en": "Transport", "is_active": "on", "version": fresh}).status_code == 302
    assert Category.objects.get(pk=category.pk).name_en == "Transport"


PAIRS = 12


def _answer_at_once(desk, ticket, seen):
    """Two agents press "send" at the same moment, each having seen the same page. Returns how each ended."""
    ended = []
    begin = threading.Barrier(2)

    def press(actor):
        try:
            begin.wait()
            answer_ticket(actor=actor, ticket=Ticket.objects.get(pk=ticket.pk), text=f"From {actor}", seen=seen)
            ended.append("sent")
        except Conflict as error:
            ended.append(error.code)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=(actor,)) for actor in (desk.agent, desk.agent2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    return sorted(ended)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_never_both_go_out_unseen(desk, ticket):
    for _pair in range(PAIRS):
        seen = newest_message_id(ticket)
        sent_before = Message.objects.filter(direction="out").count()
        assert _answer_at_once(desk, ticket, seen) == ["newer_message", "sent"]
        assert Message.objects.filter(direction="out").count() == sent_before + 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_guard_sends_both(desk, ticket, monkeypatch):
    monkeypatch.setattr(answering, "public_messages_after", lambda _ticket, _seen: [])
    assert _answer_at_once(desk, ticket, newest_message_id(ticket)) == ["sent", "sent"]
