"""What a merge, an erasure and a segment do with units and purchases."""

from datetime import timedelta
from typing import Any

import pytest

from halkhata.engines.segments.registry import Asking, segment_fields
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Purchase, Unit, UnitLife
from halkhata.records.catalog.registry import life_sentences
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.purchases import reverse_purchase
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.unmerge import unmerge_customer
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import timeline_sentences
from halkhata.records.privacy.services.erasing import erase_person

from .conftest import CHASSIS, ENGINE, sell


def holdings() -> list[Any]:
    return [
        list(Unit.objects.order_by("pk").values_list("number", "owner")),
        list(Purchase.objects.order_by("pk").values_list("number", "customer")),
        list(Ownership.objects.order_by("pk").values_list("unit", "customer", "to_on")),
    ]


def test_merge_moves_what_somebody_owns_and_unmerge_brings_it_back(
    catalog: Any, rahima: Any, karim: Any, sold: Any
) -> None:
    sell(catalog, karim, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE})
    before = holdings()
    merge_customers(actor=catalog.shop.owner, merged=karim, survivor=rahima, reason="one person")
    assert set(Unit.objects.values_list("owner", flat=True)) == {rahima.pk}
    assert set(Purchase.objects.values_list("customer", flat=True)) == {rahima.pk}
    assert set(Ownership.objects.values_list("customer", flat=True)) == {rahima.pk}
    unmerge_customer(actor=catalog.shop.owner, customer=karim)
    assert holdings() == before


def test_erased_person_leaves_the_unit_and_no_name(catalog: Any, rahima: Any, karim: Any, sold: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="Karim Test signed")
    Unit.objects.update(extra={"site": "House 5, Savar"})
    erase_person(actor=catalog.shop.owner, customer=karim)
    assert Unit.objects.values_list("owner", "extra").get() == (karim.pk, {})
    assert Ownership.objects.get(customer=karim).consent == "•••"
    assert str(Customer.objects.get(pk=karim.pk)) == "Customer without a name"
    assert UnitLife.objects.count() == 3


def holders(code: str, **parts: Any) -> set[str]:
    field = segment_fields.get(code)
    found = set()
    for for_one in (False, True):
        asking = Asking(today=today(), for_one=for_one)
        (name, values), *_rest = parts.items()
        condition = getattr(field, name)(asking, *values)
        rows = set(Customer.objects.filter(condition).values_list("name_en", flat=True))
        assert not found or found == rows
        found = found or rows
    return found


@pytest.fixture
def owners(catalog: Any, rahima: Any, karim: Any, sold: Any) -> Any:
    """Rahima has a fridge; Karim a fridge and a motorcycle, bought ten days ago."""
    past = today() - timedelta(days=10)
    sell(catalog, karim, identifiers={"serial": "SN-2"}, bought_on=past)
    sell(catalog, karim, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE}, bought_on=past)
    return catalog


def test_segments_know_what_somebody_owns(owners: Any) -> None:
    past = today() - timedelta(days=10)
    assert holders("unit.product", one_of=[[str(owners.bike.pk)]]) == {"Karim Test"}
    assert holders("unit.brand", one_of=[[str(owners.brand.pk)]]) == {"Karim Test", "Rahima Test"}
    assert holders("unit.kind", one_of=[[str(owners.fridge.kind_id)]]) == {"Karim Test", "Rahima Test"}
    assert holders("unit.number", between=[2, None]) == {"Karim Test"}
    assert holders("unit.number", between=[1, 1]) == {"Rahima Test"}
    assert holders("unit.number", between=[None, 0]) == set()
    assert holders("unit.bought", between=[past, past]) == {"Karim Test"}
    assert holders("unit.bought", between=[today(), None]) == {"Rahima Test"}
    assert holders("unit.bought", holds=[]) == {"Karim Test", "Rahima Test"}


def test_reversed_sale_counts_for_no_segment(owners: Any) -> None:
    reverse_purchase(actor=owners.chief, purchase=Purchase.objects.order_by("pk").first(), reason="Wrong")
    assert holders("unit.number", between=[1, None]) == {"Karim Test"}
    assert holders("unit.bought", holds=[]) == {"Karim Test"}


def test_events_are_delivered_and_every_line_has_words(owners: Any) -> None:
    run_until_quiet()
    for verb in UnitLife.objects.values_list("verb", flat=True).distinct():
        assert verb in life_sentences
    for verb in ("purchase.recorded", "purchase.reversed", "unit.handed_on", "unit.taken_over"):
        assert verb in timeline_sentences
