"""What the customer's page says about the warranty of what they own: one look beside each unit, in one statement."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import with_all
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.panels import notes_of_units
from halkhata.records.warranty.selectors.verdict import verdict_of
from halkhata.records.warranty.tests.conftest import sell_unit

pytestmark = pytest.mark.django_db


def statements(client, customer):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/customers/{customer.pk}/")
    assert answer.status_code == 200
    return len(queries)


def test_each_unit_owned_carries_its_verdict(fridge, bike, rahima, catalog, client_as):
    page = client_as(catalog.manager).get(f"/customers/{rahima.pk}/")
    rows = BeautifulSoup(page.content, "html.parser").select("#owned tbody tr")
    said = {row.select_one("a .hk-num").text: " ".join(row.text.split()) for row in rows}
    assert len(said) == 2
    for unit in (fridge, bike):
        assert verdict_of(unit).sentence in said[unit.number]
    assert 'id="warranties"' not in page.content.decode()


def test_notes_say_the_same_as_the_unit_page(fridge, bike, rahima, catalog):
    add_reading(actor=catalog.counter, unit=bike, value=31_000, read_on=today(), source="counter")
    bare = sell_unit(catalog, rahima, catalog.phone, serial="353879234252633")
    units = list(with_all(Unit.objects.filter(owner=rahima)))
    notes = notes_of_units(catalog.manager, units)
    words = {"green": "In warranty", "amber": "Look closer", "red": "Not in warranty"}
    for unit in units:
        verdict = verdict_of(unit)
        assert (str(notes[unit.pk].word), notes[unit.pk].sentence) == (words[verdict.state], verdict.sentence)
    assert "31,000/30,000" in notes[bike.pk].sentence
    assert notes[bare.pk].sentence == "No warranty is written down for this unit."


def test_notes_of_many_units_take_one_statement_and_of_none_no_statement(
    catalog, terms, rahima, django_assert_num_queries
):
    for number in range(8):
        sell_unit(catalog, rahima, on=date(2026, 3, 1 + number), serial=f"SN-1{number}")
    units = list(with_all(Unit.objects.filter(owner=rahima)))
    assert Cover.objects.filter(unit__in=units).count() == 16
    catalog.manager.may("warranty.view")
    with django_assert_num_queries(1):
        assert len(notes_of_units(catalog.manager, units)) == 8
    with django_assert_num_queries(0):
        assert notes_of_units(catalog.manager, []) == {}


def test_who_may_not_see_warranties_sees_units_without_them(fridge, rahima, catalog, client_as):
    assert notes_of_units(catalog.looker, [fridge]) == {}
    page = client_as(catalog.looker).get(f"/customers/{rahima.pk}/").content.decode()
    assert fridge.number in page
    assert verdict_of(fridge).sentence not in page


def test_page_of_eight_covered_units_stays_within_twenty_statements_as_that_of_one(catalog, terms, rahima, client_as):
    client = client_as(catalog.shop.owner)
    sell_unit(catalog, rahima, serial="SN-10")
    statements(client, rahima)
    one = statements(client, rahima)
    for number in range(1, 8):
        sell_unit(catalog, rahima, serial=f"SN-1{number}")
    assert statements(client, rahima) == one <= 20
