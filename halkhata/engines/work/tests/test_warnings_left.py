"""Warnings when so many minutes of the promised time are left: once each, in the promise's own hours (A51.8)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from halkhata.engines.work.models import Notification, SlaClock, SlaPolicy, SlaWarning
from halkhata.engines.work.registry import notification_sentences
from halkhata.engines.work.services.calendars import save_day
from halkhata.engines.work.services.items import record_event
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import OutboxEvent

from .test_promises import clock, dhaka, events, told
from .test_settings import full

pytestmark = pytest.mark.django_db


@pytest.fixture
def warn_left(shop):
    """``warn_left(30, 10)``: the shop's promise warns at these minutes left and at no share."""

    def set_it(*minutes, shares=()):
        SlaPolicy.objects.filter(pk=shop.policy.pk).update(warn_at=list(shares), warn_left=list(minutes))

    return set_it


def left_of(item, metric="first"):
    rows = SlaWarning.objects.filter(clock__item=item, clock__metric=metric)
    return sorted(rows.values_list("minutes_left", "share"), key=str)


def test_warning_goes_out_once_at_each_count_of_minutes_left(make_item, frozen, warn_left):
    warn_left(30, 10)
    item = make_item()
    assert clock(item, "first").due_at == dhaka(22, 12)
    assert clock(item, "first").next_check_at == dhaka(22, 11, 30)
    for at, expected in (
        (dhaka(22, 11, 29), []),
        (dhaka(22, 11, 30), [(30, None)]),
        (dhaka(22, 11, 30), [(30, None)]),
        (dhaka(22, 11, 50), [(10, None), (30, None)]),
        (dhaka(22, 11, 59), [(10, None), (30, None)]),
    ):
        frozen.move_to(at)
        sweep_due(at)
        assert left_of(item) == expected
    assert events("promise.warned") == 2
    assert told(item) == [("lead", "promise.warned")] * 2 + [(item.owner.username, "promise.warned")] * 2


def test_event_and_notice_say_how_many_minutes_are_left(make_item, frozen, warn_left):
    warn_left(30)
    item = make_item()
    frozen.move_to(dhaka(22, 11, 30))
    sweep_due(dhaka(22, 11, 30))
    payload = OutboxEvent.objects.get(name="promise.warned").payload
    assert (payload["minutes_left"], payload["share"]) == (30, 75)
    notice = Notification.objects.get(item=item, user=item.owner, verb="promise.warned")
    assert notice.cause == f"promise:{clock(item, 'first').pk}:left:30"
    said = str(notification_sentences.get("promise.warned")({**notice.data, "number": item.number}))
    assert "30 min left" in said


def test_share_and_minutes_that_meet_are_told_as_one(make_item, frozen, warn_left):
    warn_left(60, shares=[50, 75])
    item = make_item()
    frozen.move_to(dhaka(22, 11))
    sweep_due(dhaka(22, 11))
    assert left_of(item) == [(60, None), (None, 50)]
    assert events("promise.warned") == 1
    assert len(told(item)) == 2
    assert clock(item, "first").next_check_at == dhaka(22, 11, 30)


def test_more_minutes_than_were_promised_warn_of_nothing(make_item, frozen, warn_left):
    warn_left(120, 500)
    item = make_item()
    sweep_due(dhaka(22, 10))
    assert left_of(item) == []
    assert clock(item, "first").next_check_at == dhaka(22, 12) + timedelta(microseconds=1)


def test_minutes_count_in_the_hours_of_the_promise_and_move_with_the_due_time(shop, make_item, frozen, warn_left):
    warn_left(30)
    item = make_item()
    # The shop closes at eleven today: of two hours one is left for Monday, so half an hour is left at half past nine.
    save_day(actor=shop.owner, calendar=shop.calendar, on=date(2026, 11, 22), kind="override", hours=((540, 660),))
    run_until_quiet()
    first = clock(item, "first")
    assert (first.due_at, first.next_check_at) == (dhaka(23, 10), dhaka(23, 9, 30))
    frozen.move_to(dhaka(22, 11, 30))
    sweep_due(dhaka(22, 11, 30))
    assert left_of(item) == []
    frozen.move_to(dhaka(23, 9, 30))
    sweep_due(dhaka(23, 9, 30))
    assert left_of(item) == [(30, None)]


