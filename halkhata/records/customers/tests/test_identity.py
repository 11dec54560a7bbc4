"""A56.1 to A56.4: one identity for a person, and whose a shared number is."""

import pytest
from django.db import IntegrityError, transaction

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.records.customers.models import (
    ContactPoint,
    Customer,
    CustomerAlias,
    ExternalId,
    Household,
    HouseholdMember,
)
from halkhata.records.customers.selectors.customers import find_by_contact
from halkhata.records.customers.selectors.households import household_of
from halkhata.records.customers.services.contacts import add_contact_point, remove_contact_point
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.services.external_ids import (
    add_external_id,
    customers_by_external_ids,
    find_by_external_id,
)
from halkhata.records.customers.services.households import join_household, leave_household
from halkhata.records.customers.services.owners import claim_unowned, take_number

PHONE, E164 = "01112345678", "+8801112345678"


def make(shop, name, **values):
    return create_customer(actor=shop.agent, name_en=name, **values)


def owners(value=E164):
    return list(ContactPoint.objects.filter(value=value, is_owner=True).values_list("customer_id", flat=True))


def test_family_member_shares_the_number_and_the_household(shop):
    father = make(shop, "Father", phones=[PHONE])
    son = make(shop, "Son", phones=["০১১১২-৩৪৫৬৭৮"], confirm_duplicate="family member", family_of=father)
    assert [member.customer_id for member in household_of(shop.agent, son)] == [father.pk, son.pk]
    assert owners() == [father.pk]
    assert find_by_contact("phone", PHONE) == father


def test_who_lives_there_already_needs_no_reason_for_the_shared_number(shop):
    mother, daughter = make(shop, "Mother", phones=[PHONE]), make(shop, "Daughter")
    with pytest.raises(DomainError) as refused:
        add_contact_point(actor=shop.agent, customer=daughter, kind="phone", typed=PHONE)
    assert refused.value.code == "possible_duplicate"
    join_household(actor=shop.agent, customer=daughter, relative=mother, relation="child")
    point = add_contact_point(actor=shop.agent, customer=daughter, kind="phone", typed=PHONE)
    assert not point.is_owner


def test_database_holds_one_owner_for_each_number(shop):
    make(shop, "First", phones=[PHONE])
    second = make(shop, "Second", phones=[PHONE], confirm_duplicate="another person")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.filter(customer=second).update(is_owner=True)
    assert len(owners()) == 1


def test_number_that_changed_hands_is_taken(shop):
    first = make(shop, "First", phones=[PHONE])
    second = make(shop, "Second", phones=[PHONE], confirm_duplicate="has the number now")
    take_number(actor=shop.agent, point=second.contact_points.get())
    assert owners() == [second.pk]
    assert find_by_contact("phone", PHONE) == second
    entry = AuditEntry.objects.get(action="customer.take_number")
    assert (entry.before["owner"], entry.after["owner"]) == (first.pk, second.pk)


def test_when_the_owner_gives_a_number_up_the_next_has_it(shop):
    first = make(shop, "First", phones=[PHONE])
    second = make(shop, "Second", phones=[PHONE], confirm_duplicate="sister")
    remove_contact_point(actor=shop.agent, point=first.contact_points.get())
    assert owners() == [second.pk]
    assert CustomerAlias.objects.get().key == E164
    add_contact_point(actor=shop.agent, customer=first, kind="phone", typed=PHONE, confirm_duplicate="again")
    assert not CustomerAlias.objects.exists()
    assert owners() == [second.pk]


def test_claiming_in_bulk_gives_each_number_to_the_first(shop):
    people = Customer.objects.bulk_create(Customer(name_en=f"P{number}", branch=shop.branch) for number in range(3))
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=person, kind="phone", typed=PHONE, value=E164) for person in people
    )
    assert claim_unowned([person.pk for person in people]) == 1
    assert owners() == [people[0].pk]
    assert claim_unowned([person.pk for person in people]) == 0


def test_household_of_one_is_none(shop):
    father, mother, son = (make(shop, name) for name in ("Father", "Mother", "Son"))
    join_household(actor=shop.agent, customer=mother, relative=father, relation="spouse")
    join_household(actor=shop.agent, customer=son, relative=mother, relation="child")
    assert Household.objects.count() == 1
    leave_household(actor=shop.agent, customer=father)
    assert HouseholdMember.objects.count() == 2
    leave_household(actor=shop.agent, customer=mother)
    assert (Household.objects.count(), HouseholdMember.objects.count()) == (0, 0)
    with pytest.raises(NotFound):
        leave_household(actor=shop.agent, customer=mother)


