"""What went wrong is stored as a code and told in the reader's language; only a server's own words stay as they are."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from halkhata.engines.messaging.mime.mail import UnparseableMail
from halkhata.engines.messaging.mime.parse import parse_mail
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message
from halkhata.engines.messaging.selectors.error_words import WORDS
from halkhata.engines.messaging.selectors.mail_notes import NOTES, note_words
from halkhata.engines.messaging.selectors.thread import thread_of
from halkhata.engines.messaging.selectors.trouble import trouble_of
from halkhata.engines.messaging.services import mail_errors
from halkhata.engines.messaging.services.conversations import log_call, send_reply
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.sending import put_abandoned_in_doubt, send_one
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(shop) -> WorkItem:
    make_mailbox(shop)
    return WorkItem.objects.get(number=ingest(raw_mail()).ticket)


@pytest.fixture
def reply(shop, item) -> Delivery:
    return send_reply(actor=shop.agent, item=item, text="We look at it.").delivery


def test_every_code_that_can_be_stored_has_words():
    codes = {code for _kinds, code in mail_errors._CODES} | {"address_refused", "port_refused"}
    codes |= {value for name, value in vars(mail_errors).items() if name.isupper() and isinstance(value, str)}
    assert codes <= set(WORDS)


def test_killed_sending_is_a_code_and_not_a_sentence(reply):
    Delivery.objects.filter(pk=reply.pk).update(state="sending", lease_until="2026-01-01T00:00Z")
    assert put_abandoned_in_doubt() == 1
    reply.refresh_from_db()
    assert (reply.state, reply.error_code, reply.last_error) == ("in_doubt", "worker_stopped", "")
    assert str(trouble_of(reply).words) == "The program was stopped while it was sending."
    assert trouble_of(reply).said == ""


def test_server_that_is_away_is_told_in_words_with_what_the_system_said(shop, reply, client_as):
    assert send_one(reply.pk) == "queued"
    reply.refresh_from_db()
    assert reply.error_code == "connection_refused"
    assert Mailbox.objects.get().last_send_code == "connection_refused"
    page = client_as(shop.lead, "en").get(reverse("messaging:outbox") + "?box=waiting").content.decode()
    assert page.count("The server does not answer on this port.") == 2  # at the mailbox, and at the message
    assert "<code>ConnectionRefusedError" in page


def test_refusal_keeps_the_other_servers_words_beside_ours(reply):
    Delivery.objects.filter(pk=reply.pk).update(
        state="failed", error_code="server_refused", smtp_code=552, last_error="5.2.2 mailbox full"
    )
    reply.refresh_from_db()
    assert str(trouble_of(reply).words) == "The other mail server refused the message for good."
    assert trouble_of(reply).said == "552 5.2.2 mailbox full"


def test_mail_sent_at_the_second_try_has_no_trouble_left(reply):
    Delivery.objects.filter(pk=reply.pk).update(state="sent", sent_at="2026-01-01T00:00Z", attempts=2)
    reply.refresh_from_db()
    assert (trouble_of(reply).words, trouble_of(reply).said) == ("", "")


def test_rows_of_before_get_codes(reply):
    from importlib import import_module

    from django.apps import apps

    fill = import_module("halkhata.engines.messaging.migrations.0004_fill_places_and_codes").fill
    Delivery.objects.filter(pk=reply.pk).update(last_error="worker stopped while sending")
    raw = InboundRaw.objects.get()
    details = {
        "88 bytes": ("", []),
        "text_from_html; header_cut:subject": ("", ["text_from_html", "header_cut:subject"]),
        "ValueError: wrong; very wrong": ("ValueError: wrong; very wrong", []),
    }
    for detail, expected in details.items():
        InboundRaw.objects.filter(pk=raw.pk).update(detail=detail, notes=[])
        fill(apps, None)
        raw.refresh_from_db()
        assert (raw.detail, raw.notes) == expected
    reply.refresh_from_db()
    assert (reply.error_code, reply.last_error) == ("worker_stopped", "")


@pytest.mark.parametrize("raw", [b"", b"  \r\n", b"\x89PNG\0\0", b"x" * 0])
def test_bytes_that_are_no_mail_have_a_reason_and_no_english_piece(raw):
    with pytest.raises(UnparseableMail) as error:
        parse_mail(raw)
    assert error.value.detail == ""


def test_quarantine_tells_what_was_cut_in_words_and_each_once(shop, client_as):
    raw = b"Subject: " + b"x" * 20_000 + b"\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>"
    assert ingest(raw).reason == "no_sender"
    row = InboundRaw.objects.get()
    assert row.detail == ""
    assert {"header_cut:subject", "text_from_html"} <= set(row.notes)
    page = client_as(shop.lead, "en").get(reverse("messaging:quarantine_mail", args=[row.pk])).content.decode()
    assert page.count("Lines of the mail&#x27;s head were too long or too many; they were cut.") == 1
    assert "header_cut" not in page
    assert "Message-ID" not in page


def test_notes_of_one_kind_are_told_once_and_unknown_ones_as_repaired():
    told = [str(words) for words in note_words(["header_cut:to", "header_cut:cc", "bare_cr_lines", "mbox_from_line"])]
    assert told == [str(NOTES["header_cut"]), "Parts of the mail were not built as they should be; they were read as "
                    "well as possible."]  # fmt: skip


CALLS = [
    (True, False, "out", "phone-off", "We called"),
    (False, False, "in", "phone-off", "Called us"),
    (True, True, "out", "phone-outgoing", "We called"),
    (False, True, "in", "phone-incoming", "Called us"),
]


@pytest.mark.parametrize(("outbound", "answered", "side", "icon", "title"), CALLS)
def test_call_is_shown_with_its_direction_and_whether_it_was_taken(shop, item, outbound, answered, side, icon, title):
    log_call(actor=shop.agent, item=item, outbound=outbound, answered=answered, text="Rang long" if answered else "")
    entry = thread_of(item, shop.lead)[-1]
    assert (entry.side, entry.icon, str(entry.title), entry.is_missed) == (side, icon, title, not answered)
    with translation.override("en"):
        page = render_to_string("messaging/_thread.html", {"entries": [entry], "user": shop.lead})
    assert "Internal note" not in page
    assert title in page
    assert ("Nobody answered" in page) is not answered
    assert ("hk-bubble" in page) is answered, "no empty bubble"
    assert f"#{icon}" in page


def test_unanswered_call_is_stored_without_words_of_any_language(shop, item):
    message = log_call(actor=shop.agent, item=item, outbound=True, answered=False, text="")
    stored = Message.objects.get(pk=message.pk)
    assert (stored.text, stored.call_answered, stored.direction) == ("", False, "note")


def test_only_a_call_can_be_taken_or_not(item):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(channel="email").update(call_answered=True)
