"""Covers: frozen at the sale, ended by its reversal, moved once, void for a reason (R7, US-06, US-13)."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.models import UnitLife
from halkhata.records.catalog.services.purchases import reverse_purchase
from halkhata.records.warranty.models import Cover, Registration, WarrantyPolicy
from halkhata.records.warranty.services.covers import (
    begin_covers,
    end_covers,
    extend_covers,
    move_covers,
    start_covers,
    void_cover,
)
from halkhata.records.warranty.services.publishing import Term, publish_policy
from halkhata.records.warranty.services.registering import register_sale
from halkhata.records.warranty.tests.conftest import SOLD_ON, digest, sell_unit

pytestmark = pytest.mark.django_db


def spans(unit):
    return {
        (cover.component, cover.source, cover.starts_on, cover.ends_on, cover.state)
        for cover in Cover.objects.filter(unit=unit)
    }


def test_sale_starts_covers_and_registers_the_unit_without_typing(fridge, catalog, rahima):
    assert spans(fridge) == {
        ("all", "base", SOLD_ON, date(2027, 3, 12), "active"),
        ("compressor", "base", SOLD_ON, date(2036, 3, 12), "active"),
    }
    registration = Registration.objects.get(unit=fridge)
    assert (registration.state, registration.channel, registration.customer) == ("verified", "invoice", rahima)
    assert (registration.serial, registration.invoice_no) == ("SN-0001", "M-7")
    assert len(fridge.warranty_card.token) == 43
    assert UnitLife.objects.filter(unit=fridge, verb="warranty.started").count() == 1


def test_reversed_sale_ends_what_it_promised_and_a_new_sale_starts_anew(fridge, catalog, rahima, terms):
    reverse_purchase(actor=catalog.chief, purchase=fridge.lines.get().purchase, reason="typed twice")
    assert {cover.state for cover in Cover.objects.filter(unit=fridge)} == {"ended"}
    assert Registration.objects.get(unit=fridge).state == "rejected"


def test_later_version_of_the_terms_leaves_sold_units_alone(fridge, catalog, terms, karim):
    before = spans(fridge)
    changed = publish_policy(
        actor=catalog.manager, code=terms.fridge.code, name_en="Fridge", product_kind=catalog.fridge.kind,
        terms=[Term(component="all", label_en="Parts", months=6)],
    )  # fmt: skip
    assert (changed.version, changed.code) == (2, terms.fridge.code)
    assert spans(fridge) == before
    other = sell_unit(catalog, karim, serial="SN-0002")
    assert spans(other) == {("all", "base", SOLD_ON, date(2026, 9, 12), "active")}
    assert Cover.objects.get(unit=other).policy_version == 2
    assert WarrantyPolicy.objects.filter(code=terms.fridge.code, is_active=True).count() == 1


def test_database_refuses_changed_terms_of_a_running_cover_and_an_end_before_the_start(fridge):
    cover = Cover.objects.filter(unit=fridge, component="all").get()
    for change in ({"ends_on": date(2030, 1, 1)}, {"covers_labour": False}, {"usage_limit": 5}, {"months": 99}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Cover.objects.filter(pk=cover.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.filter(pk=cover.pk).update(state="void")
    values = {field.attname: getattr(cover, field.attname) for field in Cover._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.create(**{**values, "id": None, "component": "door", "ends_on": cover.starts_on})
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.create(**{**values, "id": None})
    cover.refresh_from_db()
    assert (cover.ends_on, cover.state) == (date(2027, 3, 12), "active")


def test_published_terms_cannot_be_changed_past_the_services(terms):
    with pytest.raises(DatabaseError), transaction.atomic():
        terms.fridge.terms.update(months=1)
    assert sorted(terms.fridge.terms.values_list("months", flat=True)) == [12, 120]


def test_starting_twice_changes_nothing(fridge):
    before = digest()
    assert len(start_covers(actor=SYSTEM, unit=fridge, starts_on=date(2026, 5, 1))) == 2
    assert digest() == before


def test_terms_by_installation_wait_and_then_run_from_that_day(catalog, terms, karim):
    publish_policy(
        actor=SYSTEM, code=terms.fridge.code, name_en="Fridge", product_kind=catalog.fridge.kind,
        start_rule="install", terms=[Term(component="all", label_en="Parts", months=12)],
    )  # fmt: skip
    unit = sell_unit(catalog, karim, serial="SN-0003")
    assert spans(unit) == {("all", "base", SOLD_ON, date(2027, 3, 12), "pending")}
    with pytest.raises(DomainError, match="before_sale"):
        begin_covers(actor=catalog.counter, unit=unit, on=date(2026, 3, 1))
    begin_covers(actor=catalog.counter, unit=unit, on=date(2026, 4, 2))
    assert spans(unit) == {("all", "base", date(2026, 4, 2), date(2027, 4, 2), "active")}
    with pytest.raises(DomainError, match="nothing_waits"):
        begin_covers(actor=catalog.counter, unit=unit, on=date(2026, 4, 3))


# ------------------------------------------------------------------------------------------------ replacement
@pytest.fixture
def spare(catalog, terms):
    from halkhata.records.catalog.services.units import create_unit

    return create_unit(
        actor=catalog.seller, product=catalog.fridge, identifiers={"serial": "SN-9"}, branch=catalog.branch
    )


def test_replacement_inherits_what_was_left(fridge, spare):
    move_covers(actor=SYSTEM, from_unit=fridge, to_unit=spare, how="inherit", on=date(2026, 9, 1))
    assert spans(spare) == {
        ("all", "base", SOLD_ON, date(2027, 3, 12), "active"),
        ("compressor", "base", SOLD_ON, date(2036, 3, 12), "active"),
    }
    assert {cover.state for cover in Cover.objects.filter(unit=fridge)} == {"moved"}


def test_replacement_restarts_when_the_terms_say_so(catalog, terms, karim, spare):
    publish_policy(
        actor=SYSTEM, code=terms.fridge.code, name_en="Fridge", product_kind=catalog.fridge.kind,
        replacement="restart", terms=[Term(component="all", label_en="Parts", months=12)],
    )  # fmt: skip
    faulty = sell_unit(catalog, karim, serial="SN-0004")
    move_covers(actor=SYSTEM, from_unit=faulty, to_unit=spare, how=None, on=date(2026, 9, 1))
    assert spans(spare) == {("all", "base", date(2026, 9, 1), date(2027, 9, 1), "active")}


def test_replacement_never_keeps_and_restarts_both(fridge, spare, catalog, rahima):
    move_covers(actor=SYSTEM, from_unit=fridge, to_unit=spare, how="restart", on=date(2026, 9, 1))
    before = digest()
    with pytest.raises(Conflict, match="already_covered"):
        move_covers(actor=SYSTEM, from_unit=fridge, to_unit=spare, how="inherit", on=date(2026, 9, 1))
    assert start_covers(actor=SYSTEM, unit=spare, starts_on=date(2026, 9, 1)) == list(spare.covers.live())
    third = spare.__class__.objects.create(number="U-77", product=catalog.fridge, branch=catalog.branch)
    with pytest.raises(Conflict, match="already_moved"):
        move_covers(actor=SYSTEM, from_unit=fridge, to_unit=third, how="inherit", on=date(2026, 9, 1))
    third.delete()
    assert digest() == before
    # Past the services: one cover goes to one other at most.
    cover = Cover.objects.filter(unit=fridge).first()
    values = {field.attname: getattr(cover, field.attname) for field in Cover._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.create(**{**values, "id": None, "unit_id": spare.pk, "came_from_id": cover.pk, "state": "ended"})


# ------------------------------------------------------------------------------------------------ void, end
def test_void_needs_a_manager_and_a_named_reason(fridge, catalog):
    cover = Cover.objects.get(unit=fridge, component="all")
    before = digest()
    with pytest.raises(PermissionRefused):
        void_cover(actor=catalog.counter, cover=cover, reason_code="opened", note="seal broken")
    with pytest.raises(DomainError, match="no_reason"):
        void_cover(actor=catalog.manager, cover=cover, reason_code="because", note="x")
    with pytest.raises(DomainError, match="no_note"):
        void_cover(actor=catalog.manager, cover=cover, reason_code="other", note="  ")
    assert digest() == before
    void_cover(actor=catalog.manager, cover=cover, reason_code="opened", note="seal broken")
    cover.refresh_from_db()
    assert (cover.state, cover.void_reason, cover.state_note) == ("void", "opened", "seal broken")
    entry = AuditEntry.objects.get(action="warranty.void")
    assert (entry.actor_label, entry.after["reason"], entry.note) == (catalog.manager.audit_label, "opened",
                                                                      "seal broken")  # fmt: skip
    with pytest.raises(Conflict, match="cover_over"):
        void_cover(actor=catalog.manager, cover=cover, reason_code="opened", note="again")


def test_manager_of_another_branch_gets_no_answer_about_the_cover(fridge, catalog, elsewhere):
    elsewhere.seller.role = catalog.manager.role
    elsewhere.seller.save()
    before = digest()
    with pytest.raises(NotFound):
        void_cover(actor=elsewhere.seller, cover=Cover.objects.filter(unit=fridge)[0], reason_code="opened", note="x")
    assert digest() == before


def test_ending_covers_twice_writes_once(fridge):
    assert end_covers(actor=SYSTEM, unit=fridge, reason="scrapped") == 2
    before = digest()
    assert end_covers(actor=SYSTEM, unit=fridge, reason="scrapped") == 0
    assert digest() == before


# ------------------------------------------------------------------------------------------------ bought on top
def test_extension_starts_the_day_after_the_base_ends(fridge, catalog, terms):
    (made,) = extend_covers(actor=catalog.counter, unit=fridge, policy=terms.extra, sold_on=date(2026, 6, 1), bill="B1")
    assert (made.starts_on, made.ends_on, made.bill) == (date(2027, 3, 13), date(2028, 3, 13), "B1")
    (second,) = extend_covers(actor=catalog.counter, unit=fridge, policy=terms.extra, sold_on=date(2026, 6, 1))
    assert second.starts_on == date(2028, 3, 14)


def test_extension_after_the_base_has_run_out_starts_with_its_sale(fridge, catalog, terms):
    (made,) = extend_covers(actor=catalog.counter, unit=fridge, policy=terms.extra, sold_on=date(2027, 8, 1))
    assert (made.starts_on, made.ends_on) == (date(2027, 8, 1), date(2028, 8, 1))


def test_base_terms_are_not_sold_on_top(fridge, catalog, terms):
    before = digest()
    with pytest.raises(DomainError, match="not_an_extension"):
        extend_covers(actor=catalog.counter, unit=fridge, policy=terms.fridge, sold_on=date(2026, 6, 1))
    assert digest() == before


def test_sale_registers_once(fridge, rahima):
    before = digest()
    key = Registration.objects.get(unit=fridge).key
    register_sale(actor=SYSTEM, unit=fridge, customer=rahima, bought_on=SOLD_ON, invoice_no="x", key=key)
    assert digest() == before
