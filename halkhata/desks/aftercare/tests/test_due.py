"""When a unit is due: by table, and by rules that hold for whatever is made up."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.aftercare.due import (
    Line,
    Read,
    line_of,
    next_due,
    numbered,
    one_meter,
    reading_at,
    renewal_step,
    step_of,
)

D = date
SALE = D(2026, 1, 10)


@pytest.mark.parametrize(
    ("months", "every", "reads", "today", "expected"),
    [
        # by months alone
        (3, None, [], D(2026, 1, 20), (D(2026, 4, 10), "date", 1)),
        (1, None, [], D(2026, 1, 31), (D(2026, 2, 10), "date", 1)),
        # one reading: from 0 on the day of the sale, 30 km a day, 3,000 km on day 100
        (6, 3000, [(D(2026, 2, 9), 900)], D(2026, 2, 10), (D(2026, 4, 20), "usage", 1)),
        # the last two readings count, not the first: 10 a day at the end
        (None, 1000, [(D(2026, 1, 20), 700), (D(2026, 1, 30), 800)], D(2026, 2, 1), (D(2026, 2, 19), "usage", 1)),
        # a begun day is a whole one: (1000 - 801) / 10.1 = 19.7
        (None, 1000, [(D(2026, 1, 20), 700), (D(2026, 1, 30), 801)], D(2026, 2, 1), (D(2026, 2, 19), "usage", 1)),
        # use is slow: the months come first
        (2, 3000, [(D(2026, 1, 20), 50), (D(2026, 1, 30), 100)], D(2026, 2, 1), (D(2026, 3, 10), "date", 1)),
        # the interval was passed days ago, between the two readings
        (12, 500, [(D(2026, 1, 20), 400), (D(2026, 1, 30), 600)], D(2026, 2, 1), (D(2026, 1, 25), "usage", 1)),
        # stands still: no estimate, the months count
        (6, 1000, [(D(2026, 1, 20), 400), (D(2026, 1, 30), 400)], D(2026, 2, 1), (D(2026, 7, 10), "date", 1)),
        # stands still and there is no other rule
        (None, 1000, [(D(2026, 1, 20), 400), (D(2026, 1, 30), 400)], D(2026, 2, 1), None),
        # the first one lies further back than the shop looks: the second counts
        (3, None, [], D(2026, 6, 1), (D(2026, 7, 10), "date", 2)),
        # no rule at all
        (None, None, [], D(2026, 2, 1), None),
        # the end of a month
        (1, None, [], D(2026, 1, 12), (D(2026, 2, 10), "date", 1)),
    ],
)
def test_next_due_is_the_earlier_of_both_rules(months, every, reads, today, expected):
    found, first = one_meter(Read(on, value) for on, value in reads)
    due = next_due(
        anchor_on=SALE, months=months, usage_every=every, line=line_of(found, sold_on=SALE, is_first_meter=first),
        anchor_value=0, not_before=today - timedelta(days=37),
    )  # fmt: skip
    assert (None if due is None else (due.on, due.by, due.number)) == expected


def test_end_of_month_is_the_last_day_of_a_shorter_one():
    due = next_due(
        anchor_on=D(2026, 1, 31), months=1, usage_every=None, line=None, anchor_value=None, not_before=D(2026, 2, 1)
    )
    assert due is not None
    assert due.on == D(2026, 2, 28)


def test_changed_meter_begins_a_new_line():
    reads = [Read(SALE + timedelta(days=10), 5000), Read(SALE + timedelta(days=20), 10)]
    found, first = one_meter(reads)
    assert (found, first) == ([reads[1]], False)
    assert line_of(found, sold_on=SALE, is_first_meter=first) is None
    again = Read(SALE + timedelta(days=30), 310)
    found, first = one_meter([*reads, again])
    assert line_of(found, sold_on=SALE, is_first_meter=first) == Line(reads[1], again)


def test_of_two_readings_of_a_day_the_last_counts():
    on = SALE + timedelta(days=10)
    assert one_meter([Read(on, 100), Read(on, 120)]) == ([Read(on, 120)], True)


@pytest.mark.parametrize(
    ("reads", "anchor", "expected"),
    [
        # the day of the sale
        ([], 0, 0),
        # read at the service, or shortly before
        ([(30, 900)], 30, 900),
        ([(20, 900)], 30, 900),
        # nobody read it then: half way between 900 and 2,100
        ([(20, 900), (60, 2100)], 40, 1500),
        # before the first reading: half way from the sale
        ([(60, 2100)], 30, 1050),
        # nothing was read since: as the line goes on, 30 a day
        ([(10, 300), (20, 600)], 40, 1200),
        # sold a second time: it had run before
        ([(-5, 7000)], 0, 7000),
        ([(-40, 7000), (40, 7800)], 0, 7400),
        # no line either: the last that is known
        ([(10, 300), (20, 300)], 40, 300),
    ],
)
def test_reading_of_the_last_service(reads, anchor, expected):
    found = [Read(SALE + timedelta(days=day), value) for day, value in reads]
    line = line_of(found, sold_on=SALE)
    at = SALE + timedelta(days=anchor)
    assert reading_at(found, at, sold_on=SALE, is_first_meter=True, line=line) == expected


def test_reading_of_a_service_before_the_meter_was_changed_is_not_known():
    reads = [Read(SALE + timedelta(days=40), 10)]
    assert reading_at(reads, SALE + timedelta(days=20), sold_on=SALE, is_first_meter=False) is None


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (-8, None), (-7, "before"), (-1, "before"), (0, "on"), (4, "on"), (5, "after"), (35, "after"), (36, None),
    ],
)  # fmt: skip
def test_one_step_at_a_time(day, step):
    assert step_of(SALE, SALE + timedelta(days=day), before=7, after=5) == step


@pytest.mark.parametrize(
    ("left", "step"), [(61, None), (60, "60"), (31, "60"), (30, "30"), (8, "30"), (7, "7"), (0, "7"), (-1, None)]
)
def test_contracts_have_their_days(left, step):
    assert renewal_step(SALE, SALE - timedelta(days=left), [60, 30, 7]) == step


# A busy machine is no reason to fail.
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.integers(min_value=1, max_value=900)
months = st.one_of(st.none(), st.integers(min_value=1, max_value=60))
every = st.one_of(st.none(), st.integers(min_value=1, max_value=20_000))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    first = Read(SALE + timedelta(days=draw(days)), draw(st.integers(0, 50_000)))
    last = Read(first.on + timedelta(days=draw(days)), first.value + draw(st.integers(1, 50_000)))
    return Line(first, last)


@relaxed
@given(months, every, st.one_of(st.none(), lines()), st.integers(1, 30))
def test_later_numbers_are_never_due_earlier(months, every, line, number):
    one, two = (
        numbered(one, anchor_on=SALE, months=months, usage_every=every, line=line, anchor_value=0)
        for one in (number, number + 1)
    )
    if one is not None and two is not None and (one.usage_on is None) == (two.usage_on is None):
        assert one.on <= two.on
        assert one.key != two.key


@relaxed
@given(months, st.integers(1, 20_000), lines(), st.integers(0, 20_000))
def test_more_use_never_makes_it_later(months, every, line, more):
    if every < line.first.value:
        return  # passed before the line began
    further = Line(line.first, Read(line.last.on, line.last.value + more))
    one, two = (
        numbered(1, anchor_on=SALE, months=months, usage_every=every, line=by, anchor_value=0) for by in (line, further)
    )
    if one is not None and two is not None:
        assert two.on <= one.on


@relaxed
@given(st.integers(1, 60), every, st.one_of(st.none(), lines()))
def test_never_later_than_the_months_say(months, every, line):
    due = numbered(1, anchor_on=SALE, months=months, usage_every=every, line=line, anchor_value=0)
    assert due is not None
    assert SALE < due.on <= due.date_on


@relaxed
@given(months, every, st.one_of(st.none(), lines()), st.integers(0, 2000))
def test_what_counts_is_the_first_that_is_not_past(months, every, line, offset):
    limit = SALE + timedelta(days=offset)
    due = next_due(
        anchor_on=SALE, months=months, usage_every=every, line=line, anchor_value=0, not_before=limit
    )  # fmt: skip
    if due is None:
        return
    assert due.on >= limit
    if due.number > 1:
        before = numbered(due.number - 1, anchor_on=SALE, months=months, usage_every=every, line=line, anchor_value=0)
        assert before is not None
        assert before.on < limit


@relaxed
@given(st.integers(1, 60), st.integers(1, 60), st.lists(st.integers(0, 3), min_size=1, max_size=80))
def test_no_step_comes_twice_or_backwards(before, after, pauses):
    """Whatever days the worker is down: each step at most once, in their order."""
    order = ["before", "on", "after"]
    at, made = SALE - timedelta(days=before + 5), []
    for pause in pauses:
        at += timedelta(days=1 + pause)
        step = step_of(SALE, at, before=before, after=after)
        if step is not None and step not in made:
            made.append(step)
    assert made == sorted(made, key=order.index)
    assert len(made) == len(set(made)) <= 3
