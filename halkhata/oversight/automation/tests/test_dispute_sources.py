"""What the desks give to the file of a dispute."""

import pytest
from django.apps import apps

from halkhata.desks.disputes.registry import evidence_words
from halkhata.desks.disputes.selectors.plain_words import label_of_column
from halkhata.desks.disputes.tests.conftest import desk, linked, make_dispute, permit, rahima
from halkhata.engines.deliveries.models import Courier
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.oversight.automation.dispute_sources import _SKIPPED, TABLES, WORDS, handled_at_desks
from halkhata.oversight.automation.dispute_words import COLUMNS
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.catalog.tests.conftest import catalog
from halkhata.records.customers.services.customers import create_customer

__all__ = ["catalog", "desk", "linked", "rahima"]


def test_every_table_of_the_desks_has_words() -> None:
    assert {label for label, _path, _time in TABLES} == set(WORDS)
    assert all(evidence_words.find(label.lower()) is not None for label in WORDS)


def test_every_column_of_the_desks_has_a_name_or_is_hidden_on_purpose() -> None:
    nameless = [
        f"{label}.{field.name}"
        for label, _path, _time in TABLES
        for field in apps.get_model(label)._meta.local_concrete_fields
        if not field.primary_key and field.name not in _SKIPPED
        if field.name not in COLUMNS and f"{label.lower()}.{field.name}" not in COLUMNS
        if label_of_column(apps.get_model(label), field.name) is None
    ]
    assert nameless == []


def test_every_column_that_is_named_exists() -> None:
    columns = {
        name
        for label, _path, _time in TABLES
        for field in apps.get_model(label)._meta.local_concrete_fields
        for name in (field.name, f"{label.lower()}.{field.name}")
    }
    assert set(COLUMNS) - columns == set()


@pytest.mark.django_db
def test_parcels_of_the_case_come_into_its_file_and_those_of_an_earlier_owner_do_not(desk, catalog, rahima, linked):
    permit(desk.agent, "promise.edit", "unit.view")
    unit = create_unit(actor=SYSTEM, product=catalog.fridge, identifiers={"serial": "SN-1"}, branch=desk.branch)
    earlier = create_customer(actor=desk.agent, name_en="Earlier Owner", phones=["01100000002"])
    courier = Courier.objects.create(name_en="Swift", key="swift")
    of_item, of_unit, of_earlier = (
        give_to_courier(actor=desk.agent, courier=courier, number=f"SW-100{place}", **about)
        for place, about in enumerate(
            ({"item": linked}, {"unit": unit, "customer": rahima}, {"unit": unit, "customer": earlier})
        )
    )
    for parcel in (of_item, of_unit, of_earlier):
        take_event(actor=desk.agent, parcel=parcel, kind="failed", happened_at=now(), reason="Nobody was there")
    dispute = make_dispute(desk, rahima, linked, unit=unit)
    found = {row.origin: row.text for row in dispute.evidence.filter(origin__startswith="deliveries.parcel")}
    assert set(found) == {
        f"deliveries.{kind}:{pk}"
        for parcel in (of_item, of_unit)
        for kind, pk in (("parcel", parcel.pk), ("parcelevent", parcel.events.get().pk))
    }
    assert "reason=Nobody was there" in found[f"deliveries.parcelevent:{of_unit.events.get().pk}"]
    assert desk.agent.pk in handled_at_desks(dispute, [])
