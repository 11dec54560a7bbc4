"""Registrations: written down, verified or rejected with a reason, looked at when twice (A53.2, US-06)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Product, Unit
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.models import Cover, Flag, Registration
from halkhata.records.warranty.services.registering import (
    confirm_phone,
    note_registration,
    reject_registration,
    verify_registration,
)
from halkhata.records.warranty.tests.conftest import SOLD_ON, digest, sell_unit

pytestmark = pytest.mark.django_db


def note(catalog, **values):
    return note_registration(
        **{
            "actor": catalog.counter, "serial": "ELSE-77", "bought_on": SOLD_ON, "channel": "counter",
            "branch": catalog.branch, "phone": "01100000009", "person_name": "Salma Test", **values,
        }
    )  # fmt: skip


def test_noted_registration_starts_nothing_until_somebody_checks_it(catalog, terms):
    row = note(catalog)
    assert (row.state, row.unit, row.serial_folded, row.phone) == ("unverified", None, "ELSE77", "+8801100000009")
    assert not Cover.objects.exists()
    assert not Unit.objects.exists()


def test_verified_one_writes_unit_owner_and_covers_from_the_day_on_the_bill(catalog, terms):
    row = verify_registration(
        actor=catalog.counter, registration=note(catalog), product=catalog.fridge, bought_on=date(2026, 3, 10)
    )
    unit = row.unit
    assert (row.state, row.decided_by, row.bought_on) == ("verified", catalog.counter, date(2026, 3, 10))
    assert (unit.state, unit.sold_on, str(unit.owner)) == ("sold", date(2026, 3, 10), "Salma Test")
    assert unit.identifiers.get().value == "ELSE-77"
    assert Ownership.objects.get(unit=unit).how == "registered"
    assert {cover.ends_on for cover in unit.covers.all()} == {date(2027, 3, 10), date(2036, 3, 10)}
    with pytest.raises(Conflict, match="decided"):
        verify_registration(actor=catalog.counter, registration=row)


def test_known_customer_is_found_by_the_phone(catalog, terms, rahima):
    before = Customer.objects.count()
    row = verify_registration(
        actor=catalog.counter, registration=note(catalog, phone="০১১০০০০০০০১"), product=catalog.fridge
    )
    assert row.customer == rahima
    assert Customer.objects.count() == before


def test_unknown_serial_needs_a_product_and_changes_nothing_without(catalog, terms):
    row = note(catalog)
    before = digest()
    with pytest.raises(DomainError) as refused:
        verify_registration(actor=catalog.counter, registration=row)
    assert (refused.value.code, refused.value.field) == ("no_product", "product")
    assert digest() == before
    assert Customer.objects.count() == 0


def test_serial_of_somebody_else_is_refused_with_the_way_out_and_flagged(fridge, catalog, karim):
    row = note(catalog, serial="sn 0001", phone="01100000002")
    assert row.unit == fridge
    flag = Flag.objects.get()
    assert (flag.kind, flag.data["number"]) == ("registered_twice", row.number)
    before = digest()
    with pytest.raises(Conflict) as refused:
        verify_registration(actor=catalog.counter, registration=row)
    assert refused.value.code == "owned_by_other"
    assert fridge.number in str(refused.value.message)
    assert "hand it over" in str(refused.value.message)
    assert digest() == before


def test_serial_that_somebody_owns_on_another_product_needs_a_note_before_a_second_customer(fridge, catalog, terms):
    row = note(catalog, serial="SN-0001", person_name="Salma Test")
    Registration.objects.filter(pk=row.pk).update(unit=None)
    row.refresh_from_db()
    other = Product.objects.create(
        brand=fridge.product.brand, kind=fridge.product.kind, name_en="Fridge 300", model_code="F300", folded="F300"
    )
    before = digest()
    with pytest.raises(DomainError) as refused:
        verify_registration(actor=catalog.counter, registration=row, product=other)
    assert refused.value.code == "possible_duplicate"
    assert "The serial number SN-0001 belongs to" in str(refused.value.message)
    assert digest() == before
    done = verify_registration(actor=catalog.counter, registration=row, product=other, note="both papers were seen")
    assert str(done.customer) == "Salma Test"
    assert AuditEntry.objects.get(action="customer.create", note__contains="both papers were seen")


def test_rejected_one_names_the_reason_and_starts_nothing(catalog, terms):
    row = note(catalog)
    before = digest()
    with pytest.raises(DomainError, match="no_reason"):
        reject_registration(actor=catalog.counter, registration=row, reason="because")
    with pytest.raises(DomainError, match="no_note"):
        reject_registration(actor=catalog.counter, registration=row, reason="other")
    assert digest() == before
    row = reject_registration(actor=catalog.counter, registration=row, reason="unreadable")
    assert (row.state, row.reject_reason) == ("rejected", "unreadable")
    assert AuditEntry.objects.get(action="registration.reject").after["reason"] == "unreadable"
    assert not Cover.objects.exists()
    with pytest.raises(Conflict, match="decided"):
        verify_registration(actor=catalog.counter, registration=row, product=catalog.fridge)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"serial": " - "}, "no_serial"),
        ({"bought_on": today() + timedelta(days=2)}, "in_future"),
        ({"phone": "12"}, None),
    ],
)
def test_bad_input_is_refused_and_nothing_written(catalog, terms, values, code):
    before = digest()
    with pytest.raises(DomainError) as refused:
        note(catalog, **values)
    assert code is None or refused.value.code == code
    assert digest() == before


def test_form_sent_twice_is_one_registration(catalog, terms):
    assert note(catalog, key="form:1").pk == note(catalog, key="form:1").pk
    assert Registration.objects.count() == 1


def test_old_page_cannot_decide_over_a_newer_decision(catalog, terms):
    row = note(catalog)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        verify_registration(actor=catalog.counter, registration=row, version=row.version + 1, product=catalog.fridge)


def test_onlooker_and_other_branch_decide_nothing(catalog, terms, elsewhere):
    row = note(catalog)
    elsewhere.seller.role = catalog.counter.role
    elsewhere.seller.save()
    before = digest()
    with pytest.raises(PermissionRefused):
        verify_registration(actor=catalog.looker, registration=row, product=catalog.fridge)
    with pytest.raises(Conflict, match="gone"):
        verify_registration(actor=elsewhere.seller, registration=row, product=catalog.fridge)
    assert digest() == before


def test_database_keeps_states_and_reasons_together(catalog, terms):
    row = note(catalog)
    for change in ({"state": "rejected"}, {"state": "verified"}, {"reject_reason": "other"}, {"state": "maybe"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.filter(pk=row.pk).update(**change)


def test_code_proves_the_number_once(catalog, terms):
    row = note(catalog, work_number="K-1001")
    assert confirm_phone(work_number="") == 0
    assert confirm_phone(work_number="K-1001") == 1
    assert confirm_phone(work_number="K-1001") == 0
    row.refresh_from_db()
    assert row.phone_confirmed_at is not None


# ------------------------------------------------------------------------------------------------ a new owner
def test_transfer_keeps_the_cover_from_the_same_day(fridge, catalog, karim):
    transfer_unit(actor=catalog.seller, unit=fridge, to=karim, on=today(), consent="signed letter")
    run_until_quiet()
    assert set(Cover.objects.filter(unit=fridge).values_list("state", "starts_on")) == {("active", SOLD_ON)}


def test_transfer_ends_the_cover_where_the_terms_say_so(catalog, terms, rahima, karim):
    from halkhata.foundation.audit.trail import SYSTEM
    from halkhata.records.warranty.services.publishing import Term, publish_policy

    publish_policy(
        actor=SYSTEM, code=terms.fridge.code, name_en="Fridge", product_kind=catalog.fridge.kind, on_transfer="end",
        terms=[Term(component="all", label_en="Parts", months=12)],
    )  # fmt: skip
    unit = sell_unit(catalog, rahima, serial="SN-8")
    transfer_unit(actor=catalog.seller, unit=unit, to=karim, on=today(), consent="signed letter")
    run_until_quiet()
    assert Cover.objects.get(unit=unit).state == "ended"
    before = digest()
    run_until_quiet()
    assert digest() == before
