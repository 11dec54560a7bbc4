"""Parcels: one state for any order of news, the promise kept by them, the alarm before it slips (A56.21)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from halkhata.engines.deliveries.models import Parcel, ParcelEvent
from halkhata.engines.deliveries.parcel_choices import ParcelEventKind
from halkhata.engines.deliveries.parcel_numbers import fold_number
from halkhata.engines.deliveries.parcel_state import Happened, standing_of
from halkhata.engines.deliveries.selectors.parcels import parcel_page
from halkhata.engines.deliveries.services.alarms import watch_parcels
from halkhata.engines.deliveries.services.couriers import save_courier, save_tracking_rules
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.promising import reschedule
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.engines.deliveries.tests.parcel_shop import (
    boss,
    catalog,
    clerk,
    courier,
    elsewhere,
    karim,
    make_promise,
    parcel,
    promise,
    rahima,
)
from halkhata.engines.work.models import Notification
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity
from tests.support.fixtures_shop import make_user

__all__ = ["boss", "catalog", "clerk", "courier", "elsewhere", "karim", "parcel", "promise", "rahima"]
START = datetime(2026, 11, 22, 4, tzinfo=UTC)
EVENTS = st.builds(
    Happened,
    at=st.integers(0, 30).map(lambda hours: START + timedelta(hours=hours)),
    kind=st.sampled_from(ParcelEventKind.values),
)


@given(events=st.lists(EVENTS, max_size=8), chance=st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_events_gives_the_same_state(events, chance):
    again = events + [one for one in events if chance.random() < 0.5]
    chance.shuffle(again)
    assert standing_of(again, registered_at=START) == standing_of(events, registered_at=START)


@given(events=st.lists(EVENTS, max_size=8), later=EVENTS)
def test_what_arrived_is_opened_by_nothing_but_its_return(events, later):
    before = standing_of([*events, Happened(at=START, kind="delivered")], registered_at=START)
    after = standing_of([*events, Happened(at=START, kind="delivered"), later], registered_at=START)
    assert before.state in ("delivered", "returned")
    assert after.state in ("delivered", "returned")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("sw-১০০ 1", "SW1001"),
        (" SW1001 ", "SW1001"),
        ("sw/100.1", "SW1001"),
        ("abc", ""),
        ("A" * 61, ""),
        ("а1001", ""),
    ],
)
def test_number_of_the_slip_is_compared_in_one_form(typed, folded):
    assert fold_number(typed) == folded


pytest_db = pytest.mark.django_db


def hours(count: float) -> datetime:
    return now() + timedelta(hours=count)


def tell(parcel: Parcel, kind: str, at: datetime | None = None, **values: str) -> ParcelEvent:
    values.setdefault("reason", "Nobody at home" if kind == "failed" else "")
    return take_event(actor=SYSTEM, parcel=parcel, kind=kind, happened_at=at or now(), source="webhook", **values)


@pytest_db
def test_events_stored_in_any_order_and_twice_give_one_state_and_one_line_each(clerk, courier, rahima):
    told = [("picked_up", -5), ("out", -3), ("delivered", -1)]
    found = set()
    for number, order in enumerate(permutations(told)):
        promise = make_promise(clerk, rahima, f"M-{number}")
        row = give_to_courier(actor=clerk, courier=courier, number=f"AB{number}000", promise=promise)
        for kind, at in (*order, *order):
            tell(row, kind, hours(at).replace(minute=0, second=0, microsecond=0))
        row.refresh_from_db()
        promise.refresh_from_db()
        found.add((row.state, row.state_at, promise.state, promise.ended_at, row.events.count()))
    assert len(found) == 1
    assert next(iter(found))[0] == "delivered"
    assert next(iter(found))[2] == "kept"
    assert Activity.objects.filter(customer=rahima, verb="parcel.delivered").count() == 6


@pytest_db
def test_late_news_of_an_earlier_time_moves_the_state_not_back(parcel):
    tell(parcel, "out", hours(-1))
    tell(parcel, "in_transit", hours(-9))
    parcel.refresh_from_db()
    assert parcel.state == "out"
    assert list(parcel.events.values_list("kind", flat=True)) == ["in_transit", "out"]


@pytest_db
def test_same_key_is_one_event_and_another_under_it_is_refused(parcel):
    at = hours(-2)
    first = tell(parcel, "out", at, key="k1")
    assert tell(parcel, "out", at, key="k1").pk == first.pk
    with pytest.raises(Conflict) as refused:
        tell(parcel, "delivered", at, key="k1")
    assert refused.value.code == "key_reused"
    assert ParcelEvent.objects.count() == 1


@pytest_db
@pytest.mark.parametrize(
    ("kind", "at", "code"),
    [("sung", -1, "unknown_event"), ("out", 2, "event_in_future"), ("out", -24 * 800, "event_too_old")],
)
def test_news_that_make_no_sense_are_refused(parcel, kind, at, code):
    with pytest.raises(DomainError) as refused:
        tell(parcel, kind, hours(at))
    assert refused.value.code == code
    with pytest.raises(DomainError) as refused:
        take_event(actor=SYSTEM, parcel=parcel, kind="failed", happened_at=now())
    assert (refused.value.code, ParcelEvent.objects.count()) == ("reason_missing", 0)


@pytest_db
def test_strangers_and_those_without_the_right_tell_nothing(parcel, clerk, catalog, elsewhere):
    stranger = make_user("stranger", branch=elsewhere.branch, role=clerk.role)
    with pytest.raises(NotFound):
        take_event(actor=stranger, parcel=parcel, kind="out", happened_at=now())
    with pytest.raises(PermissionRefused):
        take_event(actor=catalog.seller, parcel=parcel, kind="out", happened_at=now())
    with pytest.raises(NotFound):
        give_to_courier(actor=stranger, courier=parcel.courier, number="ZZ9999", promise=parcel.promise)
    assert (ParcelEvent.objects.count(), Parcel.objects.count()) == (0, 1)
    assert parcel_page(stranger, "way").items == []
    assert [row.pk for row in parcel_page(clerk, "way").items] == [parcel.pk]


@pytest_db
def test_number_is_one_parcel_of_a_courier(parcel, clerk, courier, rahima, boss):
    assert give_to_courier(actor=clerk, courier=courier, number="SW1001", promise=parcel.promise).pk == parcel.pk
    other = make_promise(clerk, rahima, "M-18")
    with pytest.raises(Conflict) as refused:
        give_to_courier(actor=clerk, courier=courier, number="SW 1001", promise=other)
    assert refused.value.code == "number_taken"
    second = save_courier(actor=boss, courier=None, name_bn="", name_en="Other")
    assert give_to_courier(actor=clerk, courier=second, number="SW1001", promise=other).pk != parcel.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcel.objects.filter(courier=second).update(courier=courier)


@pytest_db
def test_history_of_a_parcel_only_grows(parcel):
    tell(parcel, "out")
    with pytest.raises(DatabaseError), transaction.atomic():
        ParcelEvent.objects.update(kind="delivered")
    with pytest.raises(DatabaseError), transaction.atomic():
        ParcelEvent.objects.all().delete()
    assert ParcelEvent.objects.get().kind == "out"


@pytest_db
def test_without_the_guard_history_could_be_rewritten(parcel):
    """The twin: what refuses is the trigger."""
    tell(parcel, "out")
    with transaction.atomic(), suspended("deliveries_parcelevent"):
        ParcelEvent.objects.update(kind="delivered")
    assert ParcelEvent.objects.get().kind == "delivered"


@pytest_db
def test_database_takes_a_key_once_and_no_failure_without_its_reason(parcel):
    event = tell(parcel, "out", key="k1")
    for values in ({"key": "k1"}, {"key": "k2", "kind": "failed"}, {"key": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ParcelEvent.objects.create(
                **{"parcel": parcel, "kind": "out", "happened_at": now(), "told_at": now(), "source": "api", **values}
            )
    assert ParcelEvent.objects.get() == event


@pytest_db
def test_promise_of_two_parcels_is_kept_by_the_last_of_them(parcel, promise, clerk, courier):
    second = give_to_courier(actor=clerk, courier=courier, number="SW1002", promise=promise)
    tell(parcel, "delivered", hours(-2))
    promise.refresh_from_db()
    assert promise.state == "open"
    at = hours(-1)
    tell(second, "delivered", at)
    promise.refresh_from_db()
    assert (promise.state, promise.ended_at) == ("kept", at)


@pytest_db
def test_parcel_that_came_back_is_owed_until_another_one_arrives(clerk, courier, rahima):
    with time_machine.travel("2026-11-22 10:00+06:00", tick=False) as clock:
        promise = make_promise(clerk, rahima)
        first = give_to_courier(actor=clerk, courier=courier, number="SW1001", promise=promise)
        second = give_to_courier(actor=clerk, courier=courier, number="SW1002", promise=promise)
        clock.shift(timedelta(hours=5))
        tell(first, "returned")
        tell(second, "delivered")
        promise.refresh_from_db()
        assert promise.state == "open"
        clock.shift(timedelta(hours=1))
        third = give_to_courier(actor=clerk, courier=courier, number="SW1003", promise=promise)
        clock.shift(timedelta(hours=1))
        tell(third, "delivered")
        promise.refresh_from_db()
    assert promise.state == "kept"


@pytest_db
def test_failed_attempt_warns_owner_and_customer_once_before_the_time_passes(parcel, promise):
    tell(parcel, "failed", hours(-2), reason="Door closed")
    tell(parcel, "failed", hours(-1), reason="Door closed again")
    promise.refresh_from_db()
    assert promise.told_at < promise.promised_for
    assert OutboxEvent.objects.filter(name="delivery.at_risk").count() == 1
    assert Notification.objects.filter(user=promise.owner, verb="parcel.alarm").count() == 1
    assert promise.state == "open"


@pytest_db
def test_silence_is_told_once_and_again_only_for_another_date(clerk, courier, rahima):
    with time_machine.travel("2026-11-22 10:00+06:00", tick=False) as clock:
        promise = make_promise(clerk, rahima, days=4)
        give_to_courier(actor=clerk, courier=courier, number="SW1001", promise=promise)
        clock.shift(timedelta(days=1, hours=23))
        assert watch_parcels() == 0
        clock.shift(timedelta(hours=2))
        assert (watch_parcels(), watch_parcels()) == (1, 0)
        promise.refresh_from_db()
        assert promise.told_at == now() < promise.promised_for
        reschedule(actor=clerk, promise=promise, to=promise.promised_for + timedelta(days=9), reason="transport")
        clock.shift(timedelta(hours=3))
        assert watch_parcels() == 0
        clock.shift(timedelta(days=2))
        assert (watch_parcels(), watch_parcels()) == (1, 0)
    assert OutboxEvent.objects.filter(name="delivery.at_risk").count() == 2
    assert Notification.objects.filter(verb="parcel.alarm").count() == 2


@pytest_db
def test_news_setting_nought_and_arrival_keep_silence_quiet(parcel, boss):
    with time_machine.travel(now() + timedelta(days=2, hours=1), tick=False):
        save_tracking_rules(actor=boss, silent_days=0)
        assert watch_parcels() == 0
        save_tracking_rules(actor=boss, silent_days=2)
        tell(parcel, "in_transit", hours(-1))
        assert watch_parcels() == 0
        tell(parcel, "delivered")
    with time_machine.travel(now() + timedelta(days=9), tick=False):
        assert watch_parcels() == 0
    assert not Notification.objects.filter(verb="parcel.alarm").exists()


@pytest_db
def test_unit_sent_without_a_date_tells_its_owner_only(clerk, courier, catalog, rahima):
    from halkhata.records.catalog.tests.conftest import sell

    unit = sell(catalog, rahima).lines.get().unit
    row = give_to_courier(actor=clerk, courier=courier, number="SW1009", unit=unit)
    assert (row.customer, row.owner) == (rahima, clerk)
    tell(row, "returned")
    assert Notification.objects.get(verb="parcel.alarm").user == clerk
    assert not OutboxEvent.objects.filter(name="delivery.at_risk").exists()


@pytest_db
def test_courier_without_the_right_name_address_or_phone_is_refused(clerk, boss):
    with pytest.raises(PermissionRefused):
        save_courier(actor=clerk, courier=None, name_bn="", name_en="X")
    for values, code in (
        ({"name_en": " "}, "no_name"),
        ({"name_en": "X", "tracking_address": "https://x.example.com/"}, "bad_address"),
        ({"name_en": "X", "tracking_address": "javascript:{number}"}, "bad_address"),
        ({"name_en": "X", "tracking_address": "https://{number}/x"}, "bad_address"),
    ):
        with pytest.raises(DomainError) as refused:
            save_courier(actor=boss, courier=None, **{"name_bn": "", **values})
        assert refused.value.code == code
    made = save_courier(actor=boss, courier=None, name_bn="", name_en="X", phone="০১১০০-০০০০০৯")
    assert made.phone == "+8801100000009"
