"""The pages of the complaint desk: what they show, what they keep, how much they ask of the database."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import Category, Resolution, Ticket
from halkhata.desks.tickets.services.defaults import create_default_checklist
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import change_ticket_state
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.desks.tickets.tests.test_states import strip
from halkhata.engines.messaging.models import Delivery, Message
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def url(name, ticket, *more):
    return reverse(f"tickets:{name}", args=[ticket.number, *more])


def fill(ticket, number):
    conversation = Message.objects.filter(conversation__item=ticket).first().conversation
    Message.objects.bulk_create(
        Message(
            conversation=conversation, direction="in", channel="email", at=ticket.opened_at, text=f"message {i}",
            from_address="rahima@example.com", customer=ticket.customer,
        )
        for i in range(number)
    )  # fmt: skip


def test_page_costs_the_same_with_three_and_with_two_hundred_messages(desk, rahima, client_as):
    create_default_checklist()
    client = client_as(desk.agent)
    short, long = make_ticket(desk, rahima), make_ticket(desk, rahima)
    fill(short, 2)
    fill(long, 200)
    client.get(url("detail", short))  # what is made or cached on a first visit is not counted
    counted = []
    for ticket in (short, long):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("detail", ticket))
        assert page.status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 20, "\n".join(query["sql"][:120] for query in queries)
    assert page.content.decode().count("message 1") < 60
    assert "Older messages" in page.content.decode()


def test_older_messages_are_a_press_away_until_the_first(desk, rahima, client_as):
    client = client_as(desk.agent)
    ticket = make_ticket(desk, rahima)
    fill(ticket, 70)
    seen = set()
    address = url("detail", ticket)
    for _ in range(5):
        page = client.get(address).content.decode()
        seen |= set(re.findall(r"message (\d+)\b", page))
        more = re.search(r'hx-get="([^"]+/older/\?before=[\d-]+)"', page)
        if not more:
            break
        address = more.group(1)
    assert seen == {str(i) for i in range(70)}


def test_page_opens_for_any_way_to_type_the_number(desk, ticket, client_as):
    client = client_as(desk.agent)
    for typed in ("ক-১০০১", "k1001", "K-01001"):
        assert client.get(f"/tickets/{typed}/").headers["Location"] == url("detail", ticket)
    assert client.get("/tickets/K-9999/").status_code == 404


def test_page_shows_how_to_call_and_what_was_promised_in_both_languages(desk, ticket, client_as):
    english = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    assert 'href="tel:+8801100000001"' in english
    assert "First answer" in english
    assert "Why is it due then?" in english
    assert url("reply", ticket) in english
    assert url("note", ticket) in english
    assert "Rahima Test, rahima@example.com" in english
    bengali = client_as(desk.agent, language="bn").get(url("detail", ticket)).content.decode()
    assert "ক-১০০১" in bengali


def test_ticket_of_another_branch_is_not_there_on_any_address(desk, ticket, client_as, digest):
    other = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=other.pk).update(path=f"/{other.pk}/")
    desk.agent2.teams.clear()
    type(desk.agent2).objects.filter(pk=desk.agent2.pk).update(branch=other, role=desk.lead.role)
    Ticket.objects.filter(pk=ticket.pk).update(owner=desk.agent)
    client = client_as(type(desk.agent2).objects.get(pk=desk.agent2.pk))
    before = digest()
    for name in ("detail", "older", "print"):
        assert client.get(url(name, ticket)).status_code == 404
    for name, data in POSTS.items():
        assert client.post(url(name, ticket), data).status_code == 404, name
    assert client.post(url("checklist", ticket, 1), {"done": "1"}).status_code == 404
    assert digest() == before


POSTS = {
    "reply": {"body": "Hello"}, "note": {"body": "Hello"}, "call": {"outcome": "out_answered", "body": "Hello"},
    "state": {"state": "open"}, "close": {}, "reopen": {}, "resolution": {**RESOLUTION}, "told": {},
    "assignment": {"owner": "1"}, "priority": {"priority": "low"}, "manager": {},
}  # fmt: skip


def test_role_that_may_only_look_changes_nothing(desk, ticket, client_as, digest):
    strip(desk.agent, *(f"ticket.{n}" for n in ("create", "reply", "note", "edit", "resolve", "assign")))
    client = client_as(desk.agent)
    before = digest()
    for name, data in POSTS.items():
        assert client.post(url(name, ticket), data).status_code == 403, name
    assert client.post(reverse("tickets:new"), {"text": "Broken"}).status_code == 403
    assert digest() == before
    page = client.get(url("detail", ticket)).content.decode()
    for name in ("reply", "note", "call", "resolution", "assignment", "manager"):
        assert f'action="{url(name, ticket)}"' not in page


def test_nobody_gets_in_without_signing_in(ticket, client):
    for name in ("detail", "print"):
        assert client.get(url(name, ticket)).headers["Location"].startswith("/sign-in/")
    for name, data in POSTS.items():
        assert client.post(url(name, ticket), data).headers["Location"].startswith("/sign-in/")


def test_get_on_an_action_changes_nothing(desk, ticket, client_as):
    client = client_as(desk.lead)
    for name in POSTS:
        assert client.get(url(name, ticket)).status_code == 405


def test_answer_through_the_page_goes_out_and_the_note_does_not(desk, ticket, client_as):
    client = client_as(desk.agent)
    answer = client.post(url("reply", ticket), {"body": "We come tomorrow.", "next_state": ""})
    assert answer.headers["Location"] == url("detail", ticket)
    assert client.post(url("note", ticket), {"body": "Take the van."}).status_code == 302
    assert [m.text for m in Message.objects.filter(direction="out")] == ["We come tomorrow."]
    assert [m.text for m in Message.objects.filter(direction="note")] == ["Take the van."]
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(("name", "other"), [("reply", "note"), ("note", "reply")])
def test_refused_text_comes_back_in_its_own_form_only(desk, ticket, client_as, name, other):
    client = client_as(desk.agent)
    typed = "x" * 100_001
    page = client.post(url(name, ticket), {"body": typed}).content.decode()
    panes = dict(re.findall(r'id="compose-(reply|note)-body"[^>]*>(.*?)</textarea>', page, re.S))
    assert (len(panes[name].strip()), panes[other].strip()) == (100_001, "")


def test_resolution_form_keeps_everything_when_something_is_missing(desk, ticket, client_as, digest):
    before = digest()
    page = client_as(desk.agent).post(
        url("resolution", ticket),
        {
            "root_cause": "misuse",
            "action": "Explained the knob",
            "remedy": "",
            "category": "",
            "version": ticket.version,
        },
    )
    text = page.content.decode()
    assert (page.status_code, digest()) == (422, before)
    assert "Explained the knob</textarea>" in text
    assert '<option value="misuse" selected>' in text
    assert 'id="id_remedy_error"' in text


def test_resolving_through_the_page_with_bengali_digits_in_the_time(desk, ticket, client_as):
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=datetime(2026, 1, 1, tzinfo=UTC))
    page = client_as(desk.agent, language="bn").post(
        url("resolution", ticket),
        {**RESOLUTION, "category": Category.objects.get(code="warranty").pk, "told_by": desk.agent2.pk,
         "told_at": "২০২৬-০১-০২T১০:৩০", "told_how": "phone", "version": Ticket.objects.get(pk=ticket.pk).version},
    )  # fmt: skip
    assert page.status_code == 302, page.content.decode()
    made = Resolution.objects.get()
    # 10:30 on the reader's clock in Dhaka, six hours ahead of UTC.
    assert (made.told_at.isoformat(), made.told_by) == ("2026-01-02T04:30:00+00:00", desk.agent2)
    text = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    assert "Compressor replaced" in text
    assert "By phone" in text
    assert f'action="{url("close", ticket)}"' in text


def test_resolved_ticket_whose_customer_was_not_told_still_shows_the_answer_it_owes(desk, ticket, client_as):
    resolve_ticket(actor=desk.agent, ticket=ticket, category=Category.objects.get(code="warranty"), **RESOLUTION)
    text = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    promises = text[text.index('id="promises"') : text.index('id="customer"')]
    assert promises.count("data-countdown") == 1
    assert "not yet" in text


def test_state_buttons_are_the_allowed_steps(desk, ticket, client_as):
    change_ticket_state(actor=desk.agent, ticket=ticket, state="waiting_customer")
    text = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    offered = set(re.findall(r'name="state" value="(\w+)"', text))
    assert offered == {"open", "waiting_manufacturer", "waiting_internal"}


def without_csrf(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


def test_checklist_line_is_ticked_with_and_without_a_script(desk, rahima, client_as):
    create_default_checklist()
    ticket = make_ticket(desk, rahima)
    first, second = ticket.checklist.all()[:2]
    client = client_as(desk.agent)
    plain = client.post(url("checklist", ticket, first.pk), {"done": "1"})
    assert plain.headers["Location"] == url("detail", ticket) + "#checklist"
    part = client.post(
        url("checklist", ticket, second.pk), {"done": "1"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.startswith('<div id="checklist-lines">')
    assert "2 of 4 done" in part
    page = client.get(url("detail", ticket)).content.decode()
    assert without_csrf(part).strip() in without_csrf(page)
    client.post(url("checklist", ticket, second.pk), {"done": "0"})
    assert [line.done_at is None for line in ticket.checklist.all()] == [False, True, True, True]


def test_line_of_another_ticket_is_not_ticked(desk, rahima, client_as):
    create_default_checklist()
    mine, other = make_ticket(desk, rahima), make_ticket(desk, rahima)
    line = other.checklist.first()
    assert client_as(desk.agent).post(url("checklist", mine, line.pk), {"done": "1"}).status_code == 404
    assert other.checklist.filter(done_at=None).count() == 4


def test_assignment_needs_the_right_and_tells_who_owns_it(desk, ticket, client_as):
    other = desk.agent if ticket.owner == desk.agent2 else desk.agent2
    refused = client_as(ticket.owner).post(url("assignment", ticket), {"owner": other.pk})
    assert refused.status_code == 403
    assert (
        client_as(desk.lead).post(url("assignment", ticket), {"owner": other.pk, "reason": "Knows it"}).status_code
        == 302
    )
    ticket.refresh_from_db()
    assert ticket.owner == other


def test_print_has_the_form_and_lines_to_sign(desk, ticket, client_as):
    text = client_as(desk.agent).get(url("print", ticket)).content.decode()
    assert "Customer's signature and date" in text
    assert "K-1001" in text
    assert "01100-000001" in text


def test_repeat_on_the_same_unit_is_flagged(desk, rahima, client_as):
    first = make_ticket(desk, rahima, serial="SN-77")
    again = make_ticket(desk, rahima, serial="sn-77")
    other = make_ticket(desk, rahima, serial="SN-78")
    page = client_as(desk.agent)
    assert "Again about the same unit" in page.get(url("detail", again)).content.decode()
    assert "Again about the same unit" not in page.get(url("detail", first)).content.decode()
    assert "Again about the same unit" not in page.get(url("detail", other)).content.decode()


# ------------------------------------------------------------------------------------------------ new ticket
def new_form(client, query=""):
    page = client.get(reverse("tickets:new") + query)
    assert page.status_code == 200
    return page, re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)


BASE = {"channel": "phone", "kind": "complaint", "impact": "medium", "urgency": "medium"}


def test_three_clicks_from_the_card_to_a_ticket(desk, rahima, client_as):
    client = client_as(desk.agent)
    card = client.get(reverse("customers:detail", args=[rahima.pk])).content.decode()
    address = re.search(rf'href="([^"]*/tickets/new/\?customer={rahima.pk})"', card).group(1)
    page, token = new_form(client, address[address.index("?") :])
    required = re.findall(r"<(?:input|textarea|select)[^>]* required", page.content.decode())
    assert len(required) <= 8  # the text, and choices that are filled in already
    saved = client.post(reverse("tickets:new"), {**BASE, "customer": rahima.pk, "text": "No cooling", "token": token})
    ticket = Ticket.objects.get()
    assert saved.headers["Location"] == url("detail", ticket)
    assert (ticket.customer, ticket.subject, ticket.channel, ticket.taken_by) == (
        rahima,
        "No cooling",
        "phone",
        desk.agent,
    )


def test_double_press_opens_one_ticket(desk, rahima, client_as):
    client = client_as(desk.agent)
    _, token = new_form(client)
    data = {**BASE, "customer": rahima.pk, "text": "No cooling", "token": token}
    assert client.post(reverse("tickets:new"), data).headers["Location"] == "/tickets/K-1001/"
    again = client.post(reverse("tickets:new"), data)
    assert Ticket.objects.count() == 1
    assert again.headers["Location"] == "/tickets/K-1001/"


def test_unknown_caller_becomes_a_customer_and_an_anonymous_one_does_not(desk, client_as):
    client = client_as(desk.agent)
    _, token = new_form(client, "?phone=০১১০০০০০০৫৫&name=Selim")
    client.post(reverse("tickets:new"), {**BASE, "text": "No cooling", "phone": "০১১০০০০০০৫৫",
                                         "caller_name": "Selim Test",
                                         "token": token})  # fmt: skip
    ticket = Ticket.objects.get()
    assert (str(ticket.customer), ticket.customer.contact_points.get().value) == ("Selim Test", "+8801100000055")
    _, token = new_form(client)
    client.post(reverse("tickets:new"), {**BASE, "text": "Rude staff", "caller_name": "A neighbour", "token": token})
    ticket = Ticket.objects.latest("pk")
    assert (ticket.customer, ticket.caller_name, Customer.objects.count()) == (None, "A neighbour", 1)


def test_known_number_asks_who_it_is_and_then_about_which_ticket(desk, ticket, client_as):
    client = client_as(desk.agent)
    _, token = new_form(client)
    data = {**BASE, "text": "It is worse now", "phone": "01100-000001", "token": token}
    asked = client.post(reverse("tickets:new"), data)
    text = asked.content.decode()
    assert asked.status_code == 409
    assert "This number is known" in text
    assert "Rahima Test" in text
    assert "It is worse now</textarea>" in text
    assert Ticket.objects.count() == 1
    offered = client.post(reverse("tickets:new"), {**data, "who": str(ticket.customer.pk)})
    text = offered.content.decode()
    assert offered.status_code == 200
    assert 'value="K-1001"' in text
    assert "It is worse now</textarea>" in text
    added = client.post(reverse("tickets:new"), {**data, "customer": ticket.customer.pk, "add_to": "K-1001"})
    assert added.headers["Location"] == url("detail", ticket)
    assert Ticket.objects.count() == 1
    assert Message.objects.filter(conversation__item=ticket, direction="in").count() == 2


def test_known_number_of_another_person_makes_another_customer(desk, rahima, client_as):
    client = client_as(desk.agent)
    _, token = new_form(client)
    client.post(reverse("tickets:new"), {**BASE, "text": "No cooling", "phone": "01100000001", "caller_name": "Her son",
                                         "who": "other", "token": token})  # fmt: skip
    assert Ticket.objects.get().customer != rahima
    assert Customer.objects.count() == 2


def test_customer_of_a_hidden_branch_cannot_be_chosen(desk, client_as):
    other = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=other.pk).update(path=f"/{other.pk}/")
    hidden = create_customer(actor=SYSTEM, name_en="Secret Test", phones=["01100000066"], branch=other)
    client = client_as(desk.agent)
    _, token = new_form(client, f"?customer={hidden.pk}")
    data = {**BASE, "text": "No cooling", "phone": "01100000066", "token": token}
    asked = client.post(reverse("tickets:new"), data)
    assert "Secret" not in asked.content.decode()
    client.post(reverse("tickets:new"), {**data, "who": str(hidden.pk)})
    assert not Ticket.objects.filter(customer=hidden).exists()


def test_wrong_number_keeps_everything_and_opens_nothing(desk, client_as):
    client = client_as(desk.agent)
    _, token = new_form(client)
    page = client.post(reverse("tickets:new"), {**BASE, "text": "No cooling", "phone": "0110", "token": token})
    assert page.status_code == 422
    text = page.content.decode()
    assert "No cooling</textarea>" in text
    assert 'value="0110"' in text
    assert 'id="id_phone_error"' in text
    assert not Ticket.objects.exists()


def test_preview_says_the_priority_and_the_danger(desk, client_as):
    client = client_as(desk.agent)
    calm = client.post(
        reverse("tickets:preview"), {"impact": "high", "urgency": "medium", "text": "Loud"}
    ).content.decode()
    assert "High" in calm
    assert "Urgent" not in calm
    danger = client.post(reverse("tickets:preview"), {"impact": "low", "urgency": "low", "text": "আগুন লেগেছে"})
    assert "Urgent" in danger.content.decode()
    assert "আগুন" in danger.content.decode()


# ------------------------------------------------------------------------------------------------ lists and search
def test_board_tabs_count_exactly_their_rows(desk, rahima, client_as):
    for _ in range(3):
        make_ticket(desk, rahima)
    waiting = Ticket.objects.first()
    change_ticket_state(actor=desk.agent, ticket=waiting, state="waiting_customer")
    client = client_as(desk.agent)
    for view, rows in (("working", 3), ("waiting", 1), ("resolved", 0), ("all", 3)):
        page = client.get(reverse("tickets:board"), {"view": view})
        assert len(page.context["page"].items) == rows
        counts = {tab["url"].partition("view=")[2]: tab["count"] for tab in page.context["tabs"]}
        assert counts[view] == rows


def test_search_finds_by_number_in_any_spelling_and_by_serial(desk, rahima):
    from halkhata.desks.tickets.registrations import ticket_hits

    ticket = make_ticket(desk, rahima, serial="SN-4711")
    for typed in ("K-1001", "k 1001", "ক-১০০১", "১০০১", "1001", "sn-47"):
        assert [hit.url for hit in ticket_hits(desk.agent, typed, 10)] == [url("detail", ticket)], typed
    for typed in ("K-1002", "sn-48", "100", "", "sn"):
        assert ticket_hits(desk.agent, typed, 10) == [], typed
