"""What the tests of aftercare start from: units with readings, people who call, rules."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from halkhata.desks.aftercare.models import ServiceRule
from halkhata.desks.service.services.defaults import prepare_desk
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["catalog", "elsewhere", "karim", "rahima"]

CALLING = (
    *AGENT_PERMISSIONS, "unit.view", "unit.edit", "warranty.view", "job.view", "job.create", "job.edit", "job.deliver",
    "promise.edit", "aftercare.view", "aftercare.call",
)  # fmt: skip
# A Monday, 12:00 in Dhaka: neither night nor prayer.
NOON = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The clock stands at NOON."""
    with moved_to(NOON):
        yield


@pytest.fixture
def people(catalog: Any) -> Any:
    """A caller of the branch, a chief who starts recalls, and somebody without any of it."""
    prepare_desk()
    create_default_templates()
    caller = make_role("caller", level=1, scope="branch", permissions=CALLING)
    chief = make_role(
        "chief-of-care", level=3, scope="all", permissions=(*CALLING, "recall.manage", "settings.edit", "report.view")
    )
    return SimpleNamespace(
        branch=catalog.branch,
        role=caller,
        caller=make_user("caller", branch=catalog.branch, role=caller, teams=(catalog.shop.team,)),
        chief=make_user("care-chief", branch=catalog.branch, role=chief),
        onlooker=catalog.looker,
    )


@pytest.fixture
def make_unit(catalog: Any, rahima: Any) -> Callable[..., Unit]:
    """``make_unit(sold_on)``: a motorcycle of Rahima's, with readings as (day, value)."""
    count = iter(range(1000))

    def make(sold_on: date = TODAY - timedelta(days=83), reads: Any = (), **values: Any) -> Unit:
        unit = Unit.objects.create(
            **{
                "number": f"U-7{next(count):03d}", "product": catalog.bike, "branch": catalog.branch, "state": "sold",
                "owner": rahima, "sold_on": sold_on, **values,
            }
        )  # fmt: skip
        for on, value in reads:
            Reading.objects.create(unit=unit, value=value, read_on=on, source="counter")
        return unit

    return make


@pytest.fixture
def rule(catalog: Any) -> ServiceRule:
    """Motorcycles: every three months or 3,000 km."""
    return ServiceRule.objects.create(kind=catalog.bike.kind, months=3, usage_every=3000)
