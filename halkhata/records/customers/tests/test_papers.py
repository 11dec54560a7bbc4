"""Identity papers are a mark of a double; their numbers stay in their fields (US-55)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.models import FieldDefinition
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.values import write_values
from halkhata.records.customers.merging.book import people_of, whole_book
from halkhata.records.customers.merging.candidates import candidates_for, candidates_of
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.pairing import find_pairs
from halkhata.records.customers.merging.proposals import begin_search, search_slice
from halkhata.records.customers.merging.reasons import words_of
from halkhata.records.customers.models import Customer, DuplicatePair, SearchKey
from halkhata.records.customers.selectors.papers import mark_of, papers_of
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.papers import index_all_papers

pytestmark = pytest.mark.django_db
NUMBER = "1990 2611-0007"


@pytest.fixture
def nid(shop):
    """The shop's own field for the national id."""
    return save_definition(actor=shop.owner, target="customer", code="nid", name_en="NID", is_identity=True)


def written(shop, name, phone, number=None):
    custom = {"nid": number} if number is not None else None
    return create_customer(actor=shop.owner, name_en=name, phones=[phone], custom=custom, confirm_duplicate="test")


def test_a_field_for_papers_is_a_private_text_and_the_database_agrees(shop, nid):
    assert (nid.is_identity, nid.is_private) == (True, True)
    with pytest.raises(DomainError, match="short text"):
        save_definition(actor=shop.owner, target="customer", name_en="Day", kind="date", is_identity=True)
    assert FieldDefinition.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldDefinition.objects.filter(pk=nid.pk).update(is_private=False)


def test_field_for_papers_is_made_in_the_settings_and_only_where_there_are_doubles(shop, client_as):
    client, url = client_as(shop.owner), reverse("fields:field", args=["customer", "new"])
    assert "is_identity" in client.get(url).content.decode()
    typed = {"name_en": "Passport", "kind": "text", "position": "5", "is_identity": "on", "is_active": "on"}
    assert client.post(url, typed).status_code == 302
    field = FieldDefinition.objects.get()
    assert (field.is_identity, field.is_private) == (True, True)
    assert client.post(url, {**typed, "kind": "date"}).status_code == 422
    assert FieldDefinition.objects.count() == 1
    assert "is_identity" not in client.get(reverse("fields:field", args=["ticket", "new"])).content.decode()


@pytest.mark.parametrize("typed", ["199026110007", "1990-2611 0007", "১৯৯০২৬১১০০০৭"])
def test_spelling_makes_no_difference(typed):
    assert mark_of(3, typed) == mark_of(3, NUMBER) != ""
    assert mark_of(4, typed) != mark_of(3, typed)


@pytest.mark.parametrize("typed", ["", "none", "n/a", "0", "12-34", "unknown"])
def test_what_is_no_number_is_no_mark(typed):
    assert mark_of(3, typed) == ""


def test_same_paper_of_two_names_is_proposed_and_the_number_is_nowhere(shop, nid):
    first = written(shop, "Rahima Khatun", "01100000123", NUMBER)
    second = written(shop, "Salma Sultana", "01155500999", "১৯৯০২৬১১০০০৭")
    (person,) = people_of([first.pk])
    (found,) = candidates_of(person, except_for=[first.pk])
    assert found.customer_id == second.pk
    assert words_of(found.reasons)[0] == "same identity paper"
    assert [(one.first, one.second) for one in find_pairs(whole_book())] == [(first.pk, second.pk)]
    search = begin_search(whole_book=True)
    while search_slice(search):
        pass
    pair = DuplicatePair.objects.get()
    assert ["paper", "same", 26.0] in pair.reasons
    stored = str(pair.reasons) + str(list(SearchKey.objects.filter(kind="paper").values_list("key", flat=True)))
    assert "19902611" not in stored


def test_mark_goes_with_the_value(shop, nid):
    customer = written(shop, "Rahima Khatun", "01100000123", NUMBER)
    marks = SearchKey.objects.filter(kind="paper", customer=customer)
    assert list(marks.values_list("key", flat=True)) == [mark_of(nid.pk, NUMBER)]
    write_values(actor=shop.owner, target="customer", record_id=customer.pk, values={"nid": ""})
    assert not marks.exists()


def test_field_that_becomes_one_for_papers_is_taken_in_by_the_search_of_the_book(shop):
    field = save_definition(actor=shop.owner, target="customer", code="nid", name_en="NID")
    first = written(shop, "Rahima Khatun", "01100000123", NUMBER)
    written(shop, "Salma Sultana", "01155500999", NUMBER)
    assert not SearchKey.objects.filter(kind="paper").exists()
    save_definition(actor=shop.owner, target="customer", definition=field, name_en="NID", is_identity=True)
    assert index_all_papers() == 2
    assert index_all_papers() == 0
    assert [one.first for one in find_pairs(whole_book())] == [first.pk]


def test_survivor_of_a_merge_has_the_mark_and_the_alias_none(shop, nid):
    first, second = written(shop, "Rahima Khatun", "01100000123"), written(shop, "Rahima K", "01155500999", NUMBER)
    merge_customers(actor=shop.owner, merged=second, survivor=first, chosen={}, reason="test")
    assert papers_of([first.pk, second.pk]) == {first.pk: {mark_of(nid.pk, NUMBER)}}
    assert list(SearchKey.objects.filter(kind="paper").values_list("customer_id", flat=True)) == [first.pk]


def test_form_asks_before_a_second_customer_with_the_paper_is_made(shop, nid, client_as):
    written(shop, "Rahima Khatun", "01100000123", NUMBER)
    client, url = client_as(shop.owner), reverse("customers:new")
    typed = {"name_en": "Salma Sultana", "phone": "01155500999", "language": "en", "cf_nid": "199026110007"}
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert (answer.status_code, Customer.objects.count()) == (422, 1)
    assert "same identity paper" in page
    assert "1990 2611" not in page
    seen = str(Customer.objects.get().pk)
    typed |= {"duplicate_seen": seen, "duplicate_choice": "other", "duplicate_reason": "number was misread"}
    assert client.post(url, typed).status_code == 302
    assert Customer.objects.count() == 2


def test_statements_do_not_grow_with_the_papers(shop, nid):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            candidates_for(["Nobody Likethis"], papers=[mark_of(nid.pk, NUMBER)])
        return len(queries)

    written(shop, "Rahima Khatun", "01100000123", NUMBER)
    statements()
    before = statements()
    for number in range(12):
        written(shop, f"Rahima Khatun{number}", f"01155500{number:03d}", NUMBER)
    assert statements() == before
    assert not AuditEntry.objects.filter(note__contains="1990").exists()
