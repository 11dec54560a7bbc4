"""What countries ask of texts that advertise: dated, complete, and safe to ask for any country."""

from datetime import date, time

import pytest

from halkhata.records.customers.countries import zones_of
from halkhata.records.customers.country_packs.texting import FOLDER, texting_rules

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("on", "script", "a_day"),
    [
        (date(2017, 1, 1), "", None),
        (date(2019, 3, 11), "", None),
        (date(2019, 3, 12), "BENGALI", None),
        (date(2024, 9, 30), "BENGALI", None),
        (date(2024, 10, 1), "BENGALI", 3),
        (date(2026, 11, 23), "BENGALI", 3),
    ],
)
def test_rule_holds_from_its_day_on(on, script, a_day):
    rules = texting_rules("BD", on)
    assert (rules.country, rules.script, rules.a_day) == ("BD", script, a_day)
    assert rules.never == ((time(0), time(6)),)
    assert (rules.hours, rules.sender_most) == ((time(9), time(21)), 11)


def test_table_of_prayers_has_five_spans_in_order_for_each_month():
    rules = texting_rules("bd", date(2026, 1, 1))
    assert len(rules.prayers) == 12
    for month in rules.prayers:
        assert len(month) == 5
        ends = [moment for span in month for moment in span]
        assert ends == sorted(ends)


@pytest.mark.parametrize("country", ["US", "", "ZZ", "../", "xx", "B"])
def test_other_countries_have_nine_to_nine_and_no_letters(country):
    rules = texting_rules(country, date(2026, 1, 1))
    assert (rules.country, rules.script, rules.prayers, rules.hours) == ("", "", (), (time(9), time(21)))


def test_files_are_two_and_say_where_they_are_from():
    assert sorted(file.stem for file in FOLDER.glob("*.json")) == ["bd", "xx"]
    assert texting_rules("BD", date(2026, 1, 1)).version == "2026.11.1"


def test_zones_of_countries():
    assert zones_of("BD") == ("Asia/Dhaka",)
    assert "Pacific/Honolulu" in zones_of("US")
    assert len(zones_of("US")) > 5
    assert (zones_of(""), zones_of("QQ")) == ((), ())
