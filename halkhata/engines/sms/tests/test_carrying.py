"""Handing texts over: once each, whatever the gateway answers and whoever is killed in between (US-25.3, US-25.4)."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_sending import put_dead_in_doubt, send_text_now
from halkhata.engines.messaging.text_registry import is_carried
from halkhata.engines.sms.jobs import look_after_texts
from halkhata.engines.sms.models import Gateway, SmsDelivery
from halkhata.engines.sms.tests.gateway_shop import (
    drop,
    fake,
    make_gateway,
    template_gateway,
    text_for,
    ticket,
    with_options,
)
from halkhata.foundation.core.clock import moved_to, now
from tests.support.database import database_url
from tests.support.fixtures_process import ROOT, clean_environment

__all__ = ["fake", "template_gateway", "ticket"]
pytestmark = pytest.mark.django_db


def states(message: Any) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.sms_delivery.state


def test_text_goes_by_the_gateway_once_with_our_key_and_its_number(ticket, template_gateway, fake):
    message = text_for(ticket)
    assert (message.state, is_carried("sms")) == ("queued", True)
    assert (send_text_now(message.pk), send_text_now(message.pk)) == ("sent", "")
    delivery = SmsDelivery.objects.get()
    assert (delivery.state, delivery.provider_id, len(delivery.key)) == ("accepted", "P1", 20)
    assert len(fake.sent()) == 1
    assert delivery.key in fake.sent()[0].body
    template_gateway.refresh_from_db()
    assert (template_gateway.last_fault, template_gateway.last_ok_at is not None) == ("", True)


def test_without_a_gateway_in_use_a_text_is_only_prepared(ticket, template_gateway):
    Gateway.objects.update(is_active=False)
    assert (text_for(ticket).state, is_carried("sms")) == ("prepared", False)


def test_text_whose_gateway_was_taken_out_of_use_waits_for_a_person(ticket, template_gateway, fake):
    message = text_for(ticket)
    Gateway.objects.update(is_active=False)
    assert send_text_now(message.pk) == "prepared"
    assert fake.calls == []


def test_branch_of_its_own_gateway_goes_by_it(shop, ticket, template_gateway, fake):
    own = make_gateway(fake.url, name="Branch", branch=shop.branch, hook="cd" * 24)
    send_text_now(text_for(ticket).pk)
    assert SmsDelivery.objects.get().gateway == own
    with pytest.raises(IntegrityError), transaction.atomic():
        make_gateway(fake.url, name="Second", branch=shop.branch, hook="ef" * 24)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_gateway(fake.url, name="Second default", hook="ef" * 24)


def test_invented_gateway_carries_nothing(template_gateway):
    with pytest.raises(IntegrityError), transaction.atomic():
        Gateway.objects.update(is_demo=True)


def test_refusal_is_kept_in_words_and_not_tried_again(ticket, template_gateway, fake):
    fake.answers = [(200, '{"status":"error","why":"no such number"}')]
    message = text_for(ticket)
    assert (send_text_now(message.pk), send_text_now(message.pk)) == ("failed", "")
    message.refresh_from_db()
    assert "no such number" in message.said
    assert len(fake.calls) == 1


def test_gateway_that_is_away_is_tried_again_and_its_light_says_why(ticket, template_gateway, fake):
    fake.answers = [(503, "later"), (200, '{"status":"success","id":"P1"}')]
    message = text_for(ticket)
    with pytest.raises(OSError, match="try later"):
        send_text_now(message.pk)
    template_gateway.refresh_from_db()
    assert (template_gateway.last_fault, template_gateway.failing_since is not None) == ("busy", True)
    assert send_text_now(message.pk) == "sent"
    template_gateway.refresh_from_db()
    assert (template_gateway.last_fault, template_gateway.failing_since) == ("", None)
    assert len({call.body for call in fake.sent()}) == 1  # the same key


def test_lost_answer_of_a_gateway_that_cannot_be_asked_is_in_doubt_for_good(ticket, template_gateway, fake):
    fake.answers = [drop]
    message = text_for(ticket)
    assert send_text_now(message.pk) == "in_doubt"
    with moved_to(now() + timedelta(days=2)):
        look_after_texts.func()
    assert states(message) == ("in_doubt", "unknown")
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    ("told", "state", "carried"),
    [("taken", "sent", "accepted"), ("arrived", "sent", "accepted"), ("broken", "failed", "refused")],
)
def test_lost_answer_is_asked_for_by_our_key_before_anything_else(ticket, template_gateway, fake, told, state, carried):
    with_options(template_gateway, ask_url=f"{fake.url}/ask?ref={{key}}", ask_delivered="arrived", ask_failed="broken")
    fake.answers = [drop, (200, told)]
    message = text_for(ticket)
    assert send_text_now(message.pk) == state
    assert states(message) == (state, carried)
    assert [call.path for call in fake.calls] == ["/send", "/ask"]
    assert fake.calls[1].fields == {"ref": message.sms_delivery.key}


def test_text_that_the_gateway_never_got_goes_after_all_and_once(ticket, template_gateway, fake):
    with_options(template_gateway, ask_url=f"{fake.url}/ask?ref={{key}}", ask_never="no such message")
    fake.answers = [drop, (500, ""), (404, "no such message"), (200, '{"status":"success","id":"P7"}')]
    message = text_for(ticket)
    assert send_text_now(message.pk) == "in_doubt"
    with moved_to(now() + timedelta(minutes=2)):
        look_after_texts.func()
        message.refresh_from_db()
        assert message.state == "queued"
        assert send_text_now(message.pk) == "sent"
    assert [call.path for call in fake.calls] == ["/send", "/ask", "/ask", "/send"]


def test_gateway_that_keeps_keys_gets_the_same_key_again(ticket, template_gateway, fake):
    with_options(template_gateway, keeps_keys="yes")
    fake.answers = [drop, (200, '{"status":"success","id":"P1"}')]
    message = text_for(ticket)
    assert send_text_now(message.pk) == "sent"
    assert len(fake.sent()) == 2
    assert fake.sent()[0].body == fake.sent()[1].body


def test_code_in_doubt_is_never_handed_over_again(ticket, template_gateway, fake):
    with_options(template_gateway, keeps_keys="yes")
    fake.answers = [drop]
    message = text_for(ticket, purpose="code", text="482913 is your code", expires_at=now() + timedelta(minutes=10))
    assert send_text_now(message.pk) == "in_doubt"
    calls = len(fake.calls)
    with moved_to(now() + timedelta(hours=1)):
        look_after_texts.func()
    assert (message.__class__.objects.get().state, len(fake.calls)) == ("in_doubt", calls)


def test_secrets_that_can_no_longer_be_opened_stop_the_gateway(ticket, template_gateway, fake):
    message = text_for(ticket)
    Gateway.objects.update(sealed="gAAAAAbroken")
    with pytest.raises(OSError, match="try later"):
        send_text_now(message.pk)
    template_gateway.refresh_from_db()
    assert (template_gateway.last_fault, fake.calls) == ("secrets", [])
    assert text_for(ticket, "n:2").state == "prepared"


# A worker killed between the gateway's acceptance and our writing it down

KILLED = """
import django, os, signal, sys
django.setup()
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.sms.services import carrying
if sys.argv[2] == "die":
    carrying.write_answer = lambda *_a: os.kill(os.getpid(), signal.SIGKILL)
