"""The API with real keys: reach, scopes, problem documents, keyset pages."""

import json

import pytest
from django.test import Client

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.tokens import create_token, revoke_token
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

ALL = ["ticket.view", "ticket.create", "customer.view", "customer.edit", "customer.see_private"]


class Api:
    """A program with a key."""

    def __init__(self, raw: str) -> None:
        self._client = Client(headers={"authorization": f"Bearer {raw}"})

    def get(self, path: str):
        return self._client.get(f"/api/v1{path}")

    def post(self, path: str, body, **headers):
        return self._client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def key(shop):
    def make(user=None, scopes=ALL):
        return Api(create_token(actor=user or shop.agent, name="test", scopes=scopes)[1])

    return make


def _is_problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    return body


def test_without_a_key_with_a_wrong_one_and_with_a_session_nothing_opens(shop, client_as):
    for client in (Client(), Client(headers={"authorization": "Bearer hk_wrong"}), client_as(shop.owner)):
        response = client.get("/api/v1/tickets")
        _is_problem(response, 401, "not_signed_in")
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_revoked_key_is_refused(shop):
    token, raw = create_token(actor=shop.agent, name="test", scopes=ALL)
    api = Api(raw)
    assert api.get("/tickets").status_code == 200
    revoke_token(actor=shop.agent, token=token)
    _is_problem(api.get("/tickets"), 401, "not_signed_in")


def test_key_without_the_scope_is_refused_and_nothing_is_made(shop, key):
    api = key(scopes=["customer.view"])
    _is_problem(api.get("/tickets"), 403, "scope_missing")
    _is_problem(api.post("/tickets", {"subject": "x"}), 403, "scope_missing")
    _is_problem(api.post("/customers", {"name_en": "x"}), 403, "scope_missing")
    assert Ticket.objects.count() == 0
    assert Customer.objects.count() == 0


def test_program_adds_a_customer_opens_a_ticket_and_reads_its_promises(shop, key):
    api = key()
    made = api.post("/customers", {"name_en": "Invented Person", "phones": ["০১১০০-১২৩৪৫৬"]})
    assert made.status_code == 201, made.content
    customer = made.json()
    (contact,) = customer["contacts"]
    assert (contact["kind"], contact["value"], contact["is_primary"]) == ("phone", "+8801100123456", True)
    opened = api.post("/tickets", {"subject": "Fridge is warm", "customer_id": customer["id"], "serial": "SN-1"})
    assert opened.status_code == 201, opened.content
    ticket = opened.json()
    assert (ticket["subject"], ticket["channel"], ticket["kind"], ticket["serial"]) == (
        "Fridge is warm",
        "api",
        "complaint",
        "SN-1",
    )
    shown = api.get(f"/tickets/{ticket['number']}")
    assert shown.json()["id"] == ticket["id"]
    sla = api.get(f"/tickets/{ticket['number']}/sla").json()
    assert {clock["metric"] for clock in sla["clocks"]} >= {"first", "resolution"}
    found = api.get("/customers?q=01100123456").json()
    assert [one["id"] for one in found["items"]] == [customer["id"]]


def test_records_outside_the_reach_are_not_there(shop, key):
    elsewhere = create_branch(actor=None, name_en="Elsewhere")
    stranger = User.objects.create_user("stranger", "nine plain words", role=shop.agent.role, branch=elsewhere)
    hidden = create_customer(actor=stranger, name_en="Hidden", branch=elsewhere)
    ticket = open_ticket(
        actor=None, subject="Hidden", customer=hidden, channel="phone", branch=elsewhere, owner=stranger
    )
    api = key()
    _is_problem(api.get(f"/tickets/{ticket.number}"), 404, "not_found")
    _is_problem(api.get(f"/tickets/{ticket.number}/sla"), 404, "not_found")
    _is_problem(api.get(f"/customers/{hidden.pk}"), 404, "not_found")
    _is_problem(api.post("/tickets", {"subject": "x", "customer_id": hidden.pk}), 404, "not_found")
    _is_problem(api.post("/tickets", {"subject": "x", "branch_id": elsewhere.pk}), 404, "not_found")
    assert api.get("/tickets").json() == {"items": [], "next": None, "previous": None}
    assert Ticket.objects.count() == 1


def test_pages_by_key_show_every_row_once(shop, key):
    made = {create_customer(actor=shop.agent, name_en=f"Person {number}").pk for number in range(7)}
    api, seen, after = key(), [], ""
    for _page in range(4):
        body = api.get(f"/customers?limit=2{after}").json()
        seen += [one["id"] for one in body["items"]]
        after = f"&cursor={body['next']}"
    assert body["next"] is None
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize(
    "path",
    ["/customers?limit=0", "/customers?limit=99999999999999999999", "/customers?branch_id=-1",
     "/customers/99999999999999999999", "/tickets?customer_id=abc", "/customers/0", "/tickets?order=password",
     "/tickets?colour=red", "/tickets?serial=%00", "/tickets?opened_since=2026-11-22T10:00:00"],
)  # fmt: skip
def test_values_beyond_their_bounds_are_a_problem_not_a_crash(key, path):
    _is_problem(key().get(path), 422, "invalid_input")


@pytest.mark.parametrize(
    "body", [{}, {"subject": ""}, {"subject": "x", "kind": "joke"}, [], "text", {"subject": "x" * 300}]
)
def test_bad_bodies_are_a_problem_with_their_places(key, body):
    problem = _is_problem(key().post("/tickets", body), 422, "invalid_input")
    assert problem["errors"]


def test_body_that_is_no_json_is_a_problem(shop):
    _token, raw = create_token(actor=shop.agent, name="test", scopes=ALL)
    response = Client(headers={"authorization": f"Bearer {raw}"}).post(
        "/api/v1/tickets", "{broken", content_type="application/json"
    )
    _is_problem(response, 400, "bad_request")


def test_rule_of_the_desk_is_told_as_a_problem(key):
    _is_problem(key().post("/customers", {}), 422, "nothing_known")
    _is_problem(key().post("/tickets", {"subject": "   "}), 422, "empty")
