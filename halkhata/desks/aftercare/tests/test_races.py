"""Two workers at once: one reminder. Its twin without the constraint makes two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from halkhata.desks.aftercare.models import Reminder, ServiceRule
from halkhata.desks.aftercare.selectors.rules import Rules, aftercare_settings
from halkhata.desks.aftercare.services import planning
from halkhata.desks.aftercare.services.planning import plan_reminders, plan_units
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_shop

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


@pytest.fixture
def unit() -> Unit:
    shop = make_shop()
    kind = ProductKind.objects.create(
        code="pump", name_en="Pump", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="brand", name_en="Brand")
    product = Product.objects.create(brand=brand, kind=kind, name_en="Pump", folded="PUMP")
    owner = create_customer(actor=shop.agent, name_en="Race Test", phones=["01100000009"])
    ServiceRule.objects.create(months=1)
    return Unit.objects.create(
        number="U-1", product=product, branch=shop.branch, state="sold", sold_on=today() - timedelta(days=27),
        owner=owner,
    )  # fmt: skip


def _at_once(monkeypatch: Any) -> int:
    """How many of AT_ONCE workers got to the end; all have read the ledger before one of them writes."""
    meet, real = Barrier(AT_ONCE, timeout=20), planning.wanted_today

    def waits(*values: Any) -> Any:
        found = list(real(*values))
        if connection.vendor == "postgresql":
            meet.wait()
        return iter(found)

    monkeypatch.setattr(planning, "wanted_today", waits)

    def work(_number: int) -> bool:
        try:
            with transaction.atomic():
                plan_units(low=0, high=10**9, day=today(), rules=Rules(), settings=aftercare_settings())
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(work, range(AT_ONCE)))


def test_workers_at_once_make_one_reminder(unit, monkeypatch):
    assert _at_once(monkeypatch) == AT_ONCE
    assert Reminder.objects.count() == 1


def test_without_the_constraint_each_worker_makes_one(unit, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time: SQLite's lock lets no second worker read before the first has written")
    rule = next(one for one in Reminder._meta.constraints if one.name == "aftercare_reminder_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, rule)
    try:
        assert _at_once(monkeypatch) == AT_ONCE
        assert Reminder.objects.count() == AT_ONCE
    finally:
        Reminder.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, rule)


def test_runs_of_the_day_at_once_make_one_reminder(unit):
    def run(_number: int) -> int:
        try:
            return plan_reminders()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(run, range(AT_ONCE))) == 1
    assert Reminder.objects.count() == 1
