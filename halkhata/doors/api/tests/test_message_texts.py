"""By the API: texts of automatic messages, their versions, and the second person who agrees (B.2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.engines.messaging.models import Template, TemplateProposal
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.template_rules import ask_for_second
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(shop):
    return make_user("second", branch=shop.branch, role=shop.owner.role)


@pytest.fixture
def text(shop, second) -> Template:
    create_default_templates()
    return Template.objects.get(code="received", language="en")


@pytest.fixture
def api(key, shop, text):
    return key(shop.owner, ["settings.edit"])


def test_list_and_one_text_with_its_versions(api, text):
    assert len(api.get("/message-texts?code=received").json()["items"]) == 2
    assert len(api.get("/message-texts?team_id=0&language=bn").json()["items"]) == 11
    assert api.get("/message-texts?team_id=5").json()["items"] == []
    one = api.get(f"/message-texts/{text.pk}").json()
    assert (one["code"], one["language"], one["team_id"], one["number"], one["version"], one["body"]) == (
        "received", "en", None, 1, 1, text.body,
    )  # fmt: skip
    [version] = api.get(f"/message-texts/{text.pk}/versions").json()["items"]
    assert (version["number"], version["author"], version["approver"], version["why"]) == (1, "", "", "")


def test_change_is_sent_at_once_and_an_old_version_comes_back(api, text, is_problem):
    first = text.body
    is_problem(api.patch(f"/message-texts/{text.pk}", {"body": "x"}), 428, "if_match_missing")
    done = api.patch(f"/message-texts/{text.pk}", {"body": "Hi {{ customer|friend }}", "why": "Short"}, if_match='"1"')
    assert (done.status_code, done.json()["text"]["number"], done.json()["proposal"]) == (200, 2, None)
    is_problem(api.patch(f"/message-texts/{text.pk}", {"body": "x"}, if_match='"1"'), 412, "stale")
    unknown = api.patch(f"/message-texts/{text.pk}", {"body": "{{ nobody }}"}, if_match='"2"')
    is_problem(unknown, 422, "unknown_placeholder")
    assert unknown.json()["field"] == "body"
    again = api.post(f"/message-texts/{text.pk}/versions/1/again", {"why": "Better"}, if_match='"2"')
    assert (again.json()["text"]["body"], again.json()["text"]["number"]) == (first, 3)
    numbers = [(one["number"], one["why"], one["again_of"], one["author"]) for one in
               api.get(f"/message-texts/{text.pk}/versions").json()["items"]]  # fmt: skip
    assert numbers == [(3, "Better", 1, "Owner"), (2, "Short", None, "Owner"), (1, "", None, "")]
    is_problem(api.post(f"/message-texts/{text.pk}/versions/9/again", {}, if_match='"3"'), 404, "not_found")


def test_second_person_agrees_by_the_api_and_the_author_cannot(api, key, shop, second, text, digest, is_problem):
    ask_for_second(actor=shop.owner)
    body = text.body
    done = api.patch(f"/message-texts/{text.pk}", {"body": "New", "why": "Short"}, if_match='"1"').json()
    assert (done["text"], done["proposal"]["state"], done["proposal"]["text_id"]) == (None, "open", text.pk)
    address = f"/message-text-proposals/{done['proposal']['id']}"
    lead, other = key(shop.lead, ["ticket.view"]), key(second, ["settings.edit"])
    before = digest()
    is_problem(api.post(f"{address}/approve"), 403, "own_change")
    is_problem(api.post(f"{address}/refuse", {"answer": "x"}), 403, "own_change")
    is_problem(lead.post(f"{address}/approve"), 403, "scope_missing")
    is_problem(other.post(f"{address}/withdraw"), 403, "not_own")
    assert digest() == before
    text.refresh_from_db()
    assert text.body == body
    assert [one["id"] for one in other.get("/message-text-proposals?state=open").json()["items"]] == [
        done["proposal"]["id"]
    ]
    agreed = other.post(f"{address}/approve")
    assert (agreed.status_code, agreed.json()["body"], agreed.json()["number"]) == (200, "New", 2)
    shown = other.get(address).json()
    assert (shown["state"], shown["author"], shown["decider"]) == ("approved", "Owner", "Second")
    is_problem(other.post(f"{address}/approve"), 409, "not_waiting")


def test_refusing_and_taking_back_by_the_api(api, key, shop, second, text, is_problem):
    ask_for_second(actor=shop.owner)
    new = {"code": "delayed", "language": "en", "team_id": shop.team.pk, "subject": "Late", "body": "Sorry"}
    is_problem(api.post("/message-texts", new), 422, "say_why")
    made = api.post("/message-texts", {**new, "why": "Ours"})
    assert (made.status_code, made.json()["text"], made.json()["proposal"]["team_id"]) == (201, None, shop.team.pk)
    other = key(second, ["settings.edit"])
    refused = other.post(f"/message-text-proposals/{made.json()['proposal']['id']}/refuse", {"answer": "Too short"})
    assert (refused.json()["state"], refused.json()["answer"]) == ("refused", "Too short")
    again = api.post("/message-texts", {**new, "why": "Ours"}).json()["proposal"]["id"]
    assert api.post(f"/message-text-proposals/{again}/withdraw").json()["state"] == "withdrawn"
    assert not Template.objects.filter(team=shop.team).exists()
    assert TemplateProposal.objects.count() == 2


def test_new_text_of_a_department_and_a_place_that_is_taken(api, shop, text, is_problem):
    new = {"code": "delayed", "language": "en", "team_id": shop.team.pk, "subject": "Late", "body": "Sorry"}
    made = api.post("/message-texts", new)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/message-texts/{made.json()['text']['id']}")
    is_problem(api.post("/message-texts", new), 422, "template_exists")
    is_problem(api.post("/message-texts", {**new, "team_id": 999_999}), 404, "not_found")


def test_agent_and_absent_records(key, shop, api, is_problem):
    is_problem(key(shop.agent).get("/message-texts"), 403, "scope_missing")
    for address in ("/message-texts/999999", "/message-texts/999999/versions", "/message-text-proposals/999999"):
        is_problem(api.get(address), 404, "not_found")


def test_message_tells_what_it_was_made_from(key, shop, here, text):
    send_automatic(item=here.ticket, code="received", cause="a", language="en")
    found = key(shop.agent).get(f"/tickets/{here.ticket.number}/messages").json()["items"]
    assert [one["made_from"] for one in found if one["is_automatic"]] == [{"text_id": text.pk, "version_number": 1}]
    assert all(one["made_from"] is None for one in found if not one["is_automatic"])


def test_lists_take_as_many_queries_for_many_as_for_few(api, text):
    api.get("/message-texts?limit=2")

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api.get(path).status_code == 200
        return len(asked)

    assert cost("/message-texts?limit=2") == cost("/message-texts?limit=20")
    few = cost(f"/message-texts/{text.pk}/versions")
    for number in range(1, 6):
        api.patch(f"/message-texts/{text.pk}", {"body": f"Change {number}"}, if_match=f'"{number}"')
    assert cost(f"/message-texts/{text.pk}/versions") == few
