"""Visits to the workshop through the API: the same rules, refused with codes, scoped as the key's user."""

from datetime import timedelta

import pytest

from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services.bookings import ask_booking
from halkhata.desks.service.tests.conftest import (
    bike,
    catalog,
    desk,
    elsewhere,
    fridge,
    karim,
    rahima,
    terms,
)
from halkhata.foundation.audit.trail import SystemActor
from tests.support.api_calls import api_caller

__all__ = ["bike", "catalog", "desk", "elsewhere", "fridge", "karim", "rahima", "terms"]
pytestmark = pytest.mark.django_db
SCOPES = ("job.view", "job.create", "unit.view", "customer.view")


@pytest.fixture
def call(client, desk):
    return api_caller(client, desk.advisor, SCOPES)


@pytest.fixture
def visit(desk, fridge, rahima):
    return ask_booking(
        actor=SystemActor("customer's page"), unit=fridge, customer=rahima, branch=desk.branch, complaint="No cold",
        wished_on=free_days(desk.branch)[0].on, key="page:1",
    )  # fmt: skip


def test_visit_is_asked_for_once_moved_and_taken_back(call, desk, fridge, rahima):
    status, days = call("GET", "/bookings/free-days")
    assert (status, days["branch_id"]) == (200, desk.branch.pk)
    first, second = days["days"][0], days["days"][1]
    body = {"unit_number": fridge.number, "complaint": "No cold", "wished_on": first["on"], "key": "a1"}
    status, made = call("POST", "/bookings", body)
    assert (status, made["state"], made["on"], made["customer_id"]) == (201, "asked", first["on"], rahima.pk)
    assert call("POST", "/bookings", body)[1]["number"] == made["number"]
    assert call("POST", "/bookings", {**body, "key": "a2"})[1]["code"] == "booked_already"
    assert call("GET", "/bookings/free-days")[1]["days"][0]["left"] == first["left"] - 1
    path = f"/bookings/{made['number']}"
    status, moved = call("POST", f"{path}/confirm", {"on": second["on"], "note": "Come early"})
    assert (status, moved["state"], moved["on"], moved["wished_on"], moved["answer"]) == (
        200, "confirmed", second["on"], first["on"], "Come early",
    )  # fmt: skip
    assert call("POST", f"{path}/missed")[1]["code"] == "too_early"
    assert call("POST", f"{path}/withdraw")[1]["state"] == "withdrawn"
    assert call("POST", f"{path}/withdraw")[0] == 200
    assert call("POST", f"{path}/confirm")[1]["code"] == "booking_over"
    assert call("GET", "/bookings", state="withdrawn")[1]["items"][0]["number"] == made["number"]
    assert call("GET", "/bookings", state="asked")[1]["items"] == []


def test_day_without_a_place_is_refused_with_its_field(call, desk, fridge):
    body = {"unit_number": fridge.number, "complaint": "No cold", "key": "a1"}
    far = free_days(desk.branch)[-1].on + timedelta(days=400)
    status, refused = call("POST", "/bookings", {**body, "wished_on": str(far)})
    assert (status, refused["code"], refused["field"]) == (422, "not_that_day", "wished_on")
    assert call("POST", "/bookings", {**body, "wished_on": "tomorrow"})[0] == 422
    assert not JobBooking.objects.exists()


def test_key_without_the_right_or_of_another_branch_gets_nothing(call, visit, desk, elsewhere):
    path = f"/bookings/{visit.number}"
    assert call("POST", f"{path}/confirm", scopes=("job.view",))[0] == 403
    assert call("GET", path, scopes=("unit.view",))[0] == 403
    stranger = elsewhere.seller
    stranger.role = desk.role
    stranger.save()
    assert call("POST", f"{path}/decline", {"reason": "full"}, user=stranger)[0] == 404
    assert call("GET", "/bookings", user=stranger)[1]["items"] == []
    assert JobBooking.objects.get().state == "asked"


def test_key_that_may_not_see_customers_reads_the_visit_without_a_name(call, visit):
    status, shown = call("GET", f"/bookings/{visit.number}", scopes=("job.view",))
    assert (status, shown["customer_id"], shown["complaint"]) == (200, None, "No cold")


def test_version_that_was_read_must_still_stand(call, visit):
    path = f"/bookings/{visit.number}"
    assert call("POST", f"{path}/decline", {"reason": "full"}, match='"v9"')[0] == 412
    assert JobBooking.objects.get().state == "asked"
