"""A program with a key, and the digest of the whole database."""

import hashlib
import json
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.test import Client

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.api import limits
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.records.customers.services.customers import create_customer

AGENT_SCOPES = [
    "customer.view", "customer.edit", "customer.see_private", "ticket.view", "ticket.create", "ticket.reply",
    "ticket.note", "ticket.edit", "ticket.resolve", "ticket.assign", "work.view",
]  # fmt: skip


class Api:
    """A program with a key."""

    def __init__(self, raw: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {raw}"})
        self.raw = raw

    def get(self, path, **headers):
        return self.client.get(f"/api/v1{path}", headers=_names(headers))

    def post(self, path, body=None, **headers):
        return self._send("post", path, body, headers)

    def patch(self, path, body, **headers):
        return self._send("patch", path, body, headers)

    def delete(self, path, **headers):
        return self.client.delete(f"/api/v1{path}", headers=_names(headers))

    def upload(self, path, **values):
        headers = values.pop("headers", {})
        return self.client.post(f"/api/v1{path}", values, headers=_names(headers))

    def _send(self, method, path, body, headers):
        data = "" if body is None else json.dumps(body)
        return getattr(self.client, method)(
            f"/api/v1{path}", data, content_type="application/json", headers=_names(headers)
        )


def _names(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(autouse=True)
def _no_calls_left_over():
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def key(shop):
    """``key(user, scopes)``: a program that acts for somebody."""

    def make(user=None, scopes=None):
        user = user or shop.agent
        if scopes is None:
            scopes = [right for right in AGENT_SCOPES if user.may(right)]
        return Api(create_token(actor=user, name="test", scopes=scopes)[1])

    return make


@pytest.fixture
def owner_key(shop, key):
    """A program that may do everything."""
    return key(shop.owner, list(shop.owner.role.permissions))


@pytest.fixture
def here(shop):
    """A customer and a ticket inside the agent's reach."""
    category = Category.objects.create(code="cooling", name_en="Cooling", name_bn="শীতলীকরণ")
    customer = create_customer(
        actor=shop.agent, name_en="Invented Person", phones=["01100123456"], emails=["invented@example.com"]
    )
    ticket = open_ticket(
        actor=shop.agent, subject="Fridge is warm", customer=customer, channel="phone", branch=shop.branch,
        category=category, owner=shop.agent,
    )  # fmt: skip
    return SimpleNamespace(customer=customer, ticket=ticket, category=category)


@pytest.fixture
def elsewhere(shop):
    """The same in a branch out of the agent's reach."""
    branch = create_branch(actor=None, name_en="Elsewhere")
    stranger = User.objects.create_user("stranger", "nine plain words", role=shop.agent.role, branch=branch)
    team = Team.objects.create(code="far", name_en="Far", branch=branch)
    customer = create_customer(actor=stranger, name_en="Hidden", branch=branch, phones=["01100999999"])
    ticket = open_ticket(
        actor=None, subject="Hidden", customer=customer, channel="phone", branch=branch, owner=stranger
    )
    return SimpleNamespace(branch=branch, person=stranger, team=team, customer=customer, ticket=ticket)


# Counting a call, or the moment a key was last used, is no change of anything a caller asked for.
_NOT_COUNTED = {"api_ratewindow"}
_MOVING = {("accounts_apitoken", "last_used_at")}


@pytest.fixture
def digest(db):
    """``digest()``: a hash over every row of every table."""

    def make() -> str:
        found = hashlib.sha256()
        for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
            table = model._meta.db_table
            if table in _NOT_COUNTED or not model._meta.managed:
                continue
            columns = [
                field.attname for field in model._meta.local_concrete_fields if (table, field.attname) not in _MOVING
            ]
            for row in model._base_manager.order_by("pk").values_list(*columns):
                found.update(f"{table}{row!r}".encode())
        return found.hexdigest()

    return make


@pytest.fixture
def is_problem():
    """``is_problem(response, 404, "not_found")``: the body, after checking that it is a problem document."""

    def check(response, status, code=None):
        assert response.status_code == status, response.content
        assert response["Content-Type"] == "application/problem+json"
        body = json.loads(response.content)
        assert body["status"] == status
        assert body["type"] == f"/api/v1/problems/{body['code']}"
        assert body["title"]
        if code is not None:
            assert body["code"] == code
        return body

    return check
