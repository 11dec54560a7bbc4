"""A serial number that somebody else owns, and a unit that changed hands unwritten, are signs of a double (A56.5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.choices import OwnedHow
from halkhata.records.catalog.days import today
from halkhata.records.catalog.doubles import holders, marks_of, owners
from halkhata.records.catalog.models import Ownership, Purchase, Unit
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.reversing import reverse_purchase
from halkhata.records.customers.merging.book import people_of, whole_book
from halkhata.records.customers.merging.candidates import candidates_of
from halkhata.records.customers.merging.pairing import find_pairs
from halkhata.records.customers.merging.proposals import begin_search, search_slice
from halkhata.records.customers.models import Customer, DuplicatePair, DuplicateSearch
from halkhata.records.customers.services.customers import create_customer

from .conftest import rows_digest, sell

URL = "/units/sale/"


def handed_on_unwritten(unit: Unit, to: Customer) -> None:
    """The unit is registered for somebody else, and nobody knows how it came to them."""
    Ownership.objects.filter(unit=unit, to_on__isnull=True).update(to_on=today())
    Ownership.objects.create(unit=unit, customer=to, from_on=today(), how=OwnedHow.REGISTERED)
    Unit.objects.filter(pk=unit.pk).update(owner=to)


def searched(*, whole_book: bool) -> DuplicateSearch:
    """A search, to its end."""
    search = begin_search(whole_book=whole_book)
    while search_slice(search):
        pass
    return search


def test_owner_of_a_serial_is_known_however_it_is_typed(catalog: Any, rahima: Any, sold: Any) -> None:
    for typed in ("SN-0001", "sn 0001", "SN০০০১"):
        assert owners([typed]) == {rahima.pk: ("SN-0001",)}
    assert owners(["SN-0002", "", "1"]) == {}


def test_second_customer_with_that_serial_needs_a_reason(catalog: Any, rahima: Any, sold: Any) -> None:
    before = rows_digest()
    with pytest.raises(DomainError) as refused:
        create_customer(actor=catalog.seller, name_en="Salma Test", phones=["01100000077"], serials=["sn0001"])
    assert refused.value.code == "possible_duplicate"
    assert str(refused.value.message) == "The serial number SN-0001 belongs to Rahima Test, who is here already."
    assert rows_digest() == before
    made = create_customer(
        actor=catalog.seller, name_en="Salma Test", phones=["01100000077"], serials=["sn0001"],
        confirm_duplicate="borrowed it",
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="customer.create", record_id=str(made.pk))
    assert entry.note == f"known already as {rahima.pk}: borrowed it"


def test_owner_of_another_branch_is_not_named(catalog: Any, sold: Any, elsewhere: Any) -> None:
    with pytest.raises(DomainError) as refused:
        create_customer(actor=elsewhere.seller, name_en="Salma Test", serials=["SN-0001"])
    assert str(refused.value.message) == "The serial number SN-0001 belongs to a customer of another branch."


def test_sale_of_what_somebody_owns_leads_to_the_unit_before_anything_is_written(
    catalog: Any, rahima: Any, sold: Any, client_as: Any
) -> None:
    client, before = client_as(catalog.seller), rows_digest()
    typed = {"token": "t9", "who": "01100000077", "also": "Salma Test", "product": "Fridge 220",
             "identifier_serial": "SN 0001"}  # fmt: skip
    answer = client.post(URL, typed)
    assert answer.status_code == 409
    assert "This number belongs to a unit that is written down already" in answer.content.decode()
    assert rows_digest() == before


def test_sale_of_another_product_with_the_number_of_somebody_asks_whose_unit_it_is(
    catalog: Any, rahima: Any, sold: Any, client_as: Any
) -> None:
    client, before = client_as(catalog.seller), rows_digest()
    typed = {"token": "t9", "who": "01100000077", "also": "Salma Test", "product": "Testa Motorcycle 150 (M150)",
             "identifier_chassis": "SN 0001", "identifier_engine": "EN-77001"}  # fmt: skip
    answer = client.post(URL, typed)
    page = answer.content.decode()
    assert "The serial number SN-0001 belongs to Rahima Test" in page
    assert f'value="{rahima.pk}"' in page
    assert rows_digest() == before
    sold_to = client.post(URL, {**typed, "chosen": str(rahima.pk)})
    assert sold_to.status_code == 302
    assert Purchase.objects.latest("pk").customer == rahima


def test_unit_that_changed_hands_unwritten_is_a_sign_with_its_reason(catalog: Any, rahima: Any, sold: Any) -> None:
    double = create_customer(actor=catalog.seller, name_en="Rahima Begum Test", phones=["01100000099"], language="en")
    handed_on_unwritten(sold, double)
    marks = marks_of([rahima.pk])[rahima.pk]
    assert marks_of([double.pk])[double.pk] == marks
    assert holders(marks) == sorted([rahima.pk, double.pk])
    (person,) = people_of([rahima.pk])
    (found,) = candidates_of(person, except_for=[rahima.pk])
    assert found.customer_id == double.pk
    assert ("unit", "same") in {(one.field, one.level) for one in found.reasons}
    (pair,) = find_pairs(whole_book())
    assert (pair.first, pair.second) == (rahima.pk, double.pk)


def test_nightly_search_finds_the_pair_when_a_unit_is_registered_for_another(
    catalog: Any, rahima: Any, sold: Any
) -> None:
    double = create_customer(actor=catalog.seller, name_en="Rahima Begum Test", phones=["01100000099"], language="en")
    searched(whole_book=True)
    assert not DuplicatePair.objects.exists()
    Customer.objects.update(updated_at=now() - timedelta(days=2))
    # As after an import of an old book: sold, and nobody knows to whom.
    Ownership.objects.filter(unit=sold).update(to_on=today())
    Unit.objects.filter(pk=sold.pk).update(owner=None)
    transfer_unit(actor=catalog.seller, unit=sold, to=double, on=today(), consent="")
    assert searched(whole_book=False).people == 1
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == (rahima.pk, double.pk)
    assert ["unit", "same", 9.0] in pair.reasons


def test_transfer_and_resale_are_no_sign(catalog: Any, rahima: Any, karim: Any, sold: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="letter")
    reversed_ = sell(catalog, rahima, identifiers={"serial": "SN-0009"})
    reverse_purchase(actor=catalog.chief, purchase=reversed_, reason="mistake")
    sell(catalog, karim, identifiers={"serial": "SN-0009"})
    assert Purchase.objects.count() == 3
    assert marks_of([rahima.pk, karim.pk]) == {}
    assert list(find_pairs(whole_book())) == []


def test_statements_do_not_grow_with_units(catalog: Any, rahima: Any, karim: Any, sold: Any) -> None:
    handed_on_unwritten(sold, karim)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            marks_of([rahima.pk, karim.pk])
            holders([f"{sold.pk}:1"])
            owners(["SN-0001"])
            people_of([rahima.pk, karim.pk])
        return len(queries)

    before = statements()
    for number in range(8):
        handed_on_unwritten(sell(catalog, rahima, identifiers={"serial": f"SN-11{number}0"}).lines.get().unit, karim)
    assert statements() == before == 3 + 6
