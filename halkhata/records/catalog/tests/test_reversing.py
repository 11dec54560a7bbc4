"""Taking a sale back as one, and what stands against it."""

from typing import Any

import pytest

from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Purchase, PurchaseLine, Unit, UnitLife
from halkhata.records.catalog.registry import SaleStep, sale_steps
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.purchases import reverse_purchase
from halkhata.records.catalog.services.units import change_unit_state

from .conftest import rows_digest, sell


def test_reversed_sale_puts_the_unit_back_in_stock(catalog: Any, sold: Any) -> None:
    purchase = reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong model")
    unit = Unit.objects.get()
    assert (purchase.is_reversed, purchase.reverse_reason, purchase.reversed_by) == (True, "Wrong model", catalog.chief)
    assert (unit.state, unit.owner, unit.sold_on) == ("in_stock", None, None)
    owned = Ownership.objects.get()
    assert (owned.to_on, owned.is_undone) == (today(), True)
    assert PurchaseLine.objects.get().stands is False
    assert UnitLife.objects.filter(verb="unit.sale_reversed").count() == 1
    assert OutboxEvent.objects.filter(name="purchase.reversed").count() == 1


def test_unit_of_a_reversed_sale_can_be_sold_again(catalog: Any, sold: Any, karim: Any) -> None:
    reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong customer")
    again = sell(catalog, karim)
    assert again.lines.get().unit_id == sold.pk
    assert Unit.objects.get().owner == karim


def test_sale_is_reversed_once(catalog: Any, sold: Any) -> None:
    purchase = Purchase.objects.get()
    reverse_purchase(actor=catalog.chief, purchase=purchase, reason="Wrong")
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=catalog.chief, purchase=purchase, reason="Again")
    assert refused.value.code == "reversed_already"
    assert rows_digest() == digest


def test_without_a_reason_nothing_is_reversed(catalog: Any, sold: Any) -> None:
    digest = rows_digest()
    with pytest.raises(DomainError) as refused:
        reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason=" \u200b ")
    assert (refused.value.code, refused.value.field) == ("no_reason", "reason")
    assert rows_digest() == digest


def test_who_may_not_reverse_is_refused(catalog: Any, sold: Any, elsewhere: Any) -> None:
    digest = rows_digest()
    with pytest.raises(PermissionRefused):
        reverse_purchase(actor=catalog.seller, purchase=Purchase.objects.get(), reason="Mine")
    elsewhere.seller.role = catalog.chief.role
    elsewhere.seller.save()
    with pytest.raises(NotFound):
        reverse_purchase(actor=elsewhere.seller, purchase=Purchase.objects.get(), reason="Theirs")
    assert rows_digest() == digest


def test_unit_with_another_owner_stands_against_it(catalog: Any, sold: Any, karim: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="signed letter")
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong")
    assert refused.value.code == "owner_changed"
    assert rows_digest() == digest


def test_unit_given_back_stands_against_it(catalog: Any, sold: Any) -> None:
    change_unit_state(actor=catalog.chief, unit=sold, state="returned")
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong")
    assert refused.value.code == "not_with_buyer"
    assert rows_digest() == digest


def test_step_that_stands_against_it_keeps_everything(catalog: Any, sold: Any, monkeypatch: Any) -> None:
    def stand(*_args: Any) -> None:
        raise Conflict("open_job", "A job is open")

    monkeypatch.setattr(sale_steps, "_entries", {"jobs": SaleStep(order=1, sold=lambda *_args: None, reversed=stand)})
    digest = rows_digest()
    with pytest.raises(Conflict, match="open_job"):
        reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong")
    assert rows_digest() == digest


def test_unit_given_back_and_returned_to_its_owner_is_sold_as_before(catalog: Any, sold: Any, rahima: Any) -> None:
    change_unit_state(actor=catalog.chief, unit=sold, state="returned")
    back = change_unit_state(actor=catalog.chief, unit=sold, state="sold")
    assert (back.owner, back.state, Ownership.objects.get().to_on) == (rahima, "sold", None)
    assert PurchaseLine.objects.get().stands is True
    reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Now it can be")
    assert Unit.objects.get().state == "in_stock"


def test_unit_nobody_had_cannot_be_given_back(catalog: Any, sold: Any) -> None:
    reverse_purchase(actor=catalog.chief, purchase=Purchase.objects.get(), reason="Wrong")
    with pytest.raises(Conflict) as refused:
        change_unit_state(actor=catalog.chief, unit=sold, state="sold")
    assert refused.value.code == "never_sold"
