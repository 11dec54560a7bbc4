"""Sales and the ledger: booked in the sale's own transaction, and refused for what lies among the returned goods."""

from decimal import Decimal

import pytest

from halkhata.foundation.core.errors import Conflict
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Purchase, Unit
from halkhata.records.catalog.services.purchases import NewLine, record_purchase, reverse_purchase
from halkhata.records.catalog.services.units import change_unit_state
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.stock.models import Balance, Movement, UnitPosition
from halkhata.records.stock.selectors.positions import differences
from halkhata.records.stock.services.moving import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(shop):
    return create_customer(actor=shop.owner, name_en="Buyer", phones=["01100000021"])


def sell(shop, buyer, *lines):
    return record_purchase(
        actor=shop.owner, customer=buyer, branch=shop.branch, lines=lines, bought_on=today(), currency="BDT"
    )


def line(product, unit=None, quantity=1):
    return NewLine(product=product, unit=unit, quantity=quantity, unit_price=Decimal("100.00"))


def test_a_sale_moves_the_unit_to_the_customer(shop, places, fridge, unit, buyer):
    sell(shop, buyer, line(fridge, unit))
    assert UnitPosition.objects.get(unit=unit).place == places["customer"]
    assert list(Movement.objects.order_by("id").values_list("reason", flat=True)) == ["opening", "sale"]


def test_pieces_come_from_the_supplier_where_the_shelf_lacks_them(shop, places, fan, buyer):
    sell(shop, buyer, line(fan, quantity=3))
    assert Balance.objects.get(place=places["customer"]).quantity == 3
    assert Balance.objects.get(place=places["shop"]).quantity == 0
    assert differences() == []


def test_a_reversed_sale_puts_everything_back_on_the_shelf(shop, places, fridge, fan, unit, buyer):
    purchase = sell(shop, buyer, line(fridge, unit), line(fan, quantity=2))
    reverse_purchase(actor=shop.owner, purchase=purchase, reason="Typing mistake")
    assert UnitPosition.objects.get(unit=unit).place == places["shop"]
    assert Balance.objects.get(product=fan, place=places["shop"]).quantity == 2
    assert Balance.objects.get(product=fan, place=places["customer"]).quantity == 0


@pytest.mark.parametrize("kind", ["returns", "quarantine", "workshop"])
def test_a_unit_among_the_returned_goods_cannot_be_sold(shop, places, fridge, unit, buyer, kind):
    sell(shop, buyer, line(fridge, unit))
    move(actor=None, unit=unit, from_place=places["customer"], to_place=places[kind], condition="unchecked",
         reason="arrived")  # fmt: skip
    # Whatever the state of the unit says: the place decides.
    change_unit_state(actor=shop.owner, unit=unit, state=UnitState.IN_STOCK)
    before = (Purchase.objects.count(), Movement.objects.count())
    with pytest.raises(Conflict) as refused:
        sell(shop, buyer, line(fridge, Unit.objects.get(pk=unit.pk)))
    assert refused.value.code == "in_returns"
    assert "U-" in str(refused.value.message)
    assert (Purchase.objects.count(), Movement.objects.count()) == before
    assert Unit.objects.get(pk=unit.pk).state == UnitState.IN_STOCK


def test_twin_without_the_look_at_the_shelf_the_ledger_still_refuses(shop, places, fridge, unit, buyer, monkeypatch):
    from halkhata.records.catalog.registry import SaleStep, sale_steps

    sell(shop, buyer, line(fridge, unit))
    move(actor=None, unit=unit, from_place=places["customer"], to_place=places["returns"], condition="unchecked",
         reason="arrived")  # fmt: skip
    change_unit_state(actor=shop.owner, unit=unit, state=UnitState.IN_STOCK)
    nothing = SaleStep(order=0, sold=lambda *_: None, reversed=lambda *_: None)
    monkeypatch.setitem(sale_steps._entries, "stock.shelf", nothing)
    with pytest.raises(Conflict) as refused:
        sell(shop, buyer, line(fridge, Unit.objects.get(pk=unit.pk)))
    assert refused.value.code == "stock_sale_not_from_shop"


def test_a_released_unit_is_sold_again(shop, places, fridge, unit, buyer):
    sell(shop, buyer, line(fridge, unit))
    for end, condition, reason in (("returns", "unchecked", "receive"), ("returns", "grade_a", "inspect"),
                                   ("shop", "grade_a", "release")):  # fmt: skip
        position = UnitPosition.objects.get(unit=unit)
        move(actor=None, unit=unit, from_place=position.place, to_place=places[end], condition=condition, reason=reason)
    change_unit_state(actor=shop.owner, unit=unit, state=UnitState.IN_STOCK)
    sell(shop, buyer, line(fridge, Unit.objects.get(pk=unit.pk)))
    assert UnitPosition.objects.get(unit=unit).place == places["customer"]


def test_a_returned_unit_stands_against_reversing_its_sale(shop, places, fridge, unit, buyer):
    purchase = sell(shop, buyer, line(fridge, unit))
    move(actor=None, unit=unit, from_place=places["customer"], to_place=places["returns"], condition="unchecked",
         reason="receive")  # fmt: skip
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=shop.owner, purchase=purchase, reason="Typing mistake")
    assert refused.value.code == "not_with_customer"
    purchase.refresh_from_db()
    assert purchase.reversed_at is None
