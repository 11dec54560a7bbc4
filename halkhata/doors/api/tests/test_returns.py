"""Returns through the API: the same rules, refused with codes, scoped as the key's user."""

import pytest

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.tests.conftest import ask, graded, make_desk, make_unit, sell, sell_fans
from halkhata.foundation.accounts.models import Branch
from tests.support.api_calls import api_caller
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
SCOPES = ("return.view", "return.create", "return.approve", "return.receive", "return.decide", "stock.view",
          "unit.view", "customer.view")  # fmt: skip


@pytest.fixture
def desk(shop):
    return make_desk(shop)


@pytest.fixture
def call(client, desk):
    return api_caller(client, desk.owner, SCOPES)


def test_a_return_goes_its_way_by_the_api(desk, call):
    unit = sell(desk).unit
    status, made = call(
        "POST", "/returns", {"unit_number": unit.number, "reason_code": "defect", "paid_method": "cash"}
    )
    assert (status, made["stage"], made["is_eligible"], made["customer_id"]) == (201, "requested", True, desk.buyer.pk)
    path = f"/returns/{made['number']}"
    assert call("POST", f"{path}/approve", {})[1]["stage"] == "approved"
    status, refused = call("POST", f"{path}/receive", {"serial": "X-1"})
    assert (status, refused["code"]) == (422, "serial_mismatch")
    assert call("POST", f"{path}/receive", {"serial": "F-0001"})[1]["stage"] == "received"
    status, refused = call("POST", f"{path}/receive", {"serial": "F-0001"})
    assert (status, refused["code"]) == (409, "received_already")
    status, refused = call("POST", f"{path}/decide", {"result": "refund"})
    assert (status, refused["code"]) == (409, "not_graded")


def test_decided_settled_and_closed_by_the_api(desk, call):
    request = graded(desk, sell(desk))
    path = f"/returns/{request.number}"
    assert call("POST", f"{path}/decide", {"result": "replacement"})[1]["stage"] == "decided"
    status, refused = call("POST", f"{path}/settle", {})
    assert (status, refused["code"]) == (422, "unit_missing")
    new = make_unit(desk, "F-0044")
    status, done = call("POST", f"{path}/settle", {"replacement_unit_number": new.number})
    assert (status, done["replacement_unit_number"]) == (200, new.number)
    assert call("POST", f"{path}/close", {})[1]["stage"] == "closed"
    reasons = [row["reason"] for row in call("GET", "/stock-movements", ref=request.number, order="id")[1]["items"]]
    assert reasons == ["receive", "inspect", "opening", "replacement"]


def test_the_rules_hold_by_the_api_too(desk, call):
    late = sell(desk, days_ago=40)
    body = {"unit_number": late.unit.number, "reason_code": "defect"}
    status, refused = call("POST", "/returns", body)
    assert (status, refused["code"]) == (422, "not_by_policy")
    assert not ReturnRequest.objects.exists()
    assert call("POST", "/returns", {**body, "against_rules": True, "key": "k1"})[0] == 201
    assert call("POST", "/returns", {**body, "against_rules": True, "key": "k1"})[0] == 201
    assert ReturnRequest.objects.count() == 1
    status, refused = call("POST", "/returns", {"unit_number": "U-424242", "reason_code": "defect"})
    assert status == 404
    unsold = make_unit(desk, "F-0055")
    assert (
        call("POST", "/returns", {"unit_number": unsold.number, "reason_code": "defect"})[1]["code"] == "not_sold_here"
    )
    assert call("POST", "/returns", {"reason_code": "defect"})[1]["code"] == "line_missing"


def test_pieces_are_given_back_by_their_line(desk, call):
    line = sell_fans(desk, 3)
    body = {"purchase_line_id": line.pk, "quantity": 2, "reason_code": "damaged"}
    assert call("POST", "/returns", body)[0] == 201
    status, refused = call("POST", "/returns", body)
    assert (status, refused["code"]) == (409, "nothing_left")


def test_a_foreign_key_sees_nothing(desk, call):
    request = ask(desk, sell(desk))
    far = Branch.objects.create(code="far", name_en="Far", path="/999/")
    role = make_role("far", level=1, scope="branch", permissions=SCOPES)
    stranger = make_user("stranger", branch=far, role=role)
    assert call("GET", f"/returns/{request.number}", user=stranger)[0] == 404
    assert call("GET", "/returns", user=stranger)[1]["items"] == []
    assert call("GET", "/stock-movements", user=stranger)[1]["items"] == []
    assert call("POST", f"/returns/{request.number}/reject", {"reason": "x"}, user=stranger)[0] == 404
    assert call("GET", f"/returns/{request.number}", scopes=("unit.view",))[0] == 403


def test_a_key_that_may_not_see_customers_learns_no_customer(desk, call):
    request = ask(desk, sell(desk))
    role = make_role("blind", level=1, scope="all", permissions=("return.view",))
    blind = make_user("blind", branch=desk.branch, role=role)
    shown = call("GET", f"/returns/{request.number}", user=blind, scopes=("return.view",))[1]
    assert shown["customer_id"] is None


def test_a_replacement_in_advance_and_its_deposit_by_the_api(desk, call):
    from halkhata.desks.returns.tests.test_advance import approved

    request = approved(desk)
    new = make_unit(desk, "F-0044")
    path = f"/returns/{request.number}"
    assert call("GET", path)[1]["advance"] is None
    body = {"replacement_unit_number": new.number, "method": "cash"}
    status, done = call("POST", f"{path}/advance", body)
    assert (status, done["replacement_unit_number"], done["advance"]["state"]) == (200, new.number, "waiting")
    assert (done["advance"]["taken"], done["advance"]["left"]) == ("2500.00", "2500.00")
    assert call("POST", f"{path}/advance", body)[1]["code"] == "advance_given"
    assert call("POST", f"{path}/deposit-back", {})[1]["code"] == "piece_awaited"
    assert call("POST", f"{path}/deposit-kept", {"reason": "Late"})[1]["code"] == "not_due_yet"
    assert call("POST", f"{path}/more-days", {"until": "2020-01-01", "reason": "Eid"})[1]["code"] == "bad_day"
    assert call("POST", f"{path}/receive", {"serial": "F-0001"})[1]["advance"]["state"] == "came"
    status, done = call("POST", f"{path}/deposit-kept", {"reason": "A scratch", "amount": "100.00"})
    assert (status, done["advance"]["kept"]) == (200, "100.00")
    status, done = call("POST", f"{path}/deposit-back", {})
    assert (status, done["advance"]["returned"], done["advance"]["left"]) == (200, "2400.00", "0.00")
