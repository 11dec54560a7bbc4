"""Ready-made answers: two languages, a closed list of variables, for whom, and how often (A52.19)."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import CannedReply, CannedUse, Category, Ticket
from halkhata.desks.tickets.selectors.canned import VARIABLES, offered
from halkhata.desks.tickets.services.canned import save_canned
from halkhata.desks.tickets.services.canned_texts import TEXTS, create_default_canned
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.placeholders import names_in
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused

pytestmark = pytest.mark.django_db


def make(desk, **values):
    given = {"actor": desk.owner, "scope": "shop", "title_en": "Bill", "text_en": "Send the bill, {{ customer }}."}
    return save_canned(**{**given, **values})


def titles(user, ticket, typed=""):
    return [one.reply.title_en for one in offered(user, ticket, typed)]


def test_text_is_filled_for_the_customer_in_the_customers_language(desk, ticket, rahima):
    make(
        desk,
        text_bn="{{ customer }}, {{ number }} নম্বরের বিল দিন।",
        text_en="{{ customer }}, the bill of {{ number }}.",
    )
    assert offered(desk.agent, ticket)[0].text == f"Rahima Test, the bill of {ticket.number}."
    type(rahima).objects.filter(pk=rahima.pk).update(language="bn")
    shown = offered(desk.agent, Ticket.objects.get(pk=ticket.pk))[0]
    assert shown.language == "bn"
    assert "নম্বরের বিল দিন" in shown.text
    assert "ক-" in shown.text


def test_missing_language_falls_back_to_the_other(desk, ticket):
    make(desk, text_en="", text_bn="বিল দিন।")
    assert offered(desk.agent, ticket)[0].text == "বিল দিন।"


@pytest.mark.parametrize("text", ["{{ secret }}", "{{ customer.password }}", "{{ text|x }}", "{{ text }}"])
def test_unknown_variable_is_refused_when_it_is_saved(desk, text):
    with pytest.raises(DomainError) as refused:
        make(desk, text_en=text)
    assert (refused.value.code, refused.value.field) == ("unknown_placeholder", "text_en")
    assert not CannedReply.objects.exists()


def test_words_after_a_bar_stand_where_nothing_is_known(desk, ticket):
    make(desk, text_en="Call {{ phone|us }}, {{ customer|safe }}.", text_bn="")
    type(desk.branch).objects.filter(pk=desk.branch.pk).update(phone="")
    [shown] = offered(desk.agent, type(ticket).objects.get(pk=ticket.pk))
    # No filter of a template engine: "safe" would only stand where there is no name.
    assert shown.text == f"Call us, {ticket.customer.addressed_as}."


def test_links_stand_where_they_are_named_else_at_the_end(desk, ticket):
    link = {"label": "Help", "url": "https://shop.example.com/help"}
    make(desk, text_en="Look here.", links=[link])
    assert offered(desk.agent, ticket)[0].text == "Look here.\n\nHelp: https://shop.example.com/help"
    CannedReply.objects.all().delete()
    make(desk, text_en="See {{ links }} first.", links=[link])
    assert offered(desk.agent, ticket)[0].text == "See Help: https://shop.example.com/help first."
    for url in ("javascript:alert(1)", "shop.example.com", "https://a b"):
        with pytest.raises(DomainError):
            make(desk, links=[{"label": "x", "url": url}])


def test_shop_department_and_own_ones_reach_exactly_their_people(desk, ticket):
    from halkhata.foundation.accounts.models import Team

    other = Team.objects.create(code="sales", name_en="Sales", branch=desk.branch)
    make(desk, title_en="Shop")
    make(desk, title_en="Ours", scope="team", team=desk.team)
    make(desk, title_en="Theirs", scope="team", team=other)
    make(desk, title_en="Mine", scope="own", actor=desk.agent)
    assert titles(desk.agent, ticket) == ["Mine", "Ours", "Shop"]
    assert titles(desk.agent2, ticket) == ["Ours", "Shop"]
    assert titles(desk.manager, ticket) == ["Shop"]
    with pytest.raises(PermissionRefused):
        make(desk, actor=desk.agent)
    with pytest.raises(NotFound):
        save_canned(actor=desk.agent, reply=CannedReply.objects.get(title_en="Shop"), title_en="x", text_en="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        CannedReply.objects.create(title_en="x", text_en="y", team=desk.team, owner=desk.agent)


def test_category_words_and_switch_narrow_the_list(desk, ticket):
    delivery, fault = Category.objects.get(code="delivery"), Category.objects.get(code="product-fault")
    make(desk, title_en="Late", for_category=delivery)
    make(desk, title_en="Fault", for_category=fault)
    make(desk, title_en="Off", is_active=False)
    make(desk, title_en="Bill")
    assert titles(desk.agent, ticket) == ["Bill"]
    Ticket.objects.filter(pk=ticket.pk).update(category=fault)
    ticket.refresh_from_db()
    assert titles(desk.agent, ticket) == ["Bill", "Fault"]
    assert titles(desk.agent, ticket, "fau") == ["Fault"]


def test_sent_answer_counts_once_and_does_what_the_macro_says(desk, ticket, client_as):
    fault = Category.objects.get(code="product-fault")
    reply = make(desk, sets_state="waiting_customer", sets_category=fault)
    other = make(desk, title_en="Foreign", scope="own", actor=desk.agent2)
    client = client_as(desk.agent)
    url = reverse("tickets:reply", args=[ticket.number])
    sent = {"body": "Send the bill.", "canned": [reply.pk, other.pk, reply.pk], "next_state": "waiting_customer"}
    assert client.post(url, sent).status_code == 302
    assert [use.reply_id for use in CannedUse.objects.all()] == [reply.pk]
    ticket.refresh_from_db()
    assert (ticket.state, ticket.category_id) == ("waiting_customer", fault.pk)
    assert client.post(url, {**sent, "body": ""}).status_code == 422
    assert CannedUse.objects.count() == 1
    listed = client.get(reverse("tickets:canned_list")).content.decode()
    assert re.search(r'<td class="num"[^>]*>1</td>', listed)


def test_page_without_a_script_offers_the_list_and_fills_the_composer(desk, ticket, client_as):
    reply = make(desk, sets_state="waiting_customer")
    client = client_as(desk.agent)
    page = client.get(reverse("tickets:canned", args=[ticket.number])).content.decode()
    assert f"?canned={reply.pk}#compose" in page
    page = client.get(reverse("tickets:detail", args=[ticket.number]), {"canned": reply.pk}).content.decode()
    assert "Send the bill, Rahima Test.</textarea>" in page
    assert 'value="waiting_customer" selected' in page
    assert client.get(reverse("tickets:detail", args=[ticket.number]), {"canned": "99999"}).status_code == 200


def test_picker_costs_the_same_for_many(desk, ticket, client_as):
    client = client_as(desk.agent)
    url = reverse("tickets:canned", args=[ticket.number]) + "?part=1"
    counted = []
    for number in (1, 20):
        for _ in range(number):
            make(desk)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 20


def test_form_saves_keeps_and_refuses_a_stale_page(desk, client_as):
    client = client_as(desk.owner)
    new = reverse("tickets:canned_new")
    given = {"title_en": "Bill", "text_en": "Hello {{ nobody }}", "scope": "shop", "is_active": "on"}
    page = client.post(new, given)
    assert page.status_code == 422
    assert "Hello {{ nobody }}" in page.content.decode()
    given |= {"text_en": "Hello", "links": "Help | https://shop.example.com/help"}
    assert client.post(new, given).status_code == 302
    row = CannedReply.objects.get()
    assert row.links == [{"label": "Help", "url": "https://shop.example.com/help"}]
    edit = reverse("tickets:canned_edit", args=[row.pk])
    assert "Help | https://shop.example.com/help" in client.get(edit).content.decode()
    assert client.post(edit, {**given, "version": 1}).status_code == 302
    assert client.post(edit, {**given, "version": 1}).status_code == 409
    with pytest.raises(Conflict):
        save_canned(actor=desk.owner, reply=row, title_en="x", text_en="y", scope="shop", version=1)
    assert client_as(desk.agent).get(edit).status_code == 404
    assert client.post(reverse("tickets:canned_remove", args=[row.pk])).status_code == 302
    assert not CannedReply.objects.exists()


def test_shop_starts_with_polite_texts_in_both_languages_and_known_variables(desk, ticket):
    assert create_default_canned(CannedReply) == len(TEXTS) >= 12
    assert create_default_canned(CannedReply) == 0
    for row in CannedReply.objects.all():
        assert row.title_bn
        assert row.title_en
        assert set(names_in(row.text_bn)) == set(names_in(row.text_en)) <= set(VARIABLES)
        # Nobody is called তুমি: the respectful forms only.
        assert not re.search(r"\b(তুমি|তোমার|তোমাকে|তুই)\b", row.text_bn)
        assert not re.search(r"[A-Za-z]", re.sub(r"\{\{.*?\}\}", "", row.text_bn))
    assert len(offered(desk.agent, ticket)) == 12
    assert Message.objects.filter(direction="out").count() == 0
