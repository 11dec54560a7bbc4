"""When offers may arrive on the customer's own clock: edges, midnight, prayer times, zones, clock changes (E.5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.engines.messaging.texting.hours import Closed, Window, inside, next_open, why_closed
from halkhata.records.customers.countries import zones_of
from halkhata.records.customers.country_packs.texting import texting_rules

pytestmark = pytest.mark.one_database

DHAKA = ("Asia/Dhaka",)
NINE = (time(9), time(21))


def bangladesh(**changes):
    rules = texting_rules("BD", date(2026, 11, 23))
    values = {"open_in": rules.hours, "never": rules.never, "prayers": rules.prayers, "friday": rules.friday}
    return Window(**values | changes)


def dhaka(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Dhaka"))


# 23 November 2026 is a Monday; prayers of November: 13:00, 15:35, 17:15, 18:30.
@pytest.mark.parametrize(
    ("at", "why", "opens"),
    [
        ("2026-11-23T08:59:59", "hours", "2026-11-23T09:00"),
        ("2026-11-23T09:00:00", None, "2026-11-23T09:00"),
        ("2026-11-23T12:59:59", None, "2026-11-23T12:59:59"),
        ("2026-11-23T13:00:00", "prayer", "2026-11-23T13:45"),
        ("2026-11-23T13:44:59", "prayer", "2026-11-23T13:45"),
        ("2026-11-23T13:45:00", None, "2026-11-23T13:45"),
        ("2026-11-23T17:20:00", "prayer", "2026-11-23T17:40"),
        ("2026-11-23T20:59:59", None, "2026-11-23T20:59:59"),
        ("2026-11-23T21:00:00", "hours", "2026-11-24T09:00"),
        ("2026-11-23T23:59:59", "hours", "2026-11-24T09:00"),
        ("2026-11-24T00:00:00", "night", "2026-11-24T09:00"),
        ("2026-11-24T05:10:00", "night", "2026-11-24T09:00"),
        # Friday: the congregation of noon, half an hour earlier.
        ("2026-11-27T12:30:00", "prayer", "2026-11-27T14:00"),
        ("2026-11-26T12:30:00", None, "2026-11-26T12:30"),
        # The month changes the table: in July the evening prayer ends the day.
        ("2026-07-01T20:20:00", "prayer", "2026-07-02T09:00"),
    ],
)
def test_window_of_bangladesh_at_its_edges(at, why, opens):
    moment = dhaka(at)
    assert why_closed(moment, DHAKA, bangladesh()) == why
    assert next_open(moment, DHAKA, bangladesh()) == dhaka(opens)


def test_hours_of_a_shop_that_run_over_midnight_still_keep_the_night():
    window = bangladesh(open_in=(time(20), time(10)), prayers=(), friday=())
    assert why_closed(dhaka("2026-11-23T23:59:59"), DHAKA, window) is None
    assert why_closed(dhaka("2026-11-24T00:00"), DHAKA, window) == Closed.NIGHT
    assert next_open(dhaka("2026-11-24T00:00"), DHAKA, window) == dhaka("2026-11-24T06:00")
    assert next_open(dhaka("2026-11-24T10:00"), DHAKA, window) == dhaka("2026-11-24T20:00")


def test_wish_of_the_customer_narrows_the_window():
    window = bangladesh(wish=(time(17), time(20)), prayers=(), friday=())
    assert why_closed(dhaka("2026-11-23T16:59"), DHAKA, window) == Closed.WISH
    assert next_open(dhaka("2026-11-23T16:59"), DHAKA, window) == dhaka("2026-11-23T17:00")
    assert next_open(dhaka("2026-11-23T20:00"), DHAKA, window) == dhaka("2026-11-24T17:00")


def test_wish_outside_all_hours_never_opens():
    assert next_open(dhaka("2026-11-23T12:00"), DHAKA, bangladesh(wish=(time(22), time(23)))) is None


def test_same_instant_is_day_for_one_and_night_for_another():
    noon_in_dhaka = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    window = Window(open_in=NINE)
    assert why_closed(noon_in_dhaka, DHAKA, window) is None
    assert why_closed(noon_in_dhaka, ("America/New_York",), window) == Closed.HOURS
    assert next_open(noon_in_dhaka, ("America/New_York",), window) == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_country_of_several_zones_opens_when_the_last_has_its_morning():
    # Nine in Honolulu is two in the afternoon in New York.
    opens = next_open(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), zones_of("US"), Window(open_in=NINE))
    assert opens == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        # Berlin: the night of 29 March 2026 has no hour from two to three.
        ("2026-03-28T22:00+00:00", "2026-03-29T07:00+00:00"),
        # The night of 25 October 2026 has it twice.
        ("2026-10-24T22:00+00:00", "2026-10-25T08:00+00:00"),
    ],
)
def test_nine_stays_nine_when_clocks_change(at, opens):
    found = next_open(datetime.fromisoformat(at), ("Europe/Berlin",), Window(open_in=NINE))
    assert found == datetime.fromisoformat(opens)


def test_span_that_begins_in_the_hour_that_is_left_out_opens_after_it():
    window = Window(open_in=(time(2, 30), time(5)))
    opens = next_open(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), ("Europe/Berlin",), window)
    assert opens == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 of the summer


clock_times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
spans = st.tuples(clock_times, clock_times)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
zones = st.lists(
    st.sampled_from(["Asia/Dhaka", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(instants, zones, spans, st.none() | spans, st.lists(spans, max_size=2))
def test_text_is_let_go_at_the_first_open_minute_and_never_before(at, names, open_in, wish, never):
    window = Window(open_in=open_in, wish=wish, never=tuple(never))
    found = next_open(at, names, window)
    if found is None:
        return
    assert found >= at
    assert why_closed(found, names, window) is None
    if found > at:
        assert why_closed(found - timedelta(minutes=1), names, window) is not None
        assert found.second == 0


@given(clock_times, spans)
def test_span_and_the_one_turned_round_share_no_minute(moment, span):
    start, end = span
    if start != end:
        assert inside(moment, (start, end)) != inside(moment, (end, start))
