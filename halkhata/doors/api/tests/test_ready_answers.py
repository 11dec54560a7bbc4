"""By the API: ready-made answers, whose they are, and how they read for one ticket."""

import pytest

from halkhata.desks.tickets.models import CannedReply, Category
from halkhata.desks.tickets.services.canned import save_canned
from halkhata.records.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(shop, here):
    """One of the shop's, one of the team's, one of the agent's own, and one of somebody else's."""
    values = {"text_en": "Dear {{ customer }}, about {{ number }}: {{ agent }}", "text_bn": "প্রিয় {{ customer }}"}
    return {
        "shop": save_canned(actor=shop.owner, scope="shop", title_en="Shop", links=[
            {"label": "Help", "url": "https://example.com/help"}], **values),
        "team": save_canned(actor=shop.owner, scope="team", team=shop.team, title_en="Team", **values),
        "own": save_canned(actor=shop.agent, title_en="Own", **values),
        "other": save_canned(actor=shop.agent2, title_en="Other", **values),
    }  # fmt: skip


def test_list_has_what_the_user_may_send_and_nothing_else(key, shop, texts):
    save_canned(actor=shop.agent, title_en="Off", text_en="x", is_active=False)
    found = key(shop.agent).get("/ready-answers").json()["items"]
    assert [(one["title_en"], one["scope"], one["filled"]) for one in found] == [
        ("Shop", "shop", None), ("Team", "team", None), ("Own", "own", None),
    ]  # fmt: skip
    assert found[0]["links"] == [{"label": "Help", "url": "https://example.com/help"}]
    assert [one["title_en"] for one in key(shop.agent).get("/ready-answers?scope=own").json()["items"]] == ["Own"]


def test_texts_are_filled_in_for_the_ticket_in_the_customers_language(key, shop, here, texts):
    Customer.objects.filter(pk=here.customer.pk).update(language="en")
    number = here.ticket.number
    api = key(shop.agent)
    found = api.get(f"/ready-answers?ticket={number}").json()["items"]
    name = str(here.customer.addressed_as)
    assert found[0]["filled"]["language"] == "en"
    assert found[0]["filled"]["text"].endswith("Help: https://example.com/help")
    assert "{{" not in found[0]["filled"]["text"]
    assert number in found[0]["filled"]["text"]
    assert name.split()[-1] in found[1]["filled"]["text"]
    Customer.objects.filter(pk=here.customer.pk).update(language="bn")
    one = api.get(f"/ready-answers/{texts['own'].pk}?ticket={number}").json()
    assert (one["filled"]["language"], one["filled"]["text"].startswith("প্রিয়")) == ("bn", True)


def test_with_a_ticket_only_those_of_its_category_are_offered(key, shop, here, texts):
    other = Category.objects.create(code="other-one", name_en="Other one")
    CannedReply.objects.filter(pk=texts["team"].pk).update(for_category=other)
    api = key(shop.agent)
    found = api.get(f"/ready-answers?ticket={here.ticket.number}").json()["items"]
    assert [one["title_en"] for one in found] == ["Shop", "Own"]
    by_code = api.get("/ready-answers?category=other-one").json()["items"]
    assert [(one["title_en"], one["category"]) for one in by_code] == [("Team", "other-one")]


def test_foreign_ticket_and_foreign_text_answer_like_absent_ones(key, shop, elsewhere, texts, is_problem):
    api = key(shop.agent)
    foreign = [
        api.get(f"/ready-answers?ticket={elsewhere.ticket.number}"),
        api.get("/ready-answers?ticket=K-999999"),
        api.get(f"/ready-answers/{texts['other'].pk}"),
        api.get("/ready-answers/999999"),
        api.get(f"/ready-answers/{texts['own'].pk}?ticket={elsewhere.ticket.number}"),
    ]
    for answer in foreign:
        is_problem(answer, 404, "not_found")
    assert len({answer.content for answer in foreign}) == 1


@pytest.mark.parametrize("scopes", [["ticket.view"], ["ticket.reply"]])
def test_both_scopes_are_needed(key, shop, texts, is_problem, scopes):
    api = key(shop.agent, scopes)
    is_problem(api.get("/ready-answers"), 403, "scope_missing")
    is_problem(api.get(f"/ready-answers/{texts['own'].pk}"), 403, "scope_missing")


def test_pages_hold_each_text_once(key, shop, texts):
    api = key(shop.agent)
    first = api.get("/ready-answers?limit=2").json()
    second = api.get(f"/ready-answers?limit=2&cursor={first['next']}").json()
    assert [one["title_en"] for one in first["items"] + second["items"]] == ["Shop", "Team", "Own"]
    assert second["next"] is None
    assert api.get("/ready-answers?order=used").status_code == 422