def test_nobody_lives_in_two_households(shop):
    one, two, three, four = (make(shop, name) for name in ("One", "Two", "Three", "Four"))
    join_household(actor=shop.agent, customer=one, relative=two)
    join_household(actor=shop.agent, customer=three, relative=four)
    with pytest.raises(DomainError) as refused:
        join_household(actor=shop.agent, customer=one, relative=three)
    assert refused.value.code == "in_another_household"
    with pytest.raises(DomainError):
        join_household(actor=shop.agent, customer=one, relative=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdMember.objects.create(customer=one, household=Household.objects.create())


def test_household_shows_only_whom_the_reader_sees(shop):
    elsewhere = Branch.objects.create(name_en="Elsewhere", code="else", path="/9/", country="BD")
    here = make(shop, "Here")
    there = create_customer(actor=SYSTEM, name_en="There", branch=elsewhere)
    join_household(actor=SYSTEM, customer=here, relative=there)
    assert [member.customer_id for member in household_of(shop.agent, here)] == [here.pk]
    assert len(household_of(shop.owner, here)) == 2


def test_id_in_another_system_belongs_to_one(shop):
    one, two = make(shop, "One"), make(shop, "Two")
    first = add_external_id(actor=shop.agent, customer=one, system="Old Program", value="AB-০১")
    assert add_external_id(actor=shop.agent, customer=one, system="old program", value="ab 01") == first
    with pytest.raises(DomainError) as refused:
        add_external_id(actor=shop.agent, customer=two, system="OLD PROGRAM", value="AB-01")
    assert (refused.value.code, refused.value.data["customer_id"]) == ("external_id_taken", one.pk)
    assert find_by_external_id("old program", "ab-01") == one
    assert customers_by_external_ids("Old program", ["AB-01", "none"]) == {"AB-01": one.pk}
    Customer.objects.filter(pk=one.pk).update(merged_into=two)
    assert find_by_external_id("old program", "ab-01") == two
    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalId.objects.create(customer=two, system="old program", value="x", key="ab01")


def test_former_names_are_kept_and_forgotten_when_current_again(shop):
    who = make(shop, "Salma Khatun")
    who = update_customer(actor=shop.agent, customer=who, version=who.version, name_en="Salma Begum")
    assert [alias.value for alias in who.former.all()] == ["Salma Khatun"]
    who = update_customer(actor=shop.agent, customer=who, version=who.version, name_en="SALMA KHATUN")
    assert [alias.value for alias in who.former.all()] == ["Salma Begum"]


def test_identity_page_brings_relatives_together_and_shows_all(shop, client_as):
    client = client_as(shop.agent)
    father = make(shop, "Karim Father", phones=[PHONE])
    son = make(shop, "Son")
    sent = client.post(f"/customers/{son.pk}/household/join/", {"relative": "345678", "relation": "child"})
    assert sent.status_code == 302
    client.post(f"/customers/{son.pk}/household/name/", {"name": "Sheikh Bari"})
    client.post(f"/customers/{son.pk}/ids/new/", {"system": "courier", "value": "C-77"})
    page = client.get(f"/customers/{son.pk}/identity/").content.decode()
    for text in ("Karim Father", "Son or daughter", "Sheikh Bari", "courier", "C-77"):
        assert text in page, text
    assert "Sheikh Bari" in client.get(f"/customers/{father.pk}/").content.decode()
    again = client.post(f"/customers/{father.pk}/ids/new/", {"system": "courier", "value": "C-77"})
    assert (again.status_code, "Another customer has this id" in again.content.decode()) == (422, True)
    nobody = client.post(f"/customers/{son.pk}/household/join/", {"relative": "nobody at all"})
    assert nobody.status_code == 422
    found = son.external_ids.get()
    assert client.post(f"/customers/{son.pk}/ids/{found.pk}/remove/").status_code == 302
    assert client.post(f"/customers/{son.pk}/household/leave/").status_code == 302
    assert not HouseholdMember.objects.exists()


def test_form_answer_family_makes_a_household(shop, client_as):
    client = client_as(shop.agent)
    father = make(shop, "Father", phones=[PHONE])
    values = {"name_en": "Daughter", "phone": PHONE, "language": "en", "duplicate_seen": str(father.pk)}
    sent = client.post("/customers/new/", {**values, "duplicate_choice": "family"})
    assert sent.status_code == 302, sent.content.decode()[:2000]
    daughter = Customer.objects.get(name_en="Daughter")
    assert {member.customer_id for member in household_of(shop.agent, daughter)} == {father.pk, daughter.pk}
