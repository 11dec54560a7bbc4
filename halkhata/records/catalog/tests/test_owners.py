"""Handing a unit on with the registered owner's consent; readings of its meter (A53.12)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Reading, Unit, UnitLife
from halkhata.records.catalog.selectors.unit_page import owners_of
from halkhata.records.catalog.selectors.units import latest_reading, units_of
from halkhata.records.catalog.services.correcting import correct_unit
from halkhata.records.catalog.services.owners import give_unit, transfer_unit
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.catalog.services.units import change_unit_state, create_unit
from halkhata.records.customers.models import Activity
from halkhata.records.customers.services.customers import create_customer

from .conftest import CHASSIS, ENGINE, rows_digest, sell


def test_transfer_ends_one_ownership_and_begins_the_next(catalog: Any, sold: Any, rahima: Any, karim: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="  signed   letter ")
    unit = Unit.objects.get()
    assert (unit.owner, unit.state) == (karim, "sold")
    now_owner, before = Ownership.objects.order_by("-pk")
    assert (before.customer, before.to_on) == (rahima, today())
    assert (now_owner.customer, now_owner.how, now_owner.consent) == (karim, "transfer", "signed letter")
    assert list(Activity.objects.filter(verb__startswith="unit.").order_by("verb").values_list("customer", "verb")) == [
        (rahima.pk, "unit.handed_on"), (karim.pk, "unit.taken_over"),
    ]  # fmt: skip
    assert UnitLife.objects.filter(verb="unit.transferred").get().data == {}
    assert list(units_of(karim)) == [unit]
    assert not units_of(rahima).exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"consent": " "}, "no_consent"),
        ({"on": 1}, "in_future"),
        ({"on": -3}, "before_owner"),
        ({"to": "rahima"}, "same_owner"),
    ],
)
def test_transfer_that_cannot_be_changes_nothing(
    catalog: Any, sold: Any, rahima: Any, karim: Any, values: dict, code: str
) -> None:
    digest = rows_digest()
    on = today() + timedelta(days=values.get("on", 0))
    to = rahima if values.get("to") else karim
    with pytest.raises(DomainError) as refused:
        transfer_unit(actor=catalog.seller, unit=sold, to=to, on=on, consent=values.get("consent", "letter"))
    assert refused.value.code == code
    assert rows_digest() == digest


def test_transfer_asks_for_the_right_and_for_sight(catalog: Any, sold: Any, karim: Any, elsewhere: Any) -> None:
    far = create_customer(actor=elsewhere.seller, name_en="Far Test", phones=["01100000009"])
    digest = rows_digest()
    with pytest.raises(PermissionRefused):
        transfer_unit(actor=catalog.looker, unit=sold, to=karim, on=today(), consent="letter")
    with pytest.raises(NotFound):
        transfer_unit(actor=elsewhere.seller, unit=sold, to=far, on=today(), consent="letter")
    with pytest.raises(NotFound):
        transfer_unit(actor=catalog.seller, unit=sold, to=far, on=today(), consent="letter")
    assert rows_digest() == digest


def test_unit_in_stock_cannot_be_handed_on(catalog: Any, karim: Any) -> None:
    unit = create_unit(actor=catalog.seller, product=catalog.fridge, identifiers={"serial": "S"}, branch=catalog.branch)
    with pytest.raises(Conflict) as refused:
        transfer_unit(actor=catalog.seller, unit=unit, to=karim, on=today(), consent="letter")
    assert refused.value.code == "not_with_customer"


def test_two_owners_at_once_are_refused_by_the_database(catalog: Any, sold: Any, karim: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Ownership.objects.create(unit=sold, customer=karim, from_on=today(), how="sale")
    with pytest.raises(IntegrityError), transaction.atomic():
        Ownership.objects.filter(unit=sold).update(to_on=today() - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=sold.pk).update(state="in_stock")


def test_former_owner_is_unnamed_to_who_may_not_see(catalog: Any, sold: Any, karim: Any, elsewhere: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="letter")
    assert [one.name for one in owners_of(catalog.seller, sold)] == ["Karim Test", "Rahima Test"]
    assert [(one.name, one.consent) for one in owners_of(catalog.looker, sold)] == [
        ("Karim Test", "letter"), ("A former owner", ""),
    ]  # fmt: skip
    assert [one.name for one in owners_of(elsewhere.seller, sold)] == ["Owner", "A former owner"]


def test_replacement_is_given_without_a_sale(catalog: Any, sold: Any, rahima: Any) -> None:
    unit = create_unit(
        actor=catalog.seller, product=catalog.fridge, identifiers={"serial": "SN-2"}, branch=catalog.branch
    )
    change_unit_state(actor=catalog.chief, unit=sold, state="replaced", data={"by": unit.number})
    give_unit(actor=catalog.chief, unit=unit, to=rahima, on=today())
    assert [one.number for one in units_of(rahima)] == [unit.number]
    assert Ownership.objects.get(unit=unit).how == "replacement"


def test_reading_is_kept_and_one_below_is_marked(catalog: Any, rahima: Any) -> None:
    unit = (
        sell(catalog, rahima, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE}, unit_price=Decimal(1))
        .lines.get()
        .unit
    )
    first = add_reading(actor=catalog.seller, unit=unit, value=1200, read_on=today(), source="counter")
    again = add_reading(actor=catalog.seller, unit=unit, value=1200, read_on=today(), source="counter")
    lower = add_reading(actor=catalog.seller, unit=unit, value=900, read_on=today(), source="job")
    assert (first.pk, first.went_back, lower.went_back) == (again.pk, False, True)
    assert latest_reading(unit) == lower
    assert Reading.objects.count() == 2


def test_reading_that_cannot_be_is_refused(catalog: Any, rahima: Any, sold: Any) -> None:
    digest = rows_digest()
    for values, code in (
        ({"value": 5}, "no_usage"),
        ({"value": -1}, "not_a_reading"),
        ({"value": 5, "read_on": today() + timedelta(days=1)}, "in_future"),
    ):
        with pytest.raises(DomainError) as refused:
            add_reading(actor=catalog.seller, unit=sold, **{"read_on": today(), "source": "counter", **values})
        assert refused.value.code == code
    with pytest.raises(PermissionRefused):
        add_reading(actor=catalog.looker, unit=sold, value=5, read_on=today(), source="counter")
    assert rows_digest() == digest


def test_corrected_number_replaces_the_old_one(catalog: Any, sold: Any) -> None:
    correct_unit(
        actor=catalog.seller, unit=sold, identifiers={"serial": "SN-00O1"}, extra={"colour": "White", "x": "y"}
    )
    unit = Unit.objects.get()
    assert unit.identifiers.get().folded == "SN00O1"
    assert unit.extra == {"colour": "White"}


def test_correcting_to_a_taken_number_is_refused(catalog: Any, sold: Any, rahima: Any) -> None:
    sell(catalog, rahima, identifiers={"serial": "SN-2"})
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        correct_unit(actor=catalog.seller, unit=sold, identifiers={"serial": "SN-2"})
    assert refused.value.code == "identifier_taken"
    with pytest.raises(Conflict) as refused:
        correct_unit(actor=catalog.seller, unit=sold, identifiers={"serial": "SN-3"}, version=99)
    assert refused.value.code == "changed_meanwhile"
    assert rows_digest() == digest


@pytest.mark.django_db(transaction=True)
def test_life_line_can_be_neither_changed_nor_removed(catalog: Any, sold: Any) -> None:
    for act in (
        lambda: UnitLife.objects.update(verb="x"),
        lambda: UnitLife.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert UnitLife.objects.count() == 2
    assert connection.is_usable()
