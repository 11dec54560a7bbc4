"""Where the time of an item went: the parts are the whole, exactly (A52.13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.engines.work.choices import Side
from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.clock import elapsed
from halkhata.engines.work.promise.stages import Change, stretches
from halkhata.engines.work.registry import ItemKind, item_kinds
from halkhata.engines.work.selectors.stage_times import Span, stage_times, total_by_side
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.core.clock import now

from .conftest import DHAKA, FLAGS, minutes

HOUR = timedelta(hours=1)
OPENING = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHOP_HOURS = WorkingCalendar(
    zone="Asia/Dhaka", week=(((540, 780), (840, 1200)),) * 4 + ((),) + (((540, 780), (840, 1200)),) * 2
)
STATES = ("new", "open", "waiting_customer", "waiting_manufacturer", "waiting_internal", "resolved", "closed")

moments = st.integers(min_value=-(10**12), max_value=4 * 10**13).map(lambda us: OPENING + timedelta(microseconds=us))
changes = st.lists(
    st.builds(lambda at, state: Change(at, state, state in {"resolved", "closed"}), moments, st.sampled_from(STATES)),
    max_size=15,
)


@given(later=changes, until=moments)
@settings(max_examples=300, deadline=None)
def test_sums_are_the_whole_life_exactly_whatever_happened(later, until):
    line = [Change(OPENING, "new"), *later]
    found = stretches(line, until=until, calendar=SHOP_HOURS)
    # Without a hole, without an overlap, from the opening on.
    assert all(before.end == after.start for before, after in zip(found, found[1:], strict=False))
    assert all(stretch.end > stretch.start for stretch in found)
    if not found:
        # Nothing lived: it ended at the opening, or is looked at before.
        assert until <= OPENING or any(change.ended and change.at <= OPENING for change in later)
        return
    assert found[0].start == OPENING
    end = found[-1].end
    assert end <= max(until, OPENING)
    assert sum((stretch.total for stretch in found), timedelta(0)) == end - OPENING
    assert sum((stretch.working for stretch in found), timedelta(0)) == elapsed(OPENING, end, SHOP_HOURS, ())
    # The end that stands is an end: no stretch after it, and none of it is "ended" at the end of the line.
    assert not found[-1].ended or end == until


@given(later=changes, until=moments)
@settings(max_examples=100, deadline=None)
def test_order_of_writing_means_nothing_for_different_instants(later, until):
    unique = list({change.at: change for change in later}.values())
    line = [Change(OPENING, "new"), *unique]
    backwards = [Change(OPENING, "new"), *reversed(unique)]
    late_ones = [change for change in unique if change.at <= OPENING]
    if len(late_ones) < 2:  # several entered before the opening fall together on it
        assert stretches(line, until=until, calendar=SHOP_HOURS) == stretches(
            backwards, until=until, calendar=SHOP_HOURS
        )


def test_example_by_hand():
    line = [
        Change(OPENING, "new"),
        Change(OPENING + HOUR, "waiting_customer"),
        Change(OPENING + 3 * HOUR, "open"),
        Change(OPENING + 4 * HOUR, "resolved", True),
        Change(OPENING + 6 * HOUR, "open"),
        Change(OPENING + 7 * HOUR, "resolved", True),
        Change(OPENING + 9 * HOUR, "closed", True),
    ]
    found = stretches(line, until=OPENING + 100 * HOUR, calendar=SHOP_HOURS)
    # Ten o'clock in Dhaka; closed from 13 to 14.
    assert [(one.state, one.total, one.working) for one in found] == [
        ("new", HOUR, HOUR),
        ("waiting_customer", 2 * HOUR, 2 * HOUR),
        ("open", HOUR, timedelta(0)),
        ("resolved", 2 * HOUR, 2 * HOUR),
        ("open", HOUR, HOUR),
    ]


@pytest.fixture
def kind(test_kind):
    item_kinds._entries["test_case"] = ItemKind(
        code="test_case", label="Test case", icon="ticket", prefix="X", url_name="work:item",
        states=(("new", "New"), ("open", "Open"), ("waiting_customer", "Waiting")),
        sides={"waiting_customer": Side.CUSTOMER},
    )  # fmt: skip


@pytest.mark.django_db
def test_item_is_told_by_its_history(kind, shop, make_item, frozen):
    item = make_item()
    for state, after in (("waiting_customer", 30), ("open", 60), ("resolved", 45), ("open", 15), ("resolved", 10)):
        frozen.shift(minutes(after))
        change_state(actor=shop.agent, item=item, state=state, state_flag=FLAGS[state])
    frozen.shift(timedelta(days=9))
    times = stage_times([item.pk])[item.pk]
    assert {side.value: span.total for side, span in times.sides.items()} == {
        "ours": minutes(30 + 45 + 10), "customer": minutes(60), "manufacturer": minutes(0), "internal": minutes(0),
        "ended": minutes(15),
    }  # fmt: skip
    assert times.life == Span(minutes(160), minutes(160))
    assert times.states["open"].total == minutes(55)
    assert times.is_over
    assert sum((span.total for span in times.sides.values()), timedelta(0)) == times.life.total


@pytest.mark.django_db
def test_unfinished_item_is_counted_until_now_and_nights_are_no_working_time(kind, shop, make_item, frozen):
    item = make_item()
    frozen.move_to(datetime(2026, 11, 23, 10, 0, tzinfo=DHAKA))
    times = stage_times([item.pk])[item.pk]
    # From Sunday ten to Monday ten: nine hours of Sunday (one of lunch) and one of Monday.
    assert times.life == Span(timedelta(hours=24), timedelta(hours=10))
    assert times.sides[Side.OURS] == times.life
    assert not times.is_over


@pytest.mark.django_db
def test_many_items_cost_as_many_queries_as_one(kind, shop, make_item, frozen):
    ids = [make_item(f"Case {number}").pk for number in range(12)]
    frozen.shift(minutes(20))
    stage_times(ids)  # the shop's terms are remembered from here on
    with CaptureQueriesContext(connection) as one:
        stage_times(ids[:1])
    with CaptureQueriesContext(connection) as all_of_them:
        found = stage_times(ids)
    assert len(one) == len(all_of_them) <= 4
    assert total_by_side(found.values())[Side.OURS] == Span(minutes(240), minutes(240))
    assert stage_times([]) == {}


@pytest.mark.django_db
def test_page_says_whose_time_it_was(kind, shop, make_item, frozen, client_as):
    item = make_item()
    frozen.shift(minutes(30))
    change_state(actor=shop.agent, item=item, state="waiting_customer", state_flag="paused")
    frozen.shift(minutes(90))
    client = client_as(shop.agent)
    page = client.get(f"/work/{item.number}/stages/").content.decode()
    assert "The customer&#x27;s" in page
    assert "75%" in page
    part = client.get(f"/work/{item.number}/stages/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "75%" in part
    assert client.get("/work/X-99999/stages/").status_code == 404
    assert now() > item.opened_at
