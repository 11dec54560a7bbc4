"""The verdict through the API."""

import pytest

from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, rahima
from halkhata.records.warranty.tests.conftest import sell_unit, terms

__all__ = ["catalog", "elsewhere", "rahima", "terms"]
pytestmark = pytest.mark.django_db


def ask(client, user, unit, scopes=("warranty.view",), **query):
    key = create_token(actor=user, name="test", scopes=list(scopes))[1]
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    return client.get(f"/api/v1/units/{unit.number}/warranty", query, headers=headers)


def test_verdict_names_the_rule_and_each_component(client, catalog, terms, rahima):
    unit = sell_unit(catalog, rahima, catalog.bike, serial="PSU1")
    answer = ask(client, catalog.counter, unit, on="2026-04-10", reading=500).json()
    assert (answer["state"], answer["reading"]) == ("green", 500)
    assert answer["sentence"] == "Until 12-03-2027; 500/30,000 km."
    assert [one["component"] for one in answer["components"]] == ["all", "battery"]
    assert [(one["number"], one["standing"]) for one in answer["coupons"]] == [(1, "open"), (2, "early")]


def test_foreign_unit_and_missing_scope_are_refused(client, catalog, terms, rahima, elsewhere):
    unit = sell_unit(catalog, rahima)
    elsewhere.seller.role = catalog.counter.role
    elsewhere.seller.save()
    assert ask(client, elsewhere.seller, unit).status_code == 404
    assert ask(client, catalog.counter, unit, scopes=("customer.view",)).status_code == 403
    assert ask(client, catalog.counter, unit, reading=-1).status_code == 422
