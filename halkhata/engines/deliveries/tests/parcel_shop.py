"""What tests of parcels start from: a courier, a clerk, a promise, and a parcel for it. Imported by name."""

from datetime import timedelta
from typing import Any

import pytest

from halkhata.engines.deliveries.models import Courier, DeliveryPromise, Parcel
from halkhata.engines.deliveries.services.couriers import save_courier
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.promising import promise_delivery
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["boss", "catalog", "clerk", "courier", "elsewhere", "karim", "parcel", "promise", "rahima"]


@pytest.fixture
def clerk(catalog: Any) -> Any:
    role = make_role("clerk", level=1, scope="branch", permissions=(*AGENT_PERMISSIONS, "promise.edit", "unit.view"))
    return make_user("clerk", branch=catalog.branch, role=role)


@pytest.fixture
def boss(catalog: Any) -> Any:
    role = make_role(
        "boss", level=4, scope="all", permissions=(*AGENT_PERMISSIONS, "promise.edit", "settings.edit", "unit.view")
    )
    return make_user("boss", branch=catalog.branch, role=role)


@pytest.fixture
def courier(boss: Any) -> Courier:
    return save_courier(
        actor=boss, courier=None, name_bn="দ্রুত", name_en="Swift", phone="01100000009",
        tracking_address="https://swift.example.com/track/{number}",
    )  # fmt: skip


def make_promise(clerk: Any, customer: Any, ref: str = "M-17", days: int = 3) -> DeliveryPromise:
    return promise_delivery(
        actor=clerk, item=None, purchase_ref=ref, customer=customer, branch=clerk.branch, what="Fridge 220",
        promised_for=now() + timedelta(days=days), buffer=timedelta(hours=6),
    )  # fmt: skip


@pytest.fixture
def promise(clerk: Any, rahima: Any) -> DeliveryPromise:
    return make_promise(clerk, rahima)


@pytest.fixture
def parcel(clerk: Any, courier: Courier, promise: DeliveryPromise) -> Parcel:
    return give_to_courier(actor=clerk, courier=courier, number="sw-১০০ 1", promise=promise)
