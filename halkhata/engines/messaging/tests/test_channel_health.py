"""The light of each mailbox: why, what to do, and green again by itself (F07)."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import InboundRaw, Mailbox
from halkhata.engines.messaging.selectors.auth_servers import server_words, servers_seen
from halkhata.engines.messaging.selectors.channel_health import (
    NEEDS_A_PERSON,
    TO_DO,
    channel_health,
    incoming_light,
    outgoing_light,
    red_mailboxes,
)
from halkhata.engines.messaging.selectors.error_words import WORDS
from halkhata.engines.messaging.selectors.trouble import red_channel_count
from halkhata.engines.messaging.services.channel_state import note_reading_failed, note_sending_failed
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.foundation.core.clock import moved_to, now
from tests.support.postgres import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(shop) -> Mailbox:
    return make_mailbox(shop, imap_host="imap.example.com", last_fetch_at=now(), last_send_at=now())


def _fresh() -> Mailbox:
    return Mailbox.objects.get()


def _tones() -> tuple[str, str, bool]:
    box = _fresh()
    return incoming_light(box).tone, outgoing_light(box).tone, red_mailboxes(Mailbox.objects.all()).exists()


def test_green_while_it_works(box):
    assert _tones() == ("good", "good", False)


@pytest.mark.parametrize("side", ["in", "out"])
def test_yellow_then_red_then_green(box, side):
    note = note_reading_failed if side == "in" else note_sending_failed
    note(box.pk, code="timed_out", said="timed out")
    light = incoming_light(_fresh()) if side == "in" else outgoing_light(_fresh())
    assert (light.tone, str(light.why)) == ("warn", str(WORDS["timed_out"]))
    assert light.to_do
    assert not red_mailboxes(Mailbox.objects.all()).exists()
    since = light.since
    with moved_to(now() + timedelta(minutes=6)):
        note(box.pk, code="timed_out", said="timed out")
        light = incoming_light(_fresh()) if side == "in" else outgoing_light(_fresh())
        assert (light.tone, light.since) == ("bad", since)
        assert red_mailboxes(Mailbox.objects.all()).exists()


@pytest.mark.parametrize("code", NEEDS_A_PERSON)
def test_what_needs_a_person_is_red_at_once_and_says_what_to_do(box, code):
    note_reading_failed(box.pk, code=code, said="x")
    light = incoming_light(_fresh())
    assert light.tone == "bad"
    assert light.to_do == TO_DO[code]
    assert code in WORDS
    assert red_mailboxes(Mailbox.objects.all()).exists()


def test_silence_is_seen_without_an_error(box):
    with moved_to(now() + timedelta(minutes=10)):
        assert incoming_light(_fresh()).tone == "warn"
    with moved_to(now() + timedelta(minutes=31)):
        assert incoming_light(_fresh()).tone == "bad"
        assert red_mailboxes(Mailbox.objects.all()).exists()


def test_mail_that_does_not_leave_is_seen(box, shop):
    ingest(raw_mail())
    from halkhata.engines.messaging.services.conversations import send_reply
    from halkhata.engines.work.models import WorkItem

    send_reply(actor=shop.agent, item=WorkItem.objects.get(), text="Yes")
    [health] = channel_health(Mailbox.objects.all())
    assert (health.tone, health.waiting) == ("good", 1)
    with moved_to(now() + timedelta(minutes=6)):
        Mailbox.objects.update(last_fetch_at=now())
        [health] = channel_health(Mailbox.objects.all())
    assert health.outgoing.tone == "warn"


def test_demo_and_unused_mailboxes_have_no_light(box):
    note_reading_failed(box.pk, code="sign_in_refused", said="x")
    for fields in ({"is_demo": True, "is_default": False}, {"is_demo": False, "is_active": False}):
        Mailbox.objects.update(**fields)
        assert _tones() == ("quiet", "quiet", False)


def test_failed_server_with_nothing_to_send_goes_green_by_itself(shop, smtp_server):
    box = make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=free_port())
    note_sending_failed(box.pk, code="connection_refused", said="x")
    assert jobs.probe_one_channel.func(box.pk) is False
    assert outgoing_light(_fresh()).tone == "warn"
    Mailbox.objects.update(smtp_port=smtp_server.port)
    assert jobs.probe_mail_channels.func() == 1
    assert jobs.probe_one_channel.func(box.pk) is True
    assert outgoing_light(_fresh()).tone == "good"
    assert jobs.probe_mail_channels.func() == 0
    assert smtp_server.messages == []


@pytest.mark.parametrize("language", ["bn", "en"])
def test_page_and_navigation_show_it_to_those_with_the_right(box, shop, client_as, language):
    note_reading_failed(box.pk, code="sign_in_refused", said="AUTHENTICATIONFAILED")
    url = reverse("messaging:channels")
    page = client_as(shop.lead, language).get(url).content.decode()
    assert "AUTHENTICATIONFAILED" in page
    assert red_channel_count(shop.lead) == 1
    assert url in client_as(shop.lead, language).get("/").content.decode()
    assert client_as(shop.agent, language).get(url).status_code == 403
    assert url not in client_as(shop.agent, language).get("/").content.decode()
    assert (
        "AUTHENTICATIONFAILED" in client_as(shop.owner, language).get(reverse("messaging:mailboxes")).content.decode()
    )


def test_mailbox_of_another_branch_is_nobodys_business(box, shop, client_as):
    from halkhata.foundation.accounts.services.branches import create_branch

    Mailbox.objects.update(branch=create_branch(actor=None, name_en="Far"))
    note_reading_failed(box.pk, code="sign_in_refused", said="x")
    assert red_channel_count(shop.lead) == 0
    assert box.address not in client_as(shop.lead).get(reverse("messaging:channels")).content.decode()


def test_check_and_metrics_tell_it_too(box):
    from halkhata.doors.cli.health.post import mailboxes
    from halkhata.oversight.operations.selectors.metrics import metrics_text

    assert mailboxes().ok
    assert f'halkhata_mail_channel_up{{mailbox="{box.pk}",direction="in"}} 1' in metrics_text()
    note_reading_failed(box.pk, code="sign_in_refused", said="AUTHENTICATIONFAILED")
    finding = mailboxes()
    assert not finding.ok
    assert str(WORDS["sign_in_refused"]) in finding.detail
    assert json.loads(json.dumps(finding.values["mailboxes"][0], default=str))["light"] == "red"
    assert f'halkhata_mail_channel_up{{mailbox="{box.pk}",direction="in"}} 0' in metrics_text()


# ---- the server that checks senders


def test_name_of_the_checking_server_is_told_from_the_last_mails(box, shop, client_as):
    for number in range(10):
        ingest(raw_mail(f"Matter {number}", number=number, authentication_results="mx.example.com; none"), mailbox=box)
    seen = servers_seen(box)
    assert (seen.name, seen.count, seen.total) == ("mx.example.com", 10, 10)
    page = client_as(shop.owner).get(reverse("messaging:mailbox", args=[box.pk])).content.decode()
    assert "mx.example.com" in page
    InboundRaw.objects.filter(pk__in=InboundRaw.objects.values("pk")[:3]).update(auth_server="")
    assert "ask whoever runs the mail server" in str(server_words(servers_seen(box)))


def test_name_of_the_checking_server_is_saved_in_small_letters(box, shop, client_as):
    client = client_as(shop.owner)
    url = reverse("messaging:mailbox", args=[box.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    assert client.post(url, {**data, "auth_server": " MX.Example.com "}).status_code == 302
    assert _fresh().auth_server == "mx.example.com"
