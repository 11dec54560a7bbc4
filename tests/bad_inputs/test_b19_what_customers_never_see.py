"""B19: an internal note, a colleague's address and a copy's address stand in nothing that a customer gets."""

from email import message_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.composing import mail_bytes
from halkhata.engines.messaging.services.conversations import add_note, send_reply

NOTE, AGENT, COLLEAGUE = "canary-of-the-note", "clerk-here@example.com", "walk-manager@example.com"


@pytest.fixture
def ticket(records):
    ticket = records.own["ticket"]
    add_note(actor=records.own["clerk"], item=ticket, text=f"{NOTE} ask {COLLEAGUE}")
    return ticket


def whole_text(raw):
    mail = message_from_bytes(raw)
    parts = [part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart()]
    return str(mail.items()) + b" ".join(parts).decode("utf-8", "replace")


def test_mail_to_the_customer_quotes_no_note_and_no_colleague(records, ticket):
    Mailbox.objects.filter(pk=records.own["mailbox"].pk).update(is_default=True, smtp_host="mail.example.com")
    message = send_reply(actor=records.own["clerk"], item=ticket, text="We come tomorrow.")
    text = whole_text(mail_bytes(message.delivery))
    assert "We come tomorrow." in text
    assert [word for word in (NOTE, AGENT, COLLEAGUE) if word in text] == []


@pytest.mark.parametrize("name", ["portal:thanks", "portal:embedded_thanks", "portal:survey"])
@pytest.mark.parametrize("language", ["en", "bn"])
def test_pages_of_the_customer_hold_nothing_internal(records, ticket, name, language):
    kind = records.kinds["survey link" if name == "portal:survey" else "thanks link"]
    answer = Client().get(reverse(name, args=kind.own_of(None)) + f"?lang={language}")
    assert answer.status_code == 200
    assert [word for word in (NOTE, AGENT, COLLEAGUE) if word in answer.content.decode()] == []
