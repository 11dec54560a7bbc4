"""Opening tickets: numbers, owners, checklists, visibility."""

import threading

import pytest
from django.db import connection

from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.calling import open_for_caller
from halkhata.desks.tickets.services.defaults import create_default_checklist
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.engines.messaging.models import Message
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.formatting import format_ref
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def test_ticket_has_sayable_number_owner_clocks_and_first_message(desk, rahima):
    ticket = make_ticket(desk, rahima, "The fridge does not cool\nSince Friday.", serial="ab-12 ")
    assert ticket.number == "K-1001"
    assert format_ref(ticket.number, language="bn", digits="bengali") == "ক-১০০১"
    assert (ticket.subject, ticket.description) == (
        "The fridge does not cool",
        "The fridge does not cool\nSince Friday.",
    )
    assert (ticket.serial, ticket.taken_by, ticket.team) == ("AB-12", desk.agent, desk.team)
    assert ticket.owner in {desk.agent, desk.agent2}
    assert {clock.metric for clock in ticket.clocks.all()} == {"first", "resolution"}
    message = Message.objects.get(conversation__item=ticket)
    assert (message.direction, message.channel, message.text) == ("in", "phone", ticket.description)


def test_numbers_follow_each_other_without_a_gap_after_a_refusal(desk, rahima):
    first = make_ticket(desk, rahima)
    with pytest.raises(DomainError):
        open_ticket(actor=desk.agent, subject="", customer=rahima, channel="phone", branch=desk.branch)
    assert (first.number, make_ticket(desk, rahima).number) == ("K-1001", "K-1002")


@pytest.mark.django_db(transaction=True)
def test_two_threads_get_different_numbers(desk, rahima):
    numbers, errors = [], []
    barrier = threading.Barrier(2)

    def work():
        try:
            barrier.wait(10)
            for _ in range(5):
                numbers.append(make_ticket(desk, rahima).number)
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(numbers, key=lambda n: int(n[2:])) == [f"K-{1001 + i}" for i in range(10)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": " ", "description": "\u200b"}, "subject"), ({"kind": "party"}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"impact": "huge"}, "impact"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_at_its_field(desk, rahima, values, field):
    good = {"subject": "Broken", "customer": rahima, "channel": "phone", "branch": desk.branch}
    with pytest.raises(DomainError) as refused:
        open_ticket(actor=desk.agent, **{**good, **values})
    assert refused.value.field == field
    assert not Ticket.objects.exists()


def test_customer_of_a_branch_out_of_sight_is_not_there(desk, digest):
    elsewhere = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=elsewhere.pk).update(path=f"/{elsewhere.pk}/")
    hidden = create_customer(actor=SYSTEM, name_en="Hidden Test", branch=elsewhere)
    before = digest()
    with pytest.raises(NotFound):
        open_for_caller(actor=desk.agent, customer=hidden, text="Broken")
    assert digest() == before


def test_category_leads_to_its_team_and_checklist(desk, rahima):
    service = Team.objects.create(code="service", name_en="Service", branch=desk.branch, lead=desk.lead)
    Category.objects.filter(code="warranty").update(team=service)
    create_default_checklist()
    ticket = make_ticket(desk, rahima, category=Category.objects.get(code="warranty"))
    assert ticket.team == service
    assert ticket.checklist.count() == 4
    assert make_ticket(desk, rahima, kind="question").checklist.count() == 0


def test_same_form_sent_twice_opens_one_ticket(desk, rahima):
    twice = [make_ticket(desk, rahima, cause="desk:1:abc") for _ in range(2)]
    assert twice[0] == twice[1]
    assert Ticket.objects.count() == 1


def test_web_form_of_a_stranger_makes_customer_and_ticket(desk):
    ticket = open_from_web_form(
        token="t1", text="টিভি চলে না\nদুই দিন ধরে", name="রহিম নমুনা", phone="০১১০০-০০০০০৯", email="Rahim@Example.com"
    )
    customer = ticket.customer
    assert (ticket.channel, ticket.subject, ticket.team) == ("web_form", "টিভি চলে না", desk.team)
    assert customer.name_bn == "রহিম নমুনা"
    assert {point.value for point in customer.contact_points.all()} == {"+8801100000009", "rahim@example.com"}
    message = Message.objects.get(conversation__item=ticket)
    assert "০১১০০-০০০০০৯" in message.full_text
    assert message.conversation.customer_address == "rahim@example.com"


def test_web_form_with_a_known_number_alone_is_that_customer(desk, rahima):
    assert open_from_web_form(token="t1", text="Broken", phone="01100-000001").customer == rahima


def test_web_form_with_a_known_number_and_a_strange_address_tells_the_stranger_no_name(desk, rahima):
    ticket = open_from_web_form(token="t1", text="Broken", phone="01100000001", email="stranger@example.com")
    assert ticket.customer != rahima
    assert ticket.customer.name == ""
    assert rahima.contact_points.filter(value="stranger@example.com").count() == 0


def test_web_form_needs_text_and_a_way_back(desk):
    for values, field in (({"text": " ", "phone": "01100000001"}, "text"), ({"text": "Broken"}, "phone")):
        with pytest.raises(DomainError) as refused:
            open_from_web_form(token="t1", **values)
        assert refused.value.field == field
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


def test_web_form_sixth_message_within_the_hour_is_refused(desk):
    for number in range(5):
        open_from_web_form(token=f"t{number}", text="Broken", phone="01100000001")
    with pytest.raises(Conflict) as refused:
        open_from_web_form(token="t5", text="Broken", phone="01100000001")
    assert refused.value.code == "too_many"
    assert Ticket.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_web_form_sent_twice_at_once_opens_one_ticket(desk):
    found, errors = [], []
    barrier = threading.Barrier(2)

    def work():
        try:
            barrier.wait(10)
            found.append(open_from_web_form(token="same", text="Broken", phone="01100000077").pk)
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(set(found)) == 1
    assert (Ticket.objects.count(), Customer.objects.count()) == (1, 1)
