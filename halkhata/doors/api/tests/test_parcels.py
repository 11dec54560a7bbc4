"""Parcels by the API, and a courier's system that signs what it tells: nothing of it is lost (A56.21)."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from halkhata.engines.deliveries.models import CourierMessage, Parcel, ParcelEvent
from halkhata.engines.deliveries.services.couriers import new_courier_secret, save_courier
from halkhata.engines.deliveries.services.inbox import take_late
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.tests.parcel_shop import (
    boss,
    catalog,
    clerk,
    courier,
    elsewhere,
    karim,
    parcel,
    promise,
    rahima,
)
from halkhata.foundation.core.clock import now
from halkhata.oversight.webhooks.signing import sign
from tests.support.api_calls import api_caller
from tests.support.fixtures_shop import make_user

__all__ = ["boss", "catalog", "clerk", "courier", "elsewhere", "karim", "parcel", "promise", "rahima"]
pytestmark = pytest.mark.django_db
SCOPES = ("work.view", "promise.edit", "customer.view")


@pytest.fixture
def call(client, clerk):
    return api_caller(client, clerk, SCOPES)


@pytest.fixture
def secret(boss, courier):
    return new_courier_secret(actor=boss, courier=courier)


def send(courier, secret, body, *, webhook_id="w1", at=None, key=None, signature=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = int((at or now()).timestamp())
    return Client().post(
        f"/api/v1/courier-news/{key or courier.key}",
        raw,
        content_type="application/json",
        headers={
            "webhook-id": webhook_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature or sign(secret, webhook_id=webhook_id, timestamp=stamp, body=raw),
        },
    )


def news(event="out", number="SW 1001", hours=-1, **values):
    return {"number": number, "event": event, "at": (now() + timedelta(hours=hours)).isoformat(), **values}


def test_signed_news_are_taken_once_and_settle_the_promise(courier, secret, parcel, promise):
    body = news("delivered", place="Mirpur")
    assert [send(courier, secret, body).status_code for _ in range(2)] == [204, 204]
    assert send(courier, secret, body, webhook_id="w2").status_code == 204
    event = ParcelEvent.objects.get()
    promise.refresh_from_db()
    assert (event.kind, event.place, event.source, promise.state) == ("delivered", "Mirpur", "webhook", "kept")


def test_wrong_stale_or_foreign_signatures_open_nothing(boss, courier, secret, parcel):
    other = new_courier_secret(actor=boss, courier=save_courier(actor=boss, courier=None, name_bn="", name_en="O"))
    for answer in (
        send(courier, other, news()),
        send(courier, secret, news(), at=now() - timedelta(minutes=5, seconds=2)),
        send(courier, secret, news(), at=now() + timedelta(minutes=5, seconds=2)),
        send(courier, secret, news(), signature="v1,AAAA"),
        send(courier, secret, news(), key="0123456789abcdef"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert (ParcelEvent.objects.count(), CourierMessage.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{", "unreadable"), (b"[]", "unreadable"), (b"\xff\x00", "unreadable"), (b"[" * 5000, "unreadable"),
        (b"", "unreadable"), ({"event": "out"}, "unreadable"),
        ({"number": "SW1001", "event": "sung", "at": "2026-11-22T10:00:00Z"}, "unknown_event"),
        ({"number": "SW1001", "event": "out", "at": "noon"}, "bad_time"),
        ({"number": "SW1001", "event": "out", "at": "2999-01-01T00:00:00Z"}, "bad_time"),
        ({"number": "ZZ9999", "event": "out", "at": "2026-11-22T10:00:00Z"}, "unknown_number"),
        (b'{"number": "SW1001\\ud800", "event": "\\u0000", "at": []}', "unknown_event"),
    ],
)  # fmt: skip
def test_signed_message_that_cannot_be_taken_waits_in_view(courier, secret, parcel, body, fault):
    assert send(courier, secret, body).status_code == 202
    kept = CourierMessage.objects.get()
    assert (kept.state, kept.fault, bool(kept.body)) == ("waiting", fault, True)
    assert ParcelEvent.objects.count() == 0


def test_news_before_the_number_was_typed_are_taken_with_it(courier, secret, clerk, promise):
    assert send(courier, secret, news("picked_up")).status_code == 202
    row = give_to_courier(actor=clerk, courier=courier, number="SW1001", promise=promise)
    assert (row.state, CourierMessage.objects.get().state) == ("picked_up", "settled")


def test_message_and_number_of_the_same_moment_find_each_other(courier, secret, clerk, promise):
    send(courier, secret, news("picked_up"))
    message = CourierMessage.objects.get()
    CourierMessage.objects.filter(pk=message.pk).update(state="dropped", note="meanwhile")
    row = give_to_courier(actor=clerk, courier=courier, number="SW1001", promise=promise)
    CourierMessage.objects.filter(pk=message.pk).update(state="waiting", note="")
    assert row.state == "registered"
    assert (take_late(), take_late()) == (1, 0)
    row.refresh_from_db()
    assert row.state == "picked_up"


def test_parcel_and_its_events_by_the_api(call, courier, promise, rahima):
    assert call("GET", "/couriers")[1]["items"] == [
        {"id": courier.pk, "name_bn": "দ্রুত", "name_en": "Swift", "is_active": True}
    ]
    body = {"courier_id": courier.pk, "number": "sw-1001", "promise_id": promise.pk}
    status, made = call("POST", "/parcels", body)
    assert (status, made["state"], made["customer_id"], made["promise_id"]) == (
        201, "registered", rahima.pk, promise.pk,
    )  # fmt: skip
    assert call("POST", "/parcels", body)[1]["id"] == made["id"]
    path = f"/parcels/{made['id']}"
    at = (now() - timedelta(hours=1)).isoformat()
    told = {"event": "out", "happened_at": at, "key": "a1"}
    status, event = call("POST", f"{path}/events", told)
    assert (status, event["event"], event["source"]) == (201, "out", "api")
    assert call("POST", f"{path}/events", told)[1]["id"] == event["id"]
    assert call("POST", f"{path}/events", {**told, "event": "delivered"})[:1] == (409,)
    assert call("POST", f"{path}/events", {**told, "event": "failed", "key": "a2"})[1]["code"] == "reason_missing"
    call("POST", f"{path}/events", {**told, "event": "picked_up", "key": "a3", "happened_at": "2026-11-01T00:00:00Z"})
    first = call("GET", f"{path}/events", limit=1)[1]
    second = call("GET", f"{path}/events", limit=1, cursor=first["next"])[1]
    assert [first["items"][0]["event"], second["items"][0]["event"], second["next"]] == ["picked_up", "out", None]
    assert call("GET", path)[1]["state"] == "out"
    assert call("GET", "/parcels", number="SW 1001")[1]["items"][0]["id"] == made["id"]
    assert call("GET", "/parcels", state="delivered")[1]["items"] == []


def test_key_without_the_right_or_of_another_branch_changes_nothing(call, courier, parcel, promise, clerk, elsewhere):
    told = {"event": "out", "happened_at": now().isoformat()}
    path = f"/parcels/{parcel.pk}"
    assert call("POST", f"{path}/events", told, scopes=("work.view",))[0] == 403
    stranger = make_user("stranger", branch=elsewhere.branch, role=clerk.role)
    assert call("POST", f"{path}/events", told, user=stranger)[0] == 404
    assert call("GET", f"{path}/events", user=stranger)[0] == 404
    assert call("GET", "/parcels", user=stranger)[1]["items"] == []
    body = {"courier_id": courier.pk, "number": "AB1234", "promise_id": promise.pk}
    assert call("POST", "/parcels", body, user=stranger)[0] in {404, 422}
    assert call("POST", "/parcels", {**body, "unit_number": "U-1"})[1]["code"] == "nothing_sent"
    assert (ParcelEvent.objects.count(), Parcel.objects.count()) == (0, 1)
