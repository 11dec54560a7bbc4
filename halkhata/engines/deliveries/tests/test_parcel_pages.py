"""Pages of parcels and couriers, scoped; the list asks the same for one row and for many; files of events (A56.21)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from halkhata.engines.deliveries.models import Courier, CourierMessage, Parcel, ParcelEvent, TrackingRules
from halkhata.engines.deliveries.services.couriers import secret_of
from halkhata.engines.deliveries.services.parcels import give_to_courier
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
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from tests.support.fixtures_shop import make_user

__all__ = ["boss", "catalog", "clerk", "courier", "elsewhere", "karim", "parcel", "promise", "rahima"]
pytestmark = pytest.mark.django_db


def test_promise_is_given_to_a_courier_and_news_are_written_down(promise, clerk, courier, client_as):
    client = client_as(clerk)
    assert client.get("/promised/parcels/new/").status_code == 404
    assert client.get(f"/promised/parcels/new/?promise={promise.pk}").status_code == 200
    sent = {"promise": promise.pk, "courier": courier.pk, "number": "SW-1001", "what": ""}
    assert client.post("/promised/parcels/new/", {**sent, "number": "?"}).status_code == 422
    assert client.post("/promised/parcels/new/", sent).status_code == 302
    row = Parcel.objects.get()
    page = f"/promised/parcels/{row.pk}/"
    assert "https://swift.example.com/track/SW1001" in client.get(page).content.decode()
    at = (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    said = {"kind": "failed", "happened_at": at, "place": "Mirpur", "reason": "", "key": "f1"}
    assert client.post(f"{page}event/", said).status_code == 422
    said["reason"] = "Nobody at home"
    assert [client.post(f"{page}event/", said).status_code for _ in range(2)] == [302, 302]
    event = ParcelEvent.objects.get()
    assert (event.kind, event.actor_label, event.source) == ("failed", clerk.audit_label, "staff")
    assert "Nobody at home" in client.get(page).content.decode()
    assert client.get(f"/promised/{promise.pk}/").status_code == 200
    assert client.get(f"/customers/{promise.customer_id}/").status_code == 200


def test_views_of_the_list_have_the_right_rows_and_ask_the_same_for_many(parcel, clerk, courier, rahima, client_as):
    client = client_as(clerk)
    take_event(actor=SYSTEM, parcel=parcel, kind="failed", happened_at=now(), reason="Closed")
    Parcel.objects.filter(pk=parcel.pk).update(last_sign_at=now() - timedelta(days=3))

    def shown(view):
        return [row.pk for row in client.get(f"/promised/parcels/?view={view}").context["rows"]]

    assert (shown("way"), shown("failed"), shown("silent")) == ([parcel.pk], [parcel.pk], [parcel.pk])
    assert (shown("late"), shown("ended")) == ([], [])
    assert [row.pk for row in client.get("/promised/parcels/?q=sw10").context["rows"]] == [parcel.pk]
    assert client.get("/promised/parcels/?q=zz99").context["rows"] == []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get("/promised/parcels/")
    for number in range(30):
        promise = make_promise(clerk, rahima, f"N-{number}")
        give_to_courier(actor=clerk, courier=courier, number=f"NN{number}00", promise=promise)
    with CaptureQueriesContext(connection) as many:
        answer = client.get("/promised/parcels/")
    assert len(many) == len(one)
    first = [row.pk for row in answer.context["rows"]]
    rest = [row.pk for row in client.get(f"/promised/parcels/{answer.context['older_url']}").context["rows"]]
    assert (len(first), len(rest), len({*first, *rest})) == (25, 6, 31)


def test_silent_parcel_is_marked_in_the_list_of_all_under_way(parcel, clerk, client_as):
    page = client_as(clerk)

    def said():
        return page.get("/promised/parcels/").content.count(b"No news")

    tab_alone = said()
    Parcel.objects.filter(pk=parcel.pk).update(last_sign_at=now() - timedelta(days=3))
    assert said() == tab_alone + 1
    TrackingRules.objects.update_or_create(pk=1, defaults={"silent_days": 0})
    assert said() == tab_alone


def test_stranger_sees_no_parcel_and_clerk_no_settings(parcel, clerk, elsewhere, client_as):
    stranger = make_user("stranger", branch=elsewhere.branch, role=clerk.role)
    client = client_as(stranger)
    assert client.get(f"/promised/parcels/{parcel.pk}/").status_code == 404
    assert client.get("/promised/parcels/").context["rows"] == []
    assert client_as(clerk).get("/promised/couriers/").status_code == 403


def test_owner_keeps_couriers_and_their_secret_is_shown_once(boss, client_as):
    client = client_as(boss)
    sent = {"name_bn": "দ্রুত", "name_en": "", "phone": "", "tracking_address": "ftp://x", "is_active": "on"}
    assert client.post("/promised/couriers/new/", sent).status_code == 422
    assert client.post("/promised/couriers/new/", {**sent, "tracking_address": ""}).status_code == 302
    row = Courier.objects.get()
    text = client.post(f"/promised/couriers/{row.pk}/secret/").content.decode()
    row.refresh_from_db()
    assert secret_of(row) in text.replace("&#x2B;", "+")
    assert f"/api/v1/courier-news/{row.key}" in text
    assert row.secret
    assert secret_of(row) not in row.secret
    assert secret_of(row) not in client.get(f"/promised/couriers/{row.pk}/").content.decode()
    assert client.post("/promised/couriers/", {"silent_days": "৫"}).status_code == 302
    assert client.post("/promised/couriers/", {"silent_days": "99"}).status_code == 422


def test_file_of_events_is_taken_once_and_what_is_wrong_waits(boss, parcel, courier, client_as):
    at = (now() - timedelta(hours=30)).strftime("%Y-%m-%d %H:%M")
    text = (
        "\ufeffNumber,Event,At,Place,Reason\r\n"
        f"SW-1001,picked_up,{at},Dhaka,\r\nsw1001,failed,{at},,\r\nQQ9999,out,{at},,\r\nSW1001,sung,{at},,\r\n"
    )
    client = client_as(boss)

    def send():
        file = SimpleUploadedFile("e.csv", text.encode())
        return client.post(f"/promised/couriers/{courier.pk}/file/", {"file": file})

    assert [send().status_code, send().status_code] == [302, 302]
    assert sorted(parcel.events.values_list("kind", "place", "reason")) == [
        ("failed", "", "–"),
        ("picked_up", "Dhaka", ""),
    ]
    assert sorted(CourierMessage.objects.filter(state="waiting").values_list("fault", flat=True)) == [
        "unknown_event", "unknown_number",
    ]  # fmt: skip
    page = client.get("/promised/couriers/waiting/").content.decode()
    assert "QQ9999" in page
    bad = SimpleUploadedFile("e.csv", b"a,b\n1,2\n")
    assert client.post(f"/promised/couriers/{courier.pk}/file/", {"file": bad}).status_code == 422


def test_waiting_message_is_tried_again_or_put_aside_with_a_reason(boss, courier, client_as):
    row = CourierMessage.objects.create(
        courier=courier, webhook_id="w", source="webhook", at=now(), body="<b>", state="waiting", fault="unreadable"
    )
    client = client_as(boss)
    assert "&lt;b&gt;" in client.get("/promised/couriers/waiting/").content.decode()
    assert client.post(f"/promised/couriers/waiting/{row.pk}/again/").status_code == 302
    assert client.post(f"/promised/couriers/waiting/{row.pk}/drop/", {"note": ""}).status_code == 422
    row.refresh_from_db()
    assert row.state == "waiting"
    assert client.post(f"/promised/couriers/waiting/{row.pk}/drop/", {"note": "Not ours"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.body, row.note) == ("dropped", "<b>", "Not ours")
    assert client.post(f"/promised/couriers/waiting/{row.pk}/again/").status_code == 409
