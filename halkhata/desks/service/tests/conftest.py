"""What the tests of the service desk start from: products with their terms, and people of a workshop."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from halkhata.desks.service.services.defaults import prepare_desk
from halkhata.desks.service.services.opening import open_job
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima
from halkhata.records.warranty.tests.conftest import bike, fridge, terms
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["bike", "catalog", "elsewhere", "fridge", "karim", "rahima", "terms"]

WORKSHOP = (
    *AGENT_PERMISSIONS, "unit.view", "unit.edit", "warranty.view", "coupon.use", "job.view", "job.create", "job.edit",
    "job.deliver", "promise.edit", "goodwill.grant",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def desk(catalog: Any) -> Any:
    """An advisor, a technician, a porter who only hands over, and an onlooker."""
    prepare_desk()
    create_default_templates()
    advisor = make_role("advisor", level=1, scope="branch", permissions=WORKSHOP)
    gate = make_role("gate", level=1, scope="branch", permissions=("customer.view", "unit.view", "job.view"))
    return SimpleNamespace(
        branch=catalog.branch,
        role=advisor,
        advisor=make_user("advisor", branch=catalog.branch, role=advisor, teams=(catalog.shop.team,)),
        technician=make_user("technician", branch=catalog.branch, role=advisor, teams=(catalog.shop.team,)),
        onlooker=make_user("onlooker", branch=catalog.branch, role=gate),
    )


@pytest.fixture
def make_job(desk: Any, rahima: Any) -> Callable[..., Any]:
    """``make_job(unit)``: a card for a unit, taken in by the advisor."""

    def make(unit: Any, **values: Any) -> Any:
        return open_job(
            **{
                "actor": desk.advisor, "unit": unit, "customer": rahima, "branch": desk.branch,
                "complaint": "It does not cool", **values,
            }
        )  # fmt: skip

    return make


@pytest.fixture
def job(make_job: Any, fridge: Any) -> Any:
    """Rahima's fridge on a card."""
    return make_job(fridge)


def tick_all(job: Any, user: Any) -> None:
    """The bench checklist is done."""
    from halkhata.engines.work.services.checklists import tick

    for line in job.checklist.all():
        tick(actor=user, line=line, done=True)
