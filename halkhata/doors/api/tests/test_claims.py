"""Claims to companies through the API: the same rules, refused with codes, scoped as the key's user."""

import pytest

from halkhata.desks.claims.models import Claim, CompanyCredit
from halkhata.desks.claims.tests.conftest import (
    bike,
    catalog,
    complete,
    desk,
    draft,
    elsewhere,
    english,
    fridge,
    rahima,
    sent,
    terms,
)
from tests.support.api_calls import api_caller
from tests.support.fixtures_shop import make_role, make_user

__all__ = ["bike", "catalog", "desk", "elsewhere", "english", "fridge", "rahima", "terms"]
pytestmark = pytest.mark.django_db
SCOPES = ("claim.view", "claim.edit", "claim.decide", "unit.view")


@pytest.fixture
def call(client, desk):
    return api_caller(client, desk.chief, SCOPES)


def test_a_claim_goes_its_way_by_the_api(desk, call, fridge):
    body = {
        "unit_number": fridge.number, "failed_on": "2026-11-02", "repaired_on": "2026-11-10", "defect_code": "d-1",
        "lines": [{"kind": "part", "text": "Compressor", "cost": "5000.50"}], "key": "a1",
    }  # fmt: skip
    status, made = call("POST", "/claims", body)
    assert (status, made["stage"], made["claimed_amount"], made["deadline_on"]) == (
        201, "draft", "5000.50", "2026-11-30",
    )  # fmt: skip
    assert call("POST", "/claims", body)[1]["number"] == made["number"]
    path = f"/claims/{made['number']}"
    status, refused = call("POST", f"{path}/submit", {})
    assert (status, refused["code"]) == (422, "incomplete")
    lacks = call("GET", f"{path}/verification")[1]
    assert (lacks["is_complete"], [one["code"] for one in lacks["missing"]]) == (
        False, ["serial_plate", "failed_part", "old_part_tag"],
    )  # fmt: skip
    complete(desk, Claim.objects.get())
    assert call("POST", f"{path}/submit", {"company_number": "T-1"})[1]["stage"] == "submitted"
    line = made["lines"][0]["id"]
    status, refused = call("POST", f"{path}/decide", {"lines": [{"line_id": line, "amount": "5000.51"}]})
    assert (status, refused["code"]) == (409, "approved_over_claimed")
    decided = call("POST", f"{path}/decide", {"lines": [{"line_id": line, "amount": "4000"}], "answer": "Old"})[1]
    assert (decided["stage"], decided["approved_amount"]) == ("partly", "4000.00")
    credit = {"number": "CN-1", "amount": "3900", "on": "2026-11-20", "short_reason": "Fee"}
    status, paid = call("POST", f"{path}/credits", credit)
    assert (status, paid["stage"], paid["shortfall"], paid["credits"][0]["number"]) == (
        200, "credited", "100.00", "CN-1",
    )  # fmt: skip
    status, refused = call("POST", f"{path}/credits", credit)
    assert (status, refused["code"]) == (409, "credit_known")


def test_who_may_not_decide_writes_no_money_down(desk, call, fridge):
    claim = sent(desk, fridge)
    status, _body = call("POST", f"/claims/{claim.number}/decide", {}, scopes=("claim.view", "claim.edit"))
    assert status == 403
    assert Claim.objects.get().stage == "submitted"
    assert not CompanyCredit.objects.exists()


def test_lists_and_pages_end_at_the_branch(desk, call, fridge, elsewhere):
    claim = draft(desk, fridge)
    assert [one["number"] for one in call("GET", "/claims", stage="draft")[1]["items"]] == [claim.number]
    assert call("GET", "/claims", stage="credited")[1]["items"] == []
    far = make_user(
        "far", branch=elsewhere.branch, role=make_role("far", level=1, scope="branch", permissions=("claim.view",))
    )
    assert call("GET", "/claims", user=far, scopes=("claim.view",))[1]["items"] == []
    assert call("GET", f"/claims/{claim.number}", user=far, scopes=("claim.view",))[0] == 404
