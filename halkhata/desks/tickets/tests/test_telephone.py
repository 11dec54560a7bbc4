"""Calls: what they led to, recordings only with consent, and what a telephone system tells (A52.21)."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from halkhata.desks.tickets.call_models import Call, CallMessageSeen, Disposition, Extension
from halkhata.desks.tickets.services.calling import log_call
from halkhata.desks.tickets.services.telephone import (
    CallNews,
    add_system,
    forget_old_messages,
    new_secret_for,
    save_disposition,
    save_extensions,
    switch_system,
    take_news,
)
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import Notification, SlaClock
from halkhata.engines.work.registry import notification_sentences
from halkhata.engines.work.selectors.notices import ringing_call
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.oversight.webhooks.signing import sign

pytestmark = pytest.mark.django_db
RECORDING = "https://pbx.example.com/r/1.wav"


def logged(desk, ticket, **values):
    return log_call(
        actor=desk.agent, ticket=ticket, **{"outbound": True, "answered": True, "text": "Told the date", **values}
    )


@pytest.fixture
def pbx(desk):
    save_extensions(actor=desk.owner, numbers={desk.agent.pk: "101", desk.agent2.pk: "102"})
    return add_system(actor=desk.owner, name="Office exchange", branch=desk.branch)


def news(**values):
    return CallNews(
        **{"call_id": "c1", "step": "ringing", "direction": "in", "number": "01100000001", "extension": "101",
           "at": now(), **values}
    )  # fmt: skip


def test_call_keeps_result_length_consent_and_counts_only_when_answered(desk, ticket):
    result = save_disposition(actor=desk.owner, row=None, name_en="Promised to come", name_bn="")
    logged(desk, ticket, answered=False, text="")
    assert SlaClock.objects.get(item=ticket, metric="first").stopped_at is None
    logged(desk, ticket, disposition=result, minutes=3, consent="agreed", recording_url=RECORDING)
    assert SlaClock.objects.get(item=ticket, metric="first").stopped_at is not None
    call = Call.objects.order_by("-pk").first()
    assert (call.seconds, call.disposition, call.recording_url, call.item_id) == (180, result, RECORDING, ticket.pk)
    assert call.message.counts_as_answer


@pytest.mark.parametrize("consent", ["", "refused"])
def test_without_consent_no_recording_is_kept_not_even_by_the_database(desk, ticket, consent):
    before = Message.objects.count()
    with pytest.raises(DomainError, match="no_consent"):
        logged(desk, ticket, consent=consent, recording_url=RECORDING)
    assert (Call.objects.count(), Message.objects.count()) == (0, before)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(
            direction="in", branch=desk.branch, started_at=now(), recording_url=RECORDING, consent=consent
        )


def test_ringing_call_tells_the_person_at_the_extension_who_it_is(desk, rahima, pbx):
    system, _secret = pbx
    take_news(system=system, webhook_id="m1", news=news())
    notice = Notification.objects.get(verb="call.ringing")
    assert (notice.user, notice.data["url"]) == (desk.agent, f"/customers/{rahima.pk}/")
    assert notification_sentences.get("call.ringing")(notice.data) == "Rahima Test is calling"
    assert ringing_call(desk.agent)["url"] == f"/customers/{rahima.pk}/"
    assert ringing_call(desk.agent2) is None
    Notification.objects.update(at=now() - timedelta(seconds=61))
    assert ringing_call(desk.agent) is None


def test_unknown_number_leads_to_a_new_ticket_with_the_number_in_it(desk, pbx):
    take_news(system=pbx[0], webhook_id="m1", news=news(number="01100000099"))
    assert Notification.objects.get(verb="call.ringing").data["url"] == "/tickets/new/?phone=%2B8801100000099"


def test_same_message_changes_nothing_and_late_ones_do_not_turn_a_call_back(desk, rahima, pbx):
    system, _secret = pbx
    take_news(
        system=system, webhook_id="m3", news=news(step="ended", seconds=65, consent="told", recording_url=RECORDING)
    )
    assert take_news(system=system, webhook_id="m3", news=news(step="ended", seconds=1)) is None
    take_news(system=system, webhook_id="m1", news=news())
    take_news(system=system, webhook_id="m2", news=news(step="answered", extension="102"))
    call = Call.objects.get()
    assert (call.state, call.seconds, call.answered, call.recording_url) == ("ended", 65, True, RECORDING)
    assert call.user == desk.agent2
    assert Notification.objects.filter(verb="call.ringing").count() == 0


def test_recording_of_a_call_without_consent_is_dropped(desk, rahima, pbx):
    take_news(system=pbx[0], webhook_id="m1", news=news(step="ended", seconds=5, recording_url=RECORDING))
    assert Call.objects.get().recording_url == ""


def test_told_call_is_joined_once_and_stands_as_it_was(desk, ticket, pbx):
    system, _secret = pbx
    take_news(system=system, webhook_id="m1", news=news(step="ended", direction="out", answered=False, seconds=0))
    call = Call.objects.get()
    # Whatever was ticked by hand: nobody had answered.
    logged(desk, ticket, outbound=True, answered=True, text="Rang out", call=call)
    call.refresh_from_db()
    assert (call.item_id, call.answered, call.message.counts_as_answer) == (ticket.pk, False, False)
    with pytest.raises(Conflict, match="joined_already"):
        logged(desk, ticket, call=call)


def test_call_started_from_a_ticket_is_written_down_there_when_it_ends(desk, ticket, pbx):
    take_news(
        system=pbx[0], webhook_id="m1",
        news=news(step="ended", direction="out", seconds=30, answered=True, ticket=ticket.number),
    )  # fmt: skip
    call = Call.objects.get()
    assert call.item_id == ticket.pk
    assert call.message.counts_as_answer
    assert SlaClock.objects.get(item=ticket, metric="first").stopped_at is not None


def test_two_people_cannot_have_one_extension_and_only_settings_people_set_them(desk):
    with pytest.raises(Conflict, match="extension_taken"):
        save_extensions(actor=desk.owner, numbers={desk.agent.pk: "7", desk.agent2.pk: "7"})
    assert Extension.objects.count() == 0
    with pytest.raises(PermissionRefused):
        save_extensions(actor=desk.agent, numbers={desk.agent.pk: "7"})


def test_ids_of_messages_are_forgotten_after_a_week(desk, pbx):
    take_news(system=pbx[0], webhook_id="m1", news=news())
    assert forget_old_messages(now()) == 0
    assert forget_old_messages(now() + timedelta(days=8)) == 1


# ----------------------------------------------------------------------------------------------------------- webhook
def send(system, secret, body, *, webhook_id="w1", at=None, signature=None, key=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = int((at or now()).timestamp())
    return Client().post(
        f"/api/v1/calls/{key or system.key}",
        data=raw,
        content_type="application/json",
        headers={
            "webhook-id": webhook_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature or sign(secret, webhook_id=webhook_id, timestamp=stamp, body=raw),
        },
    )


BODY = {"call_id": "c9", "event": "ringing", "direction": "in", "number": "01100000001", "extension": "101"}


def test_signed_message_is_taken_once(desk, rahima, pbx):
    system, secret = pbx
    assert [send(system, secret, BODY).status_code for _ in range(2)] == [204, 204]
    assert (Call.objects.get().customer, CallMessageSeen.objects.count()) == (rahima, 1)
    assert Notification.objects.filter(verb="call.ringing").count() == 1


def test_wrong_stale_replayed_or_foreign_signatures_open_nothing(desk, rahima, pbx):
    system, secret = pbx
    other, other_secret = add_system(actor=desk.owner, name="Other", branch=desk.branch)
    five = timedelta(minutes=5, seconds=2)
    stamp = int(now().timestamp())
    for answer in (
        send(system, other_secret, BODY),
        send(system, secret, BODY, at=now() - five),
        send(system, secret, BODY, at=now() + five),
        send(system, secret, BODY, signature="v1,AAAA"),
        send(system, secret, BODY, key="0123456789abcdef"),
        send(system, secret, {**BODY, "number": "01100000002"},
             signature=sign(secret, webhook_id="w1", timestamp=stamp, body=json.dumps(BODY).encode())),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    switch_system(actor=desk.owner, system=system, is_active=False)
    assert send(system, secret, BODY).status_code == 401
    fresh = new_secret_for(actor=desk.owner, system=system)
    assert send(system, secret, BODY).status_code == 401
    assert Call.objects.count() == 0
    assert send(system, fresh, BODY).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"\xff", b"[" * 5000, {**BODY, "event": "sung"}, {**BODY, "call_id": ""},
        {**BODY, "seconds": -1}, {**BODY, "number": "1\x00"}, {**BODY, "consent": "perhaps"}, {**BODY, "at": "noon"},
    ],
)  # fmt: skip
def test_unreadable_message_is_refused_and_kept_nowhere(desk, pbx, body):
    answer = send(*pbx, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert (Call.objects.count(), CallMessageSeen.objects.count()) == (0, 0)


def test_too_large_a_message_is_refused(desk, pbx):
    assert send(*pbx, {**BODY, "call_id": "x" * 40_000}).status_code == 413


@pytest.mark.django_db(transaction=True)
def test_same_call_told_by_several_threads_is_one_call(desk, rahima, pbx):
    system, _secret = pbx
    barrier, errors = threading.Barrier(4), []

    def tell(number):
        try:
            barrier.wait(10)
            take_news(system=system, webhook_id=f"m{number % 2}", news=news(step="ended", seconds=9))
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert (Call.objects.count(), CallMessageSeen.objects.count()) == (1, 2)


# ------------------------------------------------------------------------------------------------------------- pages
def test_call_form_writes_it_all_down_and_offers_the_told_calls(desk, ticket, pbx, client_as):
    result = save_disposition(actor=desk.owner, row=None, name_en="Wants a visit", name_bn="")
    client = client_as(desk.agent)
    answer = client.post(
        f"/tickets/{ticket.number}/call/",
        {"outcome": "out_answered", "body": "Visit on Sunday", "disposition": result.pk, "minutes": "৪",
         "consent": "", "recording_url": RECORDING},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "no recording is kept" in answer.content.decode()
    take_news(system=pbx[0], webhook_id="m1", news=news(step="ended", seconds=120))
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Which call?" in page
    call = Call.objects.get()
    client.post(
        f"/tickets/{ticket.number}/call/",
        {"outcome": "out_answered", "body": "Visit on Sunday", "disposition": result.pk, "consent": "told",
         "recording_url": RECORDING, "call": call.pk},
    )  # fmt: skip
    call.refresh_from_db()
    assert (call.item_id, call.direction, call.seconds, call.recording_url) == (ticket.pk, "in", 120, RECORDING)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Wants a visit" in page
    assert RECORDING in page


def test_settings_of_the_telephone(desk, client_as):
    client = client_as(desk.owner)
    address = "/tickets/settings/telephone/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"part": "disposition", "name_bn": "", "name_en": ""}).status_code == 422
    client.post(address, {"part": "disposition", "name_en": "Wrong number"})
    row = Disposition.objects.get()
    client.post(f"{address}results/{row.pk}/")
    row.refresh_from_db()
    assert not row.is_active
    client.post(address, {"part": "extensions", f"extension_{desk.agent.pk}": "101"})
    assert Extension.objects.get().user == desk.agent
    double = {"part": "extensions", f"extension_{desk.agent.pk}": "9", f"extension_{desk.agent2.pk}": "9"}
    assert client.post(address, double).status_code == 422
    page = client.post(address, {"part": "system", "name": "Exchange", "branch": desk.branch.pk}).content.decode()
    assert "whsec_" in page
    assert "whsec_" not in client.get(address).content.decode()
    assert client.post(address, {"part": "repeat", "repeat_contacts": "1", "repeat_days": "7"}).status_code == 422
    assert client.post(address, {"part": "repeat", "repeat_contacts": "৪", "repeat_days": "10"}).status_code == 302
    assert client_as(desk.agent).get(address).status_code == 403
