"""Two workers at once: one reminder. Its twin without the constraint makes two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
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


def _overtaken(monkeypatch: Any) -> None:
    """A worker has read the ledger; before it writes, another one reads, writes and is done."""
    real, inner = planning.wanted_today, []

    def plan() -> None:
        plan_units(low=0, high=10**9, day=today(), rules=Rules(), settings=aftercare_settings())

    def overtaken(*values: Any) -> Any:
        if not inner:
            inner.append(True)
            plan()
        return real(*values)

    monkeypatch.setattr(planning, "wanted_today", overtaken)
    plan()
    assert inner


def test_overtaken_worker_makes_no_second_reminder(unit, monkeypatch):
    _overtaken(monkeypatch)
    assert Reminder.objects.count() == 1


def test_without_the_constraint_the_overtaken_worker_makes_a_second(unit, monkeypatch):
    every = list(Reminder._meta.constraints)
    rule = next(one for one in every if one.name == "aftercare_reminder_once")
    # SQLite writes the table anew, with what the model says.
    monkeypatch.setattr(Reminder._meta, "constraints", [one for one in every if one is not rule])
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, rule)
    try:
        _overtaken(monkeypatch)
        assert Reminder.objects.count() == 2
    finally:
        Reminder.objects.all().delete()
        monkeypatch.setattr(Reminder._meta, "constraints", every)
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, rule)


def test_workers_at_once_make_one_reminder(unit):
    def work(_number: int) -> None:
        try:
            with transaction.atomic():
                plan_units(low=0, high=10**9, day=today(), rules=Rules(), settings=aftercare_settings())
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, range(AT_ONCE)))
    assert Reminder.objects.count() == 1


def test_runs_of_the_day_at_once_make_one_reminder(unit):
    def run(_number: int) -> int:
        try:
            return plan_reminders()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(run, range(AT_ONCE))) == 1
    assert Reminder.objects.count() == 1
