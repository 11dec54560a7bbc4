"""Two counters at once: one card per unit in the house, one answer per estimate, one gate pass per card."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from halkhata.desks.service.models import Estimate, Handover, ServiceJob
from halkhata.desks.service.services import opening
from halkhata.desks.service.services.estimates import record_answer, send_estimate
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.desks.service.tests.conftest import WORKSHOP
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_role, make_shop, make_user

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 10


@pytest.fixture
def scene() -> Any:
    shop = make_shop()
    advisor = make_user(
        "advisor", branch=shop.branch, role=make_role("adv", level=1, scope="branch", permissions=WORKSHOP)
    )
    kind = ProductKind.objects.create(
        code="pump", name_en="Pump", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="brand", name_en="Brand")
    product = Product.objects.create(brand=brand, kind=kind, name_en="Pump", folded="PUMP")
    customer = create_customer(actor=advisor, name_en="Race Test", phones=["01100000009"])
    unit = Unit.objects.create(
        number="U-1", product=product, branch=shop.branch, state="sold", sold_on=date(2026, 1, 1), owner=customer
    )
    return advisor, unit, customer


def _open(scene: Any) -> ServiceJob:
    advisor, unit, customer = scene
    return open_job(actor=advisor, unit=unit, customer=customer, branch=advisor.branch, complaint="No water")


def _at_once(act: Callable[[], Any]) -> int:
    """How many of AT_ONCE got through."""

    def one(_number: int) -> bool:
        try:
            act()
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


def test_unit_taken_in_at_many_counters_gets_one_card(scene):
    assert _at_once(lambda: _open(scene)) == 1
    assert ServiceJob.objects.count() == 1


def test_without_the_look_each_counter_opens_a_card(scene, monkeypatch):
    monkeypatch.setattr(opening, "_refuse_if_here", lambda unit: None)
    assert _at_once(lambda: _open(scene)) == AT_ONCE


def test_estimate_is_answered_once(scene):
    advisor = scene[0]
    job = _open(scene)
    take_step(actor=advisor, job=job, state="diagnosed", diagnosis="Seal")
    add_line(actor=advisor, job=job, kind="part", text="Seal", unit_price=Decimal(100))
    send_estimate(actor=advisor, job=job)
    answers = iter([True, False] * AT_ONCE)

    def answer() -> None:
        record_answer(
            actor=advisor, job=ServiceJob.objects.get(pk=job.pk), approves=next(answers), how="phone", answered_by="R"
        )

    assert _at_once(answer) == 1
    assert Estimate.objects.get().state in {"approved", "refused"}


def test_unit_leaves_the_house_once(scene):
    advisor = scene[0]
    job = _open(scene)
    cancel_job(actor=advisor, job=job, reason="withdrawn")

    def give() -> None:
        hand_over(
            actor=advisor, job=ServiceJob.objects.get(pk=job.pk), how="signature", taken_by="R", typed_name="Race"
        )

    assert _at_once(give) == 1
    assert Handover.objects.count() == 1
