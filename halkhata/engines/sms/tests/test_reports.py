"""What gateways call: reports in any order, twice, together, forged; texts that customers write (B75, F13)."""

import json
from itertools import permutations

import pytest
from django.test import Client

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.sms.jobs import look_after_texts
from halkhata.engines.sms.models import SmsDelivery, SmsReport
from halkhata.engines.sms.services.reports import forget_old, take_report
from halkhata.engines.sms.tests.gateway_shop import (
    HOOK,
    MESSAGE,
    REPORT,
    drop,
    fake,
    make_gateway,
    template_gateway,
    text_for,
    ticket,
)
from halkhata.foundation.core.clock import moved_to, now

__all__ = ["fake", "template_gateway", "ticket"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(ticket, template_gateway):
    message = text_for(ticket)
    assert send_text_now(message.pk) == "sent"
    return message


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_report_makes_the_text_delivered_and_twice_changes_nothing(sent, client):
    for _time in range(2):
        assert client.post(REPORT, {"id": "P1", "status": "DELIVRD"}).status_code == 200
    assert state_of(sent) == "delivered"
    report = SmsReport.objects.get()
    assert (report.state, report.body, report.says) == ("taken", "", "delivered")


@pytest.mark.parametrize("order", list(permutations(["sent", "failed", "delivered"])))
def test_delivered_is_the_end_in_whatever_order_reports_come(sent, client, order):
    for word in order:
        client.get(REPORT, {"id": "P1", "status": word})
    assert state_of(sent) == "delivered"
    assert SmsDelivery.objects.get().state == "delivered"
    assert set(SmsReport.objects.values_list("state", flat=True)) == {"taken"}


def test_report_of_failure_after_sending_names_the_reason(sent, client):
    client.post(REPORT, json.dumps({"data": [{"message_id": "P1", "status": "EXPIRED"}]}), "application/json")
    assert state_of(sent) == "failed"
    sent.refresh_from_db()
    assert sent.said == "EXPIRED"


def test_report_that_is_quicker_than_the_answer_is_kept_and_then_taken(ticket, template_gateway, client):
    client.post(REPORT, {"id": "P1", "status": "delivered"})
    assert SmsReport.objects.get().state == "waiting"
    message = text_for(ticket)
    send_text_now(message.pk)
    assert state_of(message) == "delivered"
    assert SmsReport.objects.get().state == "taken"


def test_report_written_in_the_same_moment_as_the_answer_is_taken_by_the_job(sent, template_gateway):
    SmsReport.objects.create(
        gateway=template_gateway, digest="x", provider_id="P1", says="delivered", word="delivered", body="{}",
        state="waiting",
    )  # fmt: skip
    look_after_texts.func()
    assert state_of(sent) == "delivered"


def test_report_ends_the_doubt_about_a_lost_answer(ticket, template_gateway, fake, client):
    fake.answers = [drop]
    message = text_for(ticket)
    assert send_text_now(message.pk) == "in_doubt"
    client.get(REPORT, {"key": message.sms_delivery.key, "status": "enroute"})
    assert state_of(message) == "sent"
    client.get(REPORT, {"key": message.sms_delivery.key, "status": "delivered"})
    assert state_of(message) == "delivered"


def test_report_of_an_unknown_text_is_kept_in_view_and_forgotten_after_a_month(shop, template_gateway, client):
    client.post(REPORT, {"id": "Q9", "status": "delivered", "msisdn": "8801100000031"})
    client.post(REPORT, {"nonsense": "1"})
    assert sorted(SmsReport.objects.values_list("state", flat=True)) == ["unread", "waiting"]
    from datetime import timedelta

    with moved_to(now() + timedelta(days=31)):
        assert forget_old() == 2


def test_report_of_one_gateway_touches_no_text_of_another(sent, fake, client):
    make_gateway(fake.url, name="Other", is_active=False, hook="cd" * 24)
    client.post(f"/sms/hooks/{'cd' * 24}/report/", {"id": "P1", "status": "delivered"})
    assert state_of(sent) == "sent"


@pytest.mark.parametrize("secret", ["", "x", HOOK[:-1], HOOK[:-1] + "c", HOOK.upper(), "0" * 48])
@pytest.mark.parametrize("what", ["report", "message"])
def test_no_secret_or_a_wrong_one_is_answered_as_nothing_and_leaves_no_row(sent, secret, what):
    from halkhata.engines.messaging.models import InboundText

    before = TextMessage.objects.values().get()
    answer = Client(enforce_csrf_checks=True).post(
        f"/sms/hooks/{secret}/{what}/", {"id": "P1", "status": "delivered", "from": "01100000031", "text": "hello"}
    )
    assert answer.status_code == 404
    assert TextMessage.objects.values().get() == before
    assert (SmsReport.objects.count(), InboundText.objects.count()) == (0, 0)


def test_body_that_is_too_big_is_refused_and_leaves_no_row(sent, client):
    answer = client.post(REPORT, "x" * 20_000, "text/plain")
    assert (answer.status_code, SmsReport.objects.count()) == (413, 0)


@pytest.mark.parametrize("body", [b"\xff\x00{", b"[[[[", b'{"id":["P1"],"a":{"b":{"c":{"d":{"e":1}}}}}', b"null"])
def test_garbage_with_the_right_secret_is_kept_or_nothing_and_never_an_error(sent, client, body):
    assert client.post(REPORT, body, "application/json").status_code == 200
    assert state_of(sent) == "sent"


def test_text_that_a_customer_writes_is_handed_to_the_queue_of_texts_once(shop, template_gateway, client):
    from halkhata.engines.messaging.models import InboundText

    said = {"from": "8801100000031", "to": "8801100000099", "text": "ফ্যান আবার বন্ধ", "id": "M1"}
    answers = [client.get(MESSAGE, said) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == b""
    row = InboundText.objects.get()
    assert (row.source, row.provider_id) == (f"sms:{template_gateway.pk}", "M1")


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_eight_reports_at_once_are_one(shop, fake, request):
    from threading import Thread

    from django.db import connection

    gateway = make_gateway(fake.url)
    message = text_for(request.getfixturevalue("ticket"))
    send_text_now(message.pk)

    def tell(word):
        take_report(gateway=gateway, fields={"id": "P1", "status": word})
        connection.close()

    threads = [Thread(target=tell, args=(word,)) for word in ["delivered", "failed", "sent", "delivered"] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look_after_texts.func()
    assert (state_of(message), SmsReport.objects.count()) == ("delivered", 3)
