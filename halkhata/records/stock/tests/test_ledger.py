"""The ledger of goods holds in the database itself: R1 to R3, and nothing sold before it is released."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.triggers import TriggerEditor
from halkhata.records.stock import ledger_rules
from halkhata.records.stock.choices import Condition, MoveReason
from halkhata.records.stock.models import Balance, Movement, UnitPosition
from halkhata.records.stock.selectors.positions import differences
from halkhata.records.stock.services.moving import move

pytestmark = pytest.mark.django_db


def put(places, product, quantity, kind="shop", unit=None):
    return move(
        actor=None, unit=unit, product=product, quantity=quantity, from_place=places["supplier"], to_place=places[kind],
        from_condition="new", condition="new", reason="opening",
    )  # fmt: skip


def raw(places, product, *, start, end, quantity=1, unit=None, before="new", after="new", reason="sale"):
    """A row written past the service."""
    return Movement.objects.create(
        at=now(), product=product, unit=unit, quantity=quantity, from_place=places[start], to_place=places[end],
        from_condition=before, to_condition=after, reason=reason,
    )  # fmt: skip


def on_hand(product, place, condition="new"):
    return (
        Balance.objects.filter(product=product, place=place, condition=condition)
        .values_list("quantity", flat=True)
        .first()
    )


def test_a_movement_books_both_sides(places, fan):
    put(places, fan, 10)
    move(actor=None, product=fan, quantity=3, from_place=places["shop"], to_place=places["customer"],
         from_condition="new", condition="used", reason="sale")  # fmt: skip
    assert on_hand(fan, places["shop"]) == 7
    assert on_hand(fan, places["customer"], "used") == 3
    assert on_hand(fan, places["supplier"]) == -10
    assert Balance.objects.aggregate(total=Sum("quantity"))["total"] == 0
    assert differences() == []


def test_more_than_there_is_is_refused_by_the_database_itself(places, fan):
    put(places, fan, 2)
    with pytest.raises(Conflict) as refused:
        move(actor=None, product=fan, quantity=3, from_place=places["shop"], to_place=places["customer"],
             from_condition="new", condition="used", reason="sale")  # fmt: skip
    assert refused.value.code == "stock_overdrawn"
    with pytest.raises(IntegrityError, match="stock_overdrawn"), transaction.atomic():
        raw(places, fan, start="shop", end="customer", quantity=3, after="used")
    assert on_hand(fan, places["shop"]) == 2
    assert Movement.objects.count() == 1


def test_without_the_trigger_an_overdraft_gets_in(places, fan):
    """The twin of the test above: the guard is the trigger and nothing else."""
    put(places, fan, 2)
    ledger_rules.drop(TriggerEditor())
    raw(places, fan, start="shop", end="customer", quantity=3, after="used")
    assert Movement.objects.count() == 2


def test_a_balance_below_nothing_is_refused_even_by_hand(places, fan):
    put(places, fan, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.filter(place=places["shop"]).update(quantity=-1)
    assert on_hand(fan, places["shop"]) == 2


def test_movements_are_only_added(places, fan):
    row = put(places, fan, 2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Movement.objects.filter(pk=row.pk).update(quantity=5)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Movement.objects.filter(pk=row.pk)._raw_delete(using="default")
    assert Movement.objects.get(pk=row.pk).quantity == 2


def test_a_serial_number_is_at_one_place_at_a_time(places, fridge, unit):
    put(places, fridge, 1, unit=unit)
    assert UnitPosition.objects.get(unit=unit).place == places["shop"]
    for start in ("workshop", "supplier", "customer"):
        with pytest.raises(IntegrityError, match="stock_unit_is_elsewhere"), transaction.atomic():
            raw(places, fridge, start=start, end="scrap", unit=unit, reason="scrap")
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitPosition.objects.create(
            unit=unit, place=places["scrap"], condition="new", since=now(), movement=Movement.objects.get()
        )
    assert UnitPosition.objects.get(unit=unit).place == places["shop"]


def test_a_unit_the_ledger_does_not_know_comes_from_the_supplier(places, fridge, unit):
    with pytest.raises(Conflict) as refused:
        move(actor=None, unit=unit, from_place=places["shop"], to_place=places["customer"], from_condition="new",
             condition="used", reason="sale")  # fmt: skip
    assert refused.value.code == "stock_unit_is_elsewhere"
    assert not Movement.objects.exists()


def test_a_unit_moves_as_its_own_product_only(places, fridge, fan, unit):
    with pytest.raises(IntegrityError, match="stock_product_of_unit"), transaction.atomic():
        raw(places, fan, start="supplier", end="shop", unit=unit, reason="opening")


def test_returned_goods_reach_the_shelf_only_released_and_graded(places, fridge, unit):
    put(places, fridge, 1, kind="customer", unit=unit)
    move(actor=None, unit=unit, from_place=places["customer"], to_place=places["returns"], condition="unchecked",
         reason="receive", ref="E-1")  # fmt: skip
    for reason, before in (("release", "unchecked"), ("sale_reversed", "unchecked"), ("opening", "unchecked")):
        with pytest.raises(IntegrityError, match="stock_not_released"), transaction.atomic():
            raw(places, fridge, start="returns", end="shop", unit=unit, before=before, reason=reason)
    with pytest.raises(IntegrityError, match="stock_sale_not_from_shop"), transaction.atomic():
        raw(places, fridge, start="returns", end="customer", unit=unit, before="unchecked", after="used")
    move(actor=None, unit=unit, from_place=places["returns"], to_place=places["returns"], condition="grade_b",
         reason="inspect", ref="E-1")  # fmt: skip
    move(actor=None, unit=unit, from_place=places["returns"], to_place=places["shop"], condition="grade_b",
         reason="release", ref="E-1")  # fmt: skip
    assert UnitPosition.objects.get(unit=unit).place == places["shop"]


def test_one_return_is_received_once(places, fan):
    put(places, fan, 5, kind="customer")
    values = {"product": fan, "from_place": places["customer"], "to_place": places["returns"], "from_condition": "new",
                  "condition": "unchecked", "reason": "receive", "ref": "E-7"}  # fmt: skip
    move(actor=None, **values)
    with pytest.raises(Conflict) as refused:
        move(actor=None, **values)
    assert refused.value.code == "stock_received_once"
    assert on_hand(fan, places["returns"], "unchecked") == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": -3}, "bad_quantity"),
        ({"reason": "stolen"}, "unknown_reason"),
        ({"condition": "shiny"}, "unknown_condition"),
        ({"product": None}, "nothing_moves"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(places, fan, values, code):
    with pytest.raises(DomainError) as refused:
        move(**{"actor": None, "product": fan, "from_place": places["supplier"], "to_place": places["shop"],
                "condition": "new", "reason": "opening", **values})  # fmt: skip
    assert refused.value.code == code
    assert not Movement.objects.exists()


def test_lists_in_the_trigger_are_those_of_the_code():
    assert set(ledger_rules._WAITING.strip("()").replace("'", "").split(", ")) == {"returns", "quarantine", "workshop"}
    assert {MoveReason.RELEASE, MoveReason.USE_AS_IS} == {"release", "use_as_is"}
    assert {one.value for one in Condition if one.value.startswith("grade_")} == {
        "grade_a", "grade_b", "grade_c", "grade_d"
    }  # fmt: skip
