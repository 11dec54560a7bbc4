"""Casting rows from moulds: what belongs to one customer is found wherever it stands."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import models

from bench.casting import Caster
from bench.goods import serial_of
from bench.moulds import Marked, Mould, Slot, _Taker
from bench.names import person
from bench.stories.words import SERIAL

AT = datetime(2026, 11, 15, 8, 30, tzinfo=UTC)


def cast(mould, *, postgres, weeks=0, number=3, is_late=True):
    labels = list(mould.rows)
    made = Caster(labels, postgres=postgres).compile(mould, is_late=is_late)
    rows, ids, numbers = [[] for _label in labels], [100] * len(labels), {"K": 1001}
    made.cast(rows, ids, numbers, made.times(weeks), number, person(number, 1))
    return rows, ids, numbers


@pytest.fixture
def mould():
    return Mould(
        is_open=False,
        rows={
            "a.first": [
                [Slot("id", ("a.first", 0)), Marked(['say "hi" {to}\n', Slot("nb")]), True, None, Slot("time", AT)]
            ],
            "a.second": [
                [
                    Slot("id", ("a.second", 0)),
                    Slot("id", ("a.first", 0)),
                    Marked(["K-", Slot("number", ("K", 770000001))]),
                ],
                [
                    Slot("id", ("a.second", 1)),
                    5,
                    ("json", {"n": Marked([Slot("nb")]), "of": Slot("id", ("a.first", 0)), "l": [1, None]}),
                ],
            ],
        },
        numbers={"K": (770000001, 1)},
    )


def test_rows_for_sqlite_are_tuples_as_django_stores_them(mould):
    rows, ids, numbers = cast(mould, postgres=False)
    name = person(3, 1).name_bn
    assert rows[0] == [(100, f'say "hi" {{to}}\n{name}', 1, None, "2026-11-15 08:30:00")]
    assert rows[1][0] == (100, 100, "K-1001")
    escaped = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in name)
    assert rows[1][1] == (101, 5, f'{{"n": "{escaped}", "of": 100, "l": [1, null]}}')
    assert (ids, numbers) == ([101, 102], {"K": 1002})


def test_rows_for_postgres_are_lines_of_copy(mould):
    rows, _ids, _numbers = cast(mould, postgres=True)
    name = person(3, 1).name_bn
    assert rows[0] == [f'100\tsay "hi" {{to}}\\n{name}\tt\t\\N\t2026-11-15 08:30:00+00:00\n']
    assert rows[1][1] == f'101\t5\t{{"n": "{name}", "of": 100, "l": [1, null]}}\n'


def test_weeks_back_move_every_time_alike(mould):
    rows, _ids, _numbers = cast(mould, postgres=False, weeks=2)
    assert rows[0][0][-1] == "2026-11-01 08:30:00"


def test_pruned_tables_are_left_out_of_old_weeks():
    mould = Mould(
        is_open=False,
        rows={"core.outboxevent": [[Slot("id", ("core.outboxevent", 0)), Slot("date", date(2026, 1, 2))]]},
    )
    assert cast(mould, postgres=False)[0] == [[(100, "2026-01-02")]]
    assert cast(mould, postgres=False, is_late=False)[0] == [[]]


def taken(value, kind, **options):
    """What a mould keeps of a value in a column of this kind."""
    column = kind(**options)
    column.set_attributes_from_name("held")
    row = SimpleNamespace(held=value, _meta=SimpleNamespace(label="a.first"))
    return _Taker({}, {})._value(row, column)


def test_number_of_a_unit_and_days_inside_texts_are_found():
    text = f"Covered until 2027-03-12, {SERIAL.format(7)} and {SERIAL.format(7).lower()}, not 2027-99-12"
    assert taken(text, models.CharField, max_length=200) == [
        "Covered until ", Slot("date", date(2027, 3, 12)), ", ", Slot("serial"), " and ", Slot("serial"),
        ", not 2027-99-12",
    ]  # fmt: skip


def test_money_is_written_as_the_database_stores_it():
    assert taken(Decimal("12500.50"), models.DecimalField, max_digits=14, decimal_places=2) == ["12500.50"]


@pytest.mark.parametrize("postgres", [False, True])
def test_each_unit_gets_a_number_of_its_own(postgres):
    label = "catalog.unitidentifier"
    mould = Mould(
        is_open=False, rows={label: [[Slot("id", (label, 0)), Marked(["SU", Slot("serial")]), Slot("date", AT.date())]]}
    )
    rows, _ids, _numbers = cast(mould, postgres=postgres, weeks=1)
    number = f"SU{serial_of(3)}"
    assert rows[0] == [f"100\t{number}\t2026-11-08\n" if postgres else (100, number, "2026-11-08")]


def test_numbers_of_units_are_told_apart():
    numbers = [serial_of(number) for number in range(20_000)]
    assert len(set(numbers)) == 20_000
    assert {len(number) for number in numbers} == {9}
    # Somebody at the counter types the last six digits: one unit, seldom two.
    assert len({number[-6:] for number in numbers}) == 20_000


def test_people_share_neither_phone_nor_address():
    people = [person(number, 1) for number in range(20_000)]
    assert len({one.subscriber for one in people}) == len({one.mail_name for one in people}) == 20_000
    assert person(7, 1) == person(7, 1)
    assert person(7, 1) != person(7, 2)
