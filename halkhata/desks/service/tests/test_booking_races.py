"""Many customers at once: a day takes as many as it has places, a unit has one booking; the twins show why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services import bookings
from halkhata.desks.service.services.booking_rules import save_booking_rule
from halkhata.desks.service.services.bookings import ask_booking
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_shop

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, PLACES = 12, 3
CUSTOMER = SystemActor("customer's page")


@pytest.fixture
def scene() -> Any:
    shop = make_shop()
    kind = ProductKind.objects.create(code="pump", name_en="Pump", identifiers=[])
    brand = Brand.objects.create(code="brand", name_en="Brand")
    product = Product.objects.create(brand=brand, kind=kind, name_en="Pump", folded="PUMP")
    customer = create_customer(actor=shop.owner, name_en="Race Test", phones=["01100000009"], branch=shop.branch)
    units = [
        Unit.objects.create(
            number=f"U-{number}", product=product, branch=shop.branch, state="sold", sold_on=date(2026, 1, 1),
            owner=customer,
        )
        for number in range(AT_ONCE)
    ]  # fmt: skip
    save_booking_rule(actor=None, branch=shop.branch, per_day=PLACES, days_ahead=14)
    return shop.branch, customer, units, free_days(shop.branch)[0].on


def _at_once(act: Callable[[int], Any]) -> int:
    """How many of AT_ONCE got through; anything but a refusal in words is raised."""

    def one(number: int) -> bool:
        try:
            act(number)
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


def _ask(scene: Any, number: int, unit: int) -> None:
    branch, customer, units, on = scene
    ask_booking(
        actor=CUSTOMER, unit=units[unit], customer=customer, branch=branch, complaint="No water", wished_on=on,
        key=f"race:{number}",
    )  # fmt: skip


def test_day_takes_as_many_as_it_has_places(scene):
    assert _at_once(lambda number: _ask(scene, number, number)) == PLACES
    assert sorted(JobBooking.objects.values_list("slot", flat=True)) == [1, 2, 3]


def test_unit_gets_one_booking_from_many_browsers(scene):
    assert _at_once(lambda number: _ask(scene, number, 0)) == 1
    assert JobBooking.objects.count() == 1


def test_without_counting_the_places_a_day_takes_everybody(scene, monkeypatch):
    numbers = iter(range(1, AT_ONCE + 1))
    monkeypatch.setattr(bookings, "_place", lambda branch, on, field="wished_on": next(numbers))
    assert _at_once(lambda number: _ask(scene, number, number)) == AT_ONCE
