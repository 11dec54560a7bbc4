"""What the tests of the returns desk start from."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.approving import approve_return
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.defaults import create_first_policy
from halkhata.desks.returns.services.inspecting import begin_inspection, inspect_return
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.services.requesting import request_return
from halkhata.desks.returns.services.settling import close_return, settle_return
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, PurchaseLine
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.customers.services.customers import create_customer

PRICE = Decimal("12500.00")


def make_desk(shop: Any) -> SimpleNamespace:
    """A shop with a policy, a product with serial numbers, one that is counted, and a buyer."""
    create_first_policy()
    serial = {"code": "serial", "label_bn": "সিরিয়াল", "label_en": "Serial", "required": True, "check": ""}
    brand = Brand.objects.create(code="meghna", name_en="Meghna")
    fridges = ProductKind.objects.create(code="fridge", name_en="Refrigerator", name_bn="ফ্রিজ", identifiers=[serial])
    fans = ProductKind.objects.create(code="fan", name_en="Fan", name_bn="পাখা", identifiers=[])
    fridge = Product.objects.create(
        name_en="Fridge 200", name_bn="ফ্রিজ ২০০", brand=brand, kind=fridges, model_code="F200", folded="fridge 200"
    )
    fan = Product.objects.create(
        name_en="Fan 56", name_bn="পাখা ৫৬", brand=brand, kind=fans, model_code="FAN56", folded="fan 56"
    )
    buyer = create_customer(actor=shop.owner, name_en="Buyer Test", phones=["01100000031"], language="en")
    return SimpleNamespace(
        shop=shop, branch=shop.branch, owner=shop.owner, manager=shop.manager, agent=shop.agent, fridge=fridge,
        fan=fan, buyer=buyer,
    )  # fmt: skip


@pytest.fixture
def desk(shop: Any) -> SimpleNamespace:
    return make_desk(shop)


def make_unit(desk: Any, serial: str) -> Any:
    return create_unit(actor=desk.owner, product=desk.fridge, identifiers={"serial": serial}, branch=desk.branch)


def sell(desk: Any, *, serial: str = "F-0001", days_ago: int = 1, price: Decimal = PRICE) -> PurchaseLine:
    """One fridge, sold some days ago."""
    purchase = record_purchase(
        actor=desk.owner, customer=desk.buyer, branch=desk.branch, bought_on=today() - timedelta(days=days_ago),
        currency="BDT",
        lines=[NewLine(product=desk.fridge, identifiers={"serial": serial}, unit_price=price)],
    )  # fmt: skip
    return purchase.lines.select_related("unit", "product__kind", "purchase__branch", "purchase__customer").get()


def sell_fans(desk: Any, quantity: int = 10, price: str = "300.00") -> PurchaseLine:
    """So many fans on one line."""
    purchase = record_purchase(
        actor=desk.owner, customer=desk.buyer, branch=desk.branch, bought_on=today(), currency="BDT",
        lines=[NewLine(product=desk.fan, quantity=quantity, unit_price=Decimal(price))],
    )  # fmt: skip
    return purchase.lines.select_related("product__kind", "purchase__branch", "purchase__customer").get()


def ask(desk: Any, line: PurchaseLine, **values: Any) -> ReturnRequest:
    """A request at the counter."""
    return request_return(
        **{
            "actor": desk.owner, "purchase_line": line, "unit": line.unit, "reason_code": "defect",
            "note": "It does not cool", "wish": "refund", "channel": "counter", "paid_method": "cash", **values,
        }
    )  # fmt: skip


def tick_all(request: ReturnRequest) -> None:
    request.checklist.update(done_at=request.opened_at)


def graded(desk: Any, line: PurchaseLine, *, grade: str = "b", inspector: Any = None, **values: Any) -> ReturnRequest:
    """A return that was asked for, approved, received, inspected and graded."""
    request = ask(desk, line, **values)
    approve_return(actor=desk.owner, request=request)
    receive_return(actor=desk.owner, request=request, serial=serial_of(request))
    begin_inspection(actor=desk.owner, request=request)
    tick_all(request)
    return inspect_return(actor=inspector or desk.owner, request=request, grade=grade)


def serial_of(request: ReturnRequest) -> str:
    return request.unit.identifiers.get().value if request.unit else ""


def refunded(desk: Any, line: PurchaseLine, **values: Any) -> ReturnRequest:
    """The whole way to the money, and closed."""
    request = graded(desk, line, **values)
    decide_return(actor=desk.owner, request=request, result="refund")
    settle_return(actor=desk.owner, request=request)
    return close_return(actor=desk.owner, request=request)
