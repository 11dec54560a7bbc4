"""One number is one person on every road: read in a field, written by service and form, found by search and by a call,
imported, and refused alike everywhere (A56.2, peer-complaints A2). The table is ours; tests/reference has another one.
"""

import csv
from pathlib import Path

import pytest

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.selectors.customers import find_by_contact
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.contacts import read_contacts
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.targets.customers.reading import read_customer

with (Path(__file__).parents[1] / "tables" / "phone_fields.csv").open(encoding="utf-8", newline="") as table:
    ROWS = [(row["field"], row["region"], row["e164"].split(), row["why"]) for row in csv.DictReader(table)]

every_row = pytest.mark.parametrize(("field", "region", "numbers", "why"), ROWS, ids=[row[3] for row in ROWS])
every_good_row = pytest.mark.parametrize(
    ("field", "region", "numbers"), [row[:3] for row in ROWS if row[2]], ids=[row[3] for row in ROWS if row[2]]
)


def test_table_is_large_and_names_each_case_once():
    assert len(ROWS) >= 80
    assert len({why for *_rest, why in ROWS}) == len(ROWS)
    assert sum(not numbers for _field, _region, numbers, _why in ROWS) >= 12


@every_row
def test_field_is_read_or_refused_as_the_table_says(field, region, numbers, why):
    if not numbers and clean_text(field):
        with pytest.raises(DomainError) as refused:
            read_contacts(phones=[field], emails=[], region=region)
        assert refused.value.field == "phone"
        assert str(refused.value.message)
        return
    assert [contact.value for contact in read_contacts(phones=[field], emails=[], region=region)] == numbers, why


@every_row
def test_import_reads_it_alike(field, region, numbers, why):
    row = read_customer(1, {"name": ["Somebody"], "phone": [field]}, region=region, system="file")
    found = [contact.value for contact in row.record.contacts] if row.record else []
    assert found == numbers, why
    assert bool(row.record) == bool(numbers)


@every_good_row
def test_written_so_it_is_found_by_search_and_by_a_call(shop, field, region, numbers):
    shop.branch.country = region
    shop.branch.save(update_fields=["country"])
    who = create_customer(actor=SYSTEM, branch=shop.branch, name_en="Zulekha", phones=[field])
    assert list(ContactPoint.objects.order_by("id").values_list("value", flat=True)) == numbers
    for number in numbers:
        assert find_by_contact("phone", number) == who
        assert [one.pk for one in search_customers(shop.owner, number)] == [who.pk]
        assert [one.pk for one in search_customers(shop.owner, number[-6:])] == [who.pk]
        assert [one.pk for one in search_customers(shop.owner, number[4:-2])] == [who.pk]


@every_good_row
def test_form_says_who_has_the_number_already(shop, client_as, field, region, numbers):
    shop.branch.country = region
    shop.branch.save(update_fields=["country"])
    for number in numbers:
        create_customer(actor=SYSTEM, branch=shop.branch, name_en=f"Known {number[-4:]}", phones=[number])
    answer = client_as(shop.owner).post("/customers/new/", {"name_en": "Newcomer", "phone": field, "language": "en"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(f"Known {number[-4:]}" in page for number in numbers)
    assert not Customer.objects.filter(name_en="Newcomer").exists()


@pytest.mark.parametrize("field", [row[0] for row in ROWS if not row[2] and row[1] == "BD"])
def test_form_refuses_and_keeps_what_was_typed(shop, client_as, field):
    answer = client_as(shop.owner).post("/customers/new/", {"name_en": "Newcomer", "phone": field, "language": "en"})
    assert answer.status_code == 422
    assert clean_text(field) in answer.content.decode()
    assert not Customer.objects.exists()
