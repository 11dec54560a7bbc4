"""Job cards through the API: the same rules, refused with codes, scoped as the key's user."""

from typing import Any

import pytest

from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.tests.conftest import (
    bike,
    catalog,
    desk,
    elsewhere,
    fridge,
    job,
    karim,
    make_job,
    rahima,
    terms,
)
from tests.support.api_calls import api_caller

__all__ = ["bike", "catalog", "desk", "elsewhere", "fridge", "job", "karim", "make_job", "rahima", "terms"]
pytestmark = pytest.mark.django_db
SCOPES = ("job.view", "job.create", "job.edit", "job.deliver", "unit.view", "customer.view")


@pytest.fixture
def call(client: Any, desk: Any) -> Any:
    return api_caller(client, desk.advisor, SCOPES)


def test_a_job_goes_its_way_by_the_api(call, fridge, rahima):
    status, made = call(
        "POST", "/jobs", {"unit_number": fridge.number, "complaint": "No cold", "accessories": ["cable"]}
    )
    assert (status, made["state"], made["customer_id"], made["accessories"]) == (201, "in", rahima.pk, ["cable"])
    status, again = call("POST", "/jobs", {"unit_number": fridge.number, "complaint": "No cold"})
    assert (status, again["code"]) == (409, "unit_is_here")
    path = f"/jobs/{made['number']}"
    assert call("POST", f"{path}/step", {"state": "working"})[1]["code"] == "step_not_allowed"
    assert call("POST", f"{path}/step", {"state": "diagnosed", "diagnosis": "Gas"})[1]["state"] == "diagnosed"
    status, lined = call("POST", f"{path}/lines", {"kind": "part", "text": "Valve", "unit_price": "500", "cost": "200"})
    assert (status, lined["lines"][0]["payer"], lined["total"], lined["needs_approval"]) == (
        201,
        "warranty",
        "0.00",
        False,
    )
    assert call("GET", "/jobs")[1]["items"][0]["number"] == made["number"]


def test_key_without_the_right_or_of_another_branch_gets_nothing(call, job, elsewhere, desk):
    assert call("GET", f"/jobs/{job.number}", scopes=("unit.view",))[0] == 403
    assert call("POST", f"/jobs/{job.number}/cancel", {"reason": "mistake"}, scopes=("job.view",))[0] == 403
    stranger = elsewhere.seller
    stranger.role = desk.role
    stranger.save()
    assert call("GET", f"/jobs/{job.number}", user=stranger)[0] == 404
    assert ServiceJob.objects.get().state == "in"
