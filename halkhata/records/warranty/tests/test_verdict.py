"""Is it in warranty? The deciding rule in the reader's language (US-13)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from halkhata.foundation.core.reader import Reader, reader_context
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.selectors.checking import check
from halkhata.records.warranty.selectors.verdict import verdict_of
from halkhata.records.warranty.services.covers import end_covers, extend_covers, void_cover
from halkhata.records.warranty.tests.conftest import sell_unit

pytestmark = pytest.mark.django_db


def line(verdict, component="all"):
    return next(one for one in verdict.lines if one.component == component)


def test_time_and_use_decide_whichever_comes_first(bike):
    at = date(2026, 9, 1)
    assert verdict_of(bike, on=at, reading=28_400).state == "green"
    assert verdict_of(bike, on=at, reading=28_400).sentence == "Whole bike: Until 12-03-2027; 28,400/30,000 km."[12:]
    assert verdict_of(bike, on=at, reading=29_000).state == "amber"
    over = verdict_of(bike, on=at, reading=30_001)
    assert line(over).rule == "Over by use: 30,001/30,000 km."
    assert line(verdict_of(bike, on=date(2027, 3, 12), reading=100)).state == "amber"
    late = verdict_of(bike, on=date(2027, 3, 13), reading=100)
    assert (late.state, late.lines[0].rule) == ("red", "Over since 12-03-2027.")


@pytest.mark.parametrize(("reading", "state"), [(29_999, "amber"), (30_000, "amber"), (30_001, "red")])
def test_limit_itself_is_still_covered(bike, reading, state):
    assert line(verdict_of(bike, on=date(2026, 9, 1), reading=reading)).state == state


def test_sentence_in_bengali_reads_as_the_shop_says_it(bike):
    with translation.override("bn"), reader_context(Reader(language="bn", digits="bengali")):
        sentence = verdict_of(bike, on=date(2026, 9, 1), reading=28_400).sentence
    assert "১২-০৩-২০২৭" in sentence
    assert "২৮,৪০০/৩০,০০০" in sentence


def test_last_reading_counts_and_without_one_the_meter_is_asked_for(bike, catalog):
    unknown = verdict_of(bike, on=date(2026, 9, 1))
    assert unknown.state == "amber"
    assert line(unknown).rule == "Until 12-03-2027; up to 30,000 km. Ask for the meter: it also ends by use."
    add_reading(actor=catalog.seller, unit=bike, value=31_000, read_on=date(2026, 8, 1), source="counter")
    assert line(verdict_of(bike, on=date(2026, 9, 1))).rule == "Over by use: 31,000/30,000 km."


def test_each_component_has_its_own_answer_and_its_own_parts_and_labour(fridge):
    verdict = verdict_of(fridge, on=date(2028, 1, 1))
    assert verdict.state == "amber"
    assert verdict.sentence == ("Over since 12-03-2027. Still covered: Compressor, Until 12-03-2036.")
    compressor = line(verdict, "compressor")
    assert (compressor.state, compressor.parts, compressor.labour) == ("green", True, False)
    whole = line(verdict)
    assert (whole.state, whole.parts, whole.labour, whole.visit) == ("red", False, False, False)
    assert [one.component for one in verdict.lines] == ["all", "compressor"]


def test_extension_goes_on_after_the_base_and_the_better_counts(fridge, catalog, terms):
    extend_covers(actor=catalog.counter, unit=fridge, policy=terms.extra, sold_on=date(2026, 6, 1))
    assert line(verdict_of(fridge, on=date(2026, 9, 1))).ends_on == date(2027, 3, 12)
    after = line(verdict_of(fridge, on=date(2027, 9, 1)))
    assert (after.state, after.ends_on, after.visit) == ("green", date(2028, 3, 13), False)


def test_void_and_ended_covers_say_why(fridge, catalog):
    cover = Cover.objects.get(unit=fridge, component="all")
    void_cover(actor=catalog.manager, cover=cover, reason_code="water", note="")
    assert line(verdict_of(fridge, on=date(2026, 9, 1))).rule == "Void: Water damage."
    end_covers(actor=catalog.manager, unit=fridge, reason="scrapped")
    assert verdict_of(fridge, on=date(2026, 9, 1)).state == "red"


def test_unit_without_terms_is_red_and_says_so(catalog, karim):
    unit = sell_unit(catalog, karim, serial="SN-55")
    verdict = verdict_of(unit)
    assert (verdict.state, verdict.lines) == ("red", ())
    assert verdict.sentence == "No warranty is written down for this unit."


# ------------------------------------------------------------------------------------------------ the one box
def test_serial_or_phone_finds_the_unit(fridge, bike, catalog):
    assert [one.unit.pk for one in check(catalog.counter, "sn-0001")] == [fridge.pk]
    assert {one.unit.pk for one in check(catalog.counter, "০১১০০০০০০০১")} == {fridge.pk, bike.pk}
    assert check(catalog.counter, "01100000002") == []
    assert check(catalog.counter, "nothing") == []


def test_stranger_s_branch_finds_nothing(fridge, catalog, elsewhere):
    elsewhere.seller.role = catalog.counter.role
    elsewhere.seller.save()
    assert check(elsewhere.seller, "SN-0001") == []
    assert check(elsewhere.seller, "01100000001") == []


def test_queries_do_not_grow_with_the_units_found(catalog, terms, rahima):
    counts = []
    for number in range(1, 7):
        sell_unit(catalog, rahima, serial=f"AB-000{number}")
        with CaptureQueriesContext(connection) as queries:
            found = check(catalog.counter, "AB-000")
        assert len(found) == number
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1, counts
