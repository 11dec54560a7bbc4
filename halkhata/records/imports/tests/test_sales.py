"""Sales come in from a file: each row once, to whoever bought, and an undone import leaves nothing."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, ProductKind, Purchase, PurchaseLine, Unit, UnitLife
from halkhata.records.catalog.registry import SaleStep, sale_steps
from halkhata.records.catalog.services.defaults import create_all_kinds, create_price_list
from halkhata.records.catalog.services.prices import set_price
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.models import ImportIssue
from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo, receive_file, set_mapping
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

from .conftest import csv_bytes, digest_of_customers, finish

HEAD = ["নাম", "মোবাইল", "মডেল", "Chassis no", "Engine no", "Serial", "IMEI", "তারিখ", "মূল্য", "মেমো নং"]
BIKE = ["Rahima Test", "01100000001", "M150", "C-0001", "E-0001", "", "", "05/01/2026", "1,80,000", "12"]
FRIDGE = ["করিম টেস্ট", "০১১০০০০০০০২", "Fridge 220", "", "", "SN-1", "", "2026-02-03", "", "১৩"]


@pytest.fixture
def goods(shop: Any) -> Any:
    """A motorcycle and a fridge; only the fridge has a list price."""
    create_all_kinds()
    brand = save_brand(actor=SYSTEM, name_en="Testa")
    made = {}
    for code, name, model in (("motorcycle", "Motorcycle 150", "M150"), ("appliance", "Fridge 220", "F220"),
                              ("electronics", "Radio", "R1"), ("goods", "Cable", "")):  # fmt: skip
        kind = ProductKind.objects.get(code=code)
        made[name] = save_product(actor=SYSTEM, brand=brand, kind=kind, name_en=name, model_code=model)
    set_price(
        actor=SYSTEM, price_list=create_price_list(), product=made["Fridge 220"], amount=Decimal("42000"),
        valid_from=today().replace(year=2025),
    )  # fmt: skip
    return made


def bring(shop: Any, rows: Any, *, actor: Any = None, head: Any = HEAD) -> Any:
    who = actor or shop.owner
    run = receive_file(actor=who, target="sales", name="sales.csv", chunks=[csv_bytes([head, *rows])])
    return set_mapping(
        actor=who, run=run, mapping={int(key): value for key, value in run.mapping.items()}, options=run.options
    )


def load(shop: Any, rows: Any, **options: Any) -> Any:
    return finish(begin_load(actor=shop.owner, run=bring(shop, rows, **options)))


def digest_of_catalog() -> str:
    digest = hashlib.sha256()
    for model in sorted(apps.get_app_config("catalog").get_models(), key=lambda one: one._meta.label):
        digest.update(repr(sorted(map(repr, model._default_manager.values_list()))).encode())
    return digest.hexdigest()


def issues(run: Any) -> dict[int, str]:
    return dict(ImportIssue.objects.filter(run=run).values_list("row", "code"))


def test_headings_are_understood(shop: Any, goods: Any) -> None:
    run = bring(shop, [BIKE, FRIDGE])
    assert list(run.mapping.values()) == [
        "name", "phone", "product", "unit_chassis", "unit_engine", "unit_serial", "unit_imei1", "date", "price", "memo",
    ]  # fmt: skip


def test_rows_become_sales_with_units_and_customers(shop: Any, goods: Any) -> None:
    run = load(shop, [BIKE, FRIDGE])
    assert (run.state, run.counts.get("new"), issues(run)) == ("done", 2, {})
    bike, fridge = Purchase.objects.order_by("pk")
    assert (bike.channel, str(bike.bought_on), bike.total, bike.memo) == ("import", "2026-01-05", Decimal(180000), "12")
    assert (fridge.total, str(fridge.bought_on), fridge.memo) == (Decimal(42000), "2026-02-03", "১৩")
    assert fridge.customer.name_bn == "করিম টেস্ট"
    assert {one.kind for one in bike.lines.get().unit.identifiers.all()} == {"chassis", "engine"}
    assert Unit.objects.filter(owner__isnull=False, state="sold").count() == 2


def test_same_file_twice_makes_each_sale_once(shop: Any, goods: Any) -> None:
    load(shop, [BIKE, FRIDGE])
    digest = digest_of_catalog(), digest_of_customers()
    again = load(shop, [BIKE, FRIDGE])
    assert (again.counts.get("new", 0), again.counts.get("unchanged")) == (0, 2)
    assert (digest_of_catalog(), digest_of_customers()) == digest


def test_known_customer_is_the_buyer(shop: Any, goods: Any) -> None:
    known = create_customer(actor=shop.owner, name_en="Rahima Test", phones=["01100000001"])
    load(shop, [BIKE])
    assert Purchase.objects.get().customer == known
    assert Customer.objects.count() == 1


def test_buyer_of_two_rows_is_written_down_once(shop: Any, goods: Any) -> None:
    load(shop, [BIKE, [*BIKE[:3], "C-2", "E-2", *BIKE[5:]]])
    assert (Customer.objects.count(), Purchase.objects.count()) == (1, 2)


def test_unit_in_stock_is_the_one_that_is_sold(shop: Any, goods: Any) -> None:
    unit = create_unit(actor=shop.owner, product=goods["Fridge 220"], identifiers={"serial": "SN1"}, branch=shop.branch)
    run = load(shop, [FRIDGE])
    assert PurchaseLine.objects.get().unit == unit
    finish(begin_undo(actor=shop.owner, run=run))
    assert Unit.objects.get().state == "in_stock"
    assert Purchase.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({2: ""}, "no_product"),
        ({2: "Nothing"}, "unknown_product"),
        ({3: ""}, "sale_identifier_missing"),
        ({4: "C-0001"}, ""),
        ({5: "SN"}, "sale_identifier_unknown"),
        ({7: "soon"}, "not_a_day"),
        ({7: "2999-01-01"}, "in_future"),
        ({8: "much"}, "not_an_amount"),
        ({8: ""}, "no_price"),
        ({0: "", 1: ""}, "nothing_known"),
        ({1: "123"}, "phone_too_short"),
    ],
)
def test_row_that_cannot_be_a_sale_is_named_and_left_out(shop: Any, goods: Any, change: dict, code: str) -> None:
    before = digest_of_catalog(), digest_of_customers()
    run = finish(begin_check(actor=shop.owner, run=bring(shop, [[change.get(n, v) for n, v in enumerate(BIKE)]])))
    assert set(issues(run).values()) == ({code} if code else set())
    assert (digest_of_catalog(), digest_of_customers()) == before


def test_number_that_is_taken_is_a_conflict(shop: Any, goods: Any) -> None:
    load(shop, [BIKE])
    run = load(shop, [["Karim Test", "01100000002", *BIKE[2:]], FRIDGE])
    assert issues(run) == {2: "unit_taken"}
    assert (run.counts.get("conflict"), run.counts.get("new")) == (1, 1)
    assert not Customer.objects.filter(name_en="Karim Test").exists()


def test_undone_import_leaves_nothing(shop: Any, goods: Any, monkeypatch: Any) -> None:
    ran = []
    step = SaleStep(order=1, sold=lambda *_args: ran.append("+"), reversed=lambda *_args: ran.append("-"))
    monkeypatch.setattr(sale_steps, "_entries", {"one": step})
    before = digest_of_catalog(), digest_of_customers()
    run = load(shop, [BIKE, FRIDGE])
    assert Purchase.objects.count() == 2
    finish(begin_undo(actor=shop.owner, run=run))
    assert (digest_of_catalog(), digest_of_customers()) == before
    assert ran == ["+", "+", "-", "-"]
    load(shop, [BIKE])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        UnitLife.objects.update(verb="x")


def test_sale_that_was_used_since_stays_when_undone(shop: Any, goods: Any) -> None:
    run = load(shop, [BIKE, FRIDGE])
    bike = Unit.objects.get(product=goods["Motorcycle 150"])
    add_reading(actor=shop.owner, unit=bike, value=100, read_on=today(), source="counter")
    finish(begin_undo(actor=shop.owner, run=run))
    run.refresh_from_db()
    assert run.counts["kept"] >= 1
    assert list(Unit.objects.all()) == [bike]
    assert Ownership.objects.get().customer.name_en == "Rahima Test"


def test_step_that_imported_sales_skip_is_not_run(shop: Any, goods: Any, monkeypatch: Any) -> None:
    ran = []
    step = SaleStep(
        order=1, sold=lambda *_args: ran.append("+"), reversed=lambda *_args: ran.append("-"), imported=False
    )
    monkeypatch.setattr(sale_steps, "_entries", {"stock": step})
    finish(begin_undo(actor=shop.owner, run=load(shop, [BIKE])))
    assert ran == []


def test_who_may_not_sell_brings_no_sales(shop: Any, goods: Any, client_as: Any) -> None:
    role = make_role("bringer", level=1, scope="branch", permissions=(*AGENT_PERMISSIONS, "customer.import"))
    user = make_user("bringer", branch=shop.branch, role=role)
    with pytest.raises(PermissionRefused):
        bring(shop, [BIKE], actor=user)
    assert b"Sales with serial numbers" not in client_as(user).get("/imports/new/").content
    assert b"Sales with serial numbers" in client_as(shop.owner).get("/imports/new/").content


def test_serial_that_somebody_owns_is_a_conflict_before_a_second_customer_is_made(shop: Any, goods: Any) -> None:
    load(shop, [[*FRIDGE[:5], "SN-10001", *FRIDGE[6:]]])
    before = Customer.objects.count()
    stranger = ["Salma Test", "01100000088", "Radio", "", "", "sn 10001", "", "2026-02-04", "900", "14"]
    run = load(shop, [stranger])
    assert issues(run) == {2: "serial_known"}
    assert (Customer.objects.count(), Purchase.objects.count()) == (before, 1)
    # Of the very owner it is a sale as any other.
    owner = ["করিম টেস্ট", "01100000002", "Radio", "", "", "sn 10001", "", "2026-02-04", "900", "14"]
    assert issues(load(shop, [owner])) == {}
    assert (Customer.objects.count(), Purchase.objects.count()) == (before, 2)
