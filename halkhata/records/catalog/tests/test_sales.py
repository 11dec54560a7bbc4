"""A sale is recorded as one, once, or not at all (US-05)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Purchase, PurchaseLine, Unit, UnitLife
from halkhata.records.catalog.registry import SaleStep, sale_steps
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.customers.models import Activity
from halkhata.records.customers.services.customers import create_customer

from .conftest import CHASSIS, ENGINE, IMEI, IMEI2, rows_digest, sell


def test_sale_writes_memo_unit_owner_and_life(catalog: Any, rahima: Any) -> None:
    purchase = sell(
        catalog, rahima, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE},
        unit_price=Decimal("180000"), discount=Decimal("2500"), memo="১২৩/ক",
    )  # fmt: skip
    line = purchase.lines.get()
    unit = line.unit
    assert (purchase.number, purchase.total, purchase.currency, purchase.memo) == (
        "S-1001", Decimal("177500"), "BDT", "১২৩/ক",
    )  # fmt: skip
    assert (unit.number, unit.state, unit.owner, unit.sold_on) == ("U-1001", "sold", rahima, today())
    assert {one.kind: one.folded for one in unit.identifiers.all()} == {"chassis": CHASSIS, "engine": ENGINE}
    owned = Ownership.objects.get(unit=unit)
    assert (owned.customer, owned.how, owned.from_on, owned.to_on, owned.purchase) == (
        rahima, "sale", today(), None, purchase,
    )  # fmt: skip
    assert list(UnitLife.objects.filter(unit=unit).order_by("pk").values_list("verb", flat=True)) == [
        "unit.created", "unit.sold",
    ]  # fmt: skip
    assert Activity.objects.filter(customer=rahima, verb="purchase.recorded").count() == 1
    assert AuditEntry.objects.filter(action="purchase.record").count() == 1
    assert set(OutboxEvent.objects.values_list("name", flat=True)) >= {"purchase.recorded", "unit.sold"}


def test_goods_without_numbers_are_counted(catalog: Any, rahima: Any) -> None:
    purchase = sell(
        catalog, rahima, catalog.cement, identifiers=None, unit_price=Decimal("560.25"), quantity=40,
        discount=Decimal("10.00"),
    )  # fmt: skip
    assert (purchase.total, purchase.lines.get().unit, Unit.objects.count()) == (Decimal("22400.00"), None, 0)


def test_same_key_twice_makes_one_sale(catalog: Any, rahima: Any) -> None:
    first = sell(catalog, rahima, key="counter:1:abc")
    digest = rows_digest()
    again = sell(catalog, rahima, key="counter:1:abc")
    assert again.pk == first.pk
    assert rows_digest() == digest


def test_number_of_a_sold_unit_is_refused_with_a_link(catalog: Any, sold: Any, karim: Any) -> None:
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        sell(catalog, karim, identifiers={"serial": "sn ০০০১"})
    assert refused.value.code == "identifier_taken"
    assert refused.value.field == "identifier_serial"
    assert refused.value.data == {"unit_id": sold.pk, "unit_number": "U-1001", "url": "/units/U-1001/"}
    assert rows_digest() == digest


def test_number_of_a_unit_out_of_sight_is_refused_without_a_link(catalog: Any, sold: Any, elsewhere: Any) -> None:
    buyer = create_customer(actor=elsewhere.seller, name_en="Far Test", phones=["01100000009"])
    with pytest.raises(Conflict) as refused:
        sell(catalog, buyer, actor=elsewhere.seller, branch=elsewhere.branch)
    assert refused.value.data == {"unit_id": None}
    assert "U-1001" not in str(refused.value.message)


def test_imei_of_another_model_is_refused(catalog: Any, rahima: Any) -> None:
    """An IMEI is the only one in the world, and the first of one phone is not the second of another."""
    sell(catalog, rahima, catalog.phone, identifiers={"imei1": IMEI}, unit_price=Decimal(1))
    with pytest.raises(Conflict) as refused:
        sell(catalog, rahima, catalog.phone, identifiers={"imei1": IMEI2, "imei2": IMEI}, unit_price=Decimal(1))
    assert (refused.value.code, refused.value.field) == ("identifier_taken", "identifier_imei2")


def test_same_serial_of_another_product_is_another_unit(catalog: Any, rahima: Any, sold: Any) -> None:
    other = sell(
        catalog, rahima, catalog.bike, identifiers={"chassis": "SN-0001", "engine": "E1"}, unit_price=Decimal(1)
    )
    assert other.lines.get().unit.pk != sold.pk


def test_number_in_stock_sells_that_unit(catalog: Any, rahima: Any) -> None:
    unit = create_unit(
        actor=catalog.seller, product=catalog.fridge, identifiers={"serial": "SN-7"}, branch=catalog.branch
    )
    purchase = sell(catalog, rahima, identifiers={"serial": "sn7"})
    assert purchase.lines.get().unit_id == unit.pk
    assert Unit.objects.get().state == "sold"


def test_unit_that_is_sold_is_not_sold_again(catalog: Any, sold: Any, karim: Any) -> None:
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        sell(catalog, karim, unit=sold, identifiers=None)
    assert refused.value.code == "not_in_stock"
    assert rows_digest() == digest


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"bought_on": "tomorrow"}, "in_future"),
        ({"bought_on": date(202, 1, 5)}, "long_ago"),
        ({"unit_price": Decimal("-1")}, "bad_price"),
        ({"unit_price": Decimal("NaN")}, "bad_price"),
        ({"unit_price": Decimal("1.005")}, "bad_price"),
        ({"discount": Decimal("42000.51")}, "bad_discount"),
        ({"discount": Decimal("-1")}, "bad_discount"),
        ({"quantity": 2}, "bad_quantity"),
        ({"quantity": 0}, "bad_quantity"),
        ({"identifiers": None}, "unit_missing"),
        ({"identifiers": {"serial": " "}}, "identifier_missing"),
        ({"lines": []}, "no_lines"),
        ({"channel": "dream"}, "unknown_channel"),
    ],
)
def test_bad_sale_is_refused_and_nothing_is_written(catalog: Any, rahima: Any, values: dict, code: str) -> None:
    digest = rows_digest()
    if values.get("bought_on") == "tomorrow":
        values = {**values, "bought_on": today() + timedelta(days=1)}
    with pytest.raises(DomainError) as refused:
        sell(catalog, rahima, **values)
    assert refused.value.code == code
    assert rows_digest() == digest


def test_who_may_not_sell_is_refused(catalog: Any, rahima: Any) -> None:
    digest = rows_digest()
    with pytest.raises(PermissionRefused):
        sell(catalog, rahima, actor=catalog.looker)
    assert rows_digest() == digest


def test_customer_out_of_sight_is_refused_as_absent(catalog: Any, elsewhere: Any, rahima: Any) -> None:
    with pytest.raises(NotFound):
        sell(catalog, rahima, actor=elsewhere.seller, branch=elsewhere.branch)
    assert Purchase.objects.count() == 0


def test_two_lines_make_two_units_in_one_memo(catalog: Any, rahima: Any) -> None:
    lines = [
        NewLine(product=catalog.fridge, identifiers={"serial": f"SN-{n}"}, unit_price=Decimal("100.10"))
        for n in range(3)
    ]
    purchase = record_purchase(
        actor=catalog.seller, customer=rahima, branch=catalog.branch, lines=lines, bought_on=today()
    )
    assert (purchase.total, Unit.objects.filter(owner=rahima).count()) == (Decimal("300.30"), 3)


def test_second_line_with_a_taken_number_undoes_the_first(catalog: Any, rahima: Any) -> None:
    line = NewLine(product=catalog.fridge, identifiers={"serial": "SN-1"}, unit_price=Decimal(1))
    digest = rows_digest()
    with pytest.raises(Conflict):
        record_purchase(
            actor=catalog.seller, customer=rahima, branch=catalog.branch, lines=[line, line], bought_on=today()
        )
    assert rows_digest() == digest


def test_step_that_refuses_undoes_the_sale(catalog: Any, rahima: Any, monkeypatch: Any) -> None:
    seen = []

    def stop(actor: Any, purchase: Any, line: Any, unit: Any) -> None:
        seen.append((purchase.number, unit.number, unit.owner))
        raise DomainError("stop", "stop")

    monkeypatch.setattr(sale_steps, "_entries", {"stop": SaleStep(order=5, sold=stop, reversed=stop)})
    digest = rows_digest()
    with pytest.raises(DomainError, match="stop"):
        sell(catalog, rahima)
    assert seen == [("S-1001", "U-1001", rahima)]
    assert rows_digest() == digest


def test_steps_run_in_order(catalog: Any, rahima: Any, monkeypatch: Any) -> None:
    ran = []
    steps = {
        name: SaleStep(
            order=order,
            sold=lambda *_args, name=name: ran.append(f"+{name}"),
            reversed=lambda *_args, name=name: ran.append(f"-{name}"),
        )
        for name, order in (("late", 9), ("early", 1))
    }
    monkeypatch.setattr(sale_steps, "_entries", steps)
    from halkhata.records.catalog.services.purchases import reverse_purchase

    purchase = sell(catalog, rahima)
    reverse_purchase(actor=catalog.chief, purchase=purchase, reason="wrong")
    assert ran == ["+early", "+late", "-late", "-early"]


def test_line_that_does_not_add_up_is_refused_by_the_database(catalog: Any, sold: Any) -> None:
    from django.db import IntegrityError, transaction

    line = PurchaseLine.objects.get()
    for values in ({"amount": 1}, {"discount": 50000}, {"quantity": 2}, {"unit_price": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PurchaseLine.objects.filter(pk=line.pk).update(**values)


def test_every_right_of_the_catalogue_exists() -> None:
    assert {"unit.view", "unit.edit", "sale.record", "sale.reverse", "catalog.edit"} <= set(PERMISSIONS)
