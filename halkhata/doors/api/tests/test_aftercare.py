"""Reminders, recalls and centres through the API: the same rules, refused with codes, scoped as the key's user."""

from datetime import timedelta
from typing import Any

import pytest

from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.services.centres import save_centre
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.desks.aftercare.tests.conftest import TODAY, at_noon, catalog, elsewhere, karim, make_unit, people, rahima
from halkhata.desks.aftercare.tests.conftest import rule as rule
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.models import UnitIdentifier
from tests.support.api_calls import api_caller

__all__ = ["at_noon", "catalog", "elsewhere", "karim", "make_unit", "people", "rahima", "rule"]
pytestmark = pytest.mark.django_db
SCOPES = ("aftercare.view", "aftercare.call", "unit.view", "customer.view")


@pytest.fixture
def call(client: Any, people: Any) -> Any:
    return api_caller(client, people.caller, SCOPES)


@pytest.fixture
def planned(make_unit: Any, rule: Any, at_noon: Any) -> Any:
    unit = make_unit(sold_on=TODAY - timedelta(days=85))
    plan_reminders()
    return unit


def test_list_to_call_and_a_result(call, planned, rahima):
    status, found = call("GET", "/service-reminders?state=open")
    (row,) = found["items"]
    assert (status, row["unit_number"], row["customer_id"], row["kind"], row["step"], row["state"]) == (
        200, planned.number, rahima.pk, "service", "before", "open",
    )  # fmt: skip
    assert row["why"]["by"] == "date"
    assert call("GET", "/service-reminders?kind=coupon")[1]["items"] == []
    path = f"/service-reminders/{row['id']}/call"
    status, said = call("POST", path, {"result": "no_answer"})
    assert (status, said["tries"], said["state"]) == (200, 1, "open")
    status, said = call("POST", path, {"result": "reached", "note": "Comes"})
    assert (status, said["state"]) == (200, "reached")
    status, again = call("POST", path, {"result": "reached"})
    assert (status, again["code"]) == (409, "not_open")
    assert call("POST", path, {"result": "perhaps"})[0] == 422


def test_without_scope_or_sight_there_is_nothing(call, planned, people, elsewhere):
    row = Reminder.objects.get()
    path = f"/service-reminders/{row.pk}/call"
    assert call("GET", "/service-reminders", scopes=("unit.view",))[0] == 403
    assert call("POST", path, {"result": "reached"}, scopes=("aftercare.view",))[0] == 403
    stranger = elsewhere.seller
    stranger.role = people.role
    stranger.save()
    assert call("GET", "/service-reminders", user=stranger)[1]["items"] == []
    assert call("POST", path, {"result": "reached"}, user=stranger)[0] == 404
    assert call("GET", "/service-reminders", scopes=("aftercare.view",))[1]["items"][0]["customer_id"] is None
    row.refresh_from_db()
    assert (row.state, row.version) == ("open", 1)


def test_recalls_with_their_units(call, catalog, make_unit):
    unit = make_unit()
    UnitIdentifier.objects.create(
        unit=unit, product=unit.product, kind="chassis", space="chassis", value="A150", folded="A150"
    )
    recall = start_recall(
        actor=SYSTEM, brand=catalog.brand, serial_from="A100", serial_to="A199", name_en="Cable", text_en="Come"
    )
    (row,) = call("GET", "/recalls?open=true")[1]["items"]
    assert (row["number"], row["units"], row["reached"], row["completed"], row["is_open"]) == (
        recall.number, 1, 0, 0, True,
    )  # fmt: skip
    assert call("GET", "/recalls?open=false")[1]["items"] == []
    (one,) = call("GET", f"/recalls/{recall.number}/units")[1]["items"]
    assert (one["unit_number"], one["state"]) == (unit.number, "waiting")
    assert call("GET", f"/recalls/{recall.number}/units?state=done")[1]["items"] == []
    assert call("GET", "/recalls/RC-999999/units")[0] == 404


def test_centres_by_district_and_brand(call, catalog, people):
    save_centre(actor=people.chief, name_en="Bogura", phone="01100000009", district="Bogura", brands=[catalog.brand])
    save_centre(actor=people.chief, name_en="Pabna", phone="01100000008", district="Pabna")
    assert [one["name_en"] for one in call("GET", "/service-centres")[1]["items"]] == ["Bogura", "Pabna"]
    (one,) = call("GET", "/service-centres?district=বগুড়া")[1]["items"]
    assert (one["name_en"], one["brands"], one["phone"]) == ("Bogura", [catalog.brand.pk], "+8801100000009")
    found = call("GET", f"/service-centres?brand_id={catalog.brand.pk + 1000}")[1]["items"]
    assert [one["name_en"] for one in found] == ["Pabna"]