def test_setting_changed_on_the_page_reaches_running_promises(shop, make_item, frozen, client_as):
    item = make_item()
    data = {"name_en": "Warned", "warn_at": "", "warn_left": "৪৫, ৫", "version": "1"}
    for priority in ("urgent", "high", "normal", "low"):
        data |= {f"target_{priority}_first": "2", f"target_{priority}_resolution": "20"}
    address = reverse("work:policy_edit", args=[shop.policy.pk])
    client = client_as(shop.owner)
    assert client.post(address, data).status_code == 302
    run_until_quiet()
    shop.policy.refresh_from_db()
    assert (shop.policy.warn_at, shop.policy.warn_left) == ([], [45, 5])
    assert 'value="45, 5"' in client.get(address).content.decode()
    assert clock(item, "first").next_check_at == dhaka(22, 11, 15)


@pytest.mark.parametrize(("typed", "status"), [("soon", 422), ("0", 422), ("-5", 422), ("30", 302), ("", 302)])
def test_page_refuses_what_are_no_minutes(shop, client_as, typed, status):
    data = {"name_en": "Warned", "warn_at": "50", "warn_left": typed}
    for priority in ("urgent", "high", "normal", "low"):
        data |= {f"target_{priority}_first": "2", f"target_{priority}_resolution": "20"}
    answer = client_as(shop.owner).post(reverse("work:policy_edit", args=[shop.policy.pk]), data)
    assert answer.status_code == status
    assert (b'id="id_warn_left_error"' in answer.content) is (status == 422)


def test_service_refuses_minutes_out_of_bounds_and_keeps_those_not_named(shop):
    values = {"name_bn": "", "name_en": "Odd", "targets": full(), "actor": shop.owner, "policy": shop.policy}
    for wrong in ([0], [-1], [525_601]):
        with pytest.raises(DomainError) as refused:
            save_policy(**values, warn_left=wrong)
        assert (refused.value.code, refused.value.field) == ("bad_warning", "warn_left")
    assert save_policy(**values, warn_left=[5, 45, 5]).warn_left == [45, 5]
    assert save_policy(**values).warn_left == [45, 5]


def test_no_warning_after_the_answer(make_item, frozen, warn_left):
    warn_left(30)
    item = make_item()
    frozen.move_to(dhaka(22, 11))
    with transaction.atomic():
        record_event(actor=item.owner, item=item, kind="human_reply")
    frozen.move_to(dhaka(22, 11, 45))
    sweep_due(dhaka(22, 11, 45))
    assert left_of(item) == []


@pytest.mark.parametrize(
    "columns", [{}, {"share": 50, "minutes_left": 30}, {"minutes_left": 0}], ids=["neither", "both", "none left"]
)
def test_database_itself_wants_one_threshold_to_a_warning(make_item, frozen, columns):
    row = SlaClock.objects.get(item=make_item(), metric="first")
    with pytest.raises(IntegrityError), transaction.atomic():
        SlaWarning.objects.create(clock=row, at=dhaka(22, 11), **columns)


def test_database_itself_keeps_each_threshold_once(make_item, frozen):
    row = SlaClock.objects.get(item=make_item(), metric="first")
    SlaWarning.objects.create(clock=row, at=dhaka(22, 11), minutes_left=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlaWarning.objects.create(clock=row, at=dhaka(22, 11), minutes_left=30)
    SlaWarning.objects.create(clock=row, at=dhaka(22, 11), minutes_left=15)
