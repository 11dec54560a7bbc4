"""What the customer reads on the own page: notes written for it, and that the matter went up (A51.6, US-10)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from halkhata.desks.tickets.services.answering import add_internal_note, add_public_note
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.selectors.gone_up import gone_up, gone_up_of
from halkhata.doors.portal.selectors.matters import matters_of
from halkhata.doors.portal.selectors.talk import talk_of
from halkhata.doors.portal.tests.conftest import OTHER_PHONE, PHONE
from halkhata.doors.portal.tests.following import enter, enter_mine
from halkhata.engines.work.models import Absence, EscalationRule, WorkEvent
from halkhata.engines.work.services.escalation import demand_manager
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core.clock import now

pytestmark = pytest.mark.django_db

PATH, MATTERS = "/c/t/K-1001/", "/c/mine/matters/"
# Ten in the morning in Dhaka, a Sunday.
MORNING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def text(browser, path=PATH, language="en"):
    page = browser.get(f"{path}?lang={language}")
    assert page.status_code == 200
    return " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())


def said(ticket):
    return [(one.level, one.at) for one in gone_up(WorkEvent.objects.filter(item_id=ticket.pk))]


def rule(level, trigger="breach", **fields):
    return EscalationRule.objects.create(level=level, trigger=trigger, **fields)


@pytest.fixture
def at_ten(shop):
    EscalationRule.objects.all().delete()
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def late(ticket, clock):
    clock.move_to(ticket.clocks.get(metric="first").due_at + timedelta(minutes=1))
    sweep_due(now())


def test_public_note_stands_on_both_pages_and_the_internal_one_on_neither(shop, ticket, browser):
    add_internal_note(actor=shop.agent, ticket=ticket, text="NOTE-SECRET")
    add_public_note(actor=shop.agent, ticket=ticket, text="The compressor is ordered. Ask rafi@example.com")
    shop.agent.email = "rafi@example.com"
    shop.agent.save()
    enter(browser, "K-1001", PHONE)
    mine = Client()
    enter_mine(mine, PHONE)
    for page in (text(browser), text(mine, MATTERS)):
        assert "We wrote here" in page
        assert "The compressor is ordered. Ask …" in page
        assert "SECRET" not in page
        assert shop.agent.name not in page
    assert [(one.side, one.way) for one in talk_of(ticket)] == [("we", "note")]


def test_public_note_is_nobody_elses(shop, ticket, foreign):
    add_public_note(actor=shop.agent, ticket=foreign, text="FOREIGN")
    mine, other = Client(), Client()
    enter_mine(mine, PHONE)
    enter_mine(other, OTHER_PHONE)
    assert "FOREIGN" not in text(mine, MATTERS)
    assert "FOREIGN" in text(other, MATTERS)


def test_step_to_the_lead_and_to_the_manager_is_told_once_each_without_names(shop, at_ten, ticket, browser):
    rule(2)
    rule(3)
    late(ticket, at_ten)
    went = now()
    assert said(ticket) == [(2, went), (3, went)]
    at_ten.shift(timedelta(hours=3))
    demand_manager(actor=shop.agent, item=ticket)
    assert said(ticket) == [(2, went), (3, went)]
    enter(browser, "K-1001", PHONE)
    page = text(browser)
    assert page.count("Sent to the head of the team on") == 1
    assert page.count("Sent to the manager on") == 1
    assert shop.manager.name not in page
    assert shop.lead.name not in page


def test_untouched_ticket_says_nothing(shop, at_ten, ticket, browser):
    enter(browser, "K-1001", PHONE)
    assert "Sent to the" not in text(browser)


def test_what_only_reminds_the_owner_or_raises_the_priority_is_not_told(shop, at_ten, ticket):
    rule(1)
    rule(3, notify=False, raise_priority=True)
    late(ticket, at_ten)
    assert WorkEvent.objects.filter(item_id=ticket.pk, kind="escalated").count() == 2
    assert said(ticket) == []


def test_told_is_whoever_was_there(shop, at_ten, ticket):
    rule(2)
    Absence.objects.create(user=shop.lead, starts_at=MORNING - timedelta(days=1), ends_at=MORNING + timedelta(days=9))
    late(ticket, at_ten)
    assert [level for level, _at in said(ticket)] == [3]


def test_wish_for_the_manager_is_told_although_no_row_asks_for_it(shop, at_ten, ticket):
    demand_manager(actor=shop.agent, item=ticket)
    assert said(ticket) == [(3, MORNING)]
    assert WorkEvent.objects.get(item_id=ticket.pk, kind="customer_demanded").data == {"rung": 3}


def test_time_is_told_in_the_customers_zone(shop, at_ten):
    from halkhata.records.customers.services.customers import create_customer

    karim = create_customer(actor=shop.agent, name_en="Karim", phones=["+971501234567"], branch=shop.branch)
    ticket = open_ticket(
        actor=shop.agent, subject="Fan", description="Fan", customer=karim, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    demand_manager(actor=shop.agent, item=ticket)
    browser = Client()
    enter(browser, ticket.number, "+971501234567")
    line = text(browser, f"/c/t/{ticket.number}/").partition("Sent to the manager on ")[2][:40]
    assert "8:00" in line  # ten in Dhaka


def test_list_of_matters_says_it_for_open_ones_and_costs_the_same_for_many(shop, at_ten, customer, ticket):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            found = matters_of(customer)
        return len(asked), found

    demand_manager(actor=shop.agent, item=ticket)
    add_public_note(actor=shop.agent, ticket=ticket, text="One")
    few, found = cost()
    assert [[line.level for line in one.went_up] for one in found] == [[3]]
    assert [one.note.text for one in found] == ["One"]
    for number in range(4):
        more = open_ticket(
            actor=shop.agent, subject=f"Fan {number}", description="Fan", customer=customer, channel="phone",
            branch=shop.branch, team=shop.team, owner=shop.agent, acknowledge=False,
        )  # fmt: skip
        demand_manager(actor=shop.agent, item=more)
        add_public_note(actor=shop.agent, ticket=more, text=f"Note {number}")
    many, found = cost()
    assert (many, len(found)) == (few, 5)
    assert set(gone_up_of([ticket.pk])) == {ticket.pk}