send_text_now(int(sys.argv[1]))
"""


def run_child(message: TextMessage, how: str) -> int:
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(message.pk), how], cwd=ROOT, capture_output=True, timeout=300, check=False,
        env=clean_environment(
            DJANGO_SETTINGS_MODULE="config.settings", HALKHATA_DATA_DIR=os.environ["HALKHATA_DATA_DIR"],
            HALKHATA_SECRET_KEY=os.environ["HALKHATA_SECRET_KEY"], HALKHATA_DATABASE_URL=database_url(),
            HALKHATA_OUTBOUND_ALLOW="127.0.0.1/32",
        ),
    )  # fmt: skip
    assert child.returncode in (0, -9), child.stderr.decode()[-2000:]
    return child.returncode


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("guard", "handed_over"), [("on", 1), ("off", 2)])
def test_worker_killed_after_the_gateway_took_it_sends_no_second_text(shop, fake, guard, handed_over, request):
    """Twin: a dead sender's text put back in line, as if nothing were known of it, goes twice."""
    gateway = make_gateway(fake.url)
    with_options(gateway, ask_url=f"{fake.url}/ask?ref={{key}}", ask_never="no such message")
    message = text_for(request.getfixturevalue("ticket"))
    assert run_child(message, "die") == -9
    message.refresh_from_db()
    assert (message.state, SmsDelivery.objects.get().state, len(fake.sent())) == ("sending", "asked", 1)
    with moved_to(now() + timedelta(minutes=20)):
        if guard == "off":
            TextMessage.objects.filter(pk=message.pk).update(state="queued", lease_until=None)
            send_text_now(message.pk)
        else:
            put_dead_in_doubt()
            look_after_texts.func()
            look_after_texts.func()
    message.refresh_from_db()
    assert (message.state, len(fake.sent())) == ("sent", handed_over)
