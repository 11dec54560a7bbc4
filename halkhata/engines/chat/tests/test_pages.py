"""Pages of chat: the composer on a ticket, settings, joining by hand; health and files (US-45, A52.20)."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.chat.jobs import check_accounts
from halkhata.engines.chat.models import ChatAccount, ChatDelivery, ChatIdentity, ChatMedia, ChatMessage, ChatTemplate
from halkhata.engines.chat.services.joining import join, unjoin
from halkhata.engines.chat.services.media import due_media, fetch_media
from halkhata.engines.chat.services.names import fetch_name
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.services.sending import send_one
from halkhata.engines.chat.services.templates import sync_templates
from halkhata.engines.chat.tests.fake_meta import TOKEN
from halkhata.engines.chat.tests.hooks import page_hook, told, wa_message, wa_status
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import NotFound
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def test_from_the_webhook_to_read_on_the_ticket(shop, whatsapp, meta, client_as):
    told(whatsapp, wa_message())
    ticket, person = Ticket.objects.get(), ChatIdentity.objects.get()
    client = client_as(shop.agent)
    card = client.get(f"/chat/about/?about={ticket.number}&part=1").content.decode()
    assert re.search(r"Free text: 23 h \d+ min left", card)
    seen = Message.objects.latest("id").pk
    address = f"/chat/item/{ticket.number}/{person.pk}/send/"
    answer = client.post(address, {"text": "আজ বিকেলে লোক যাবে।", "seen": seen})
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{ticket.number}/")
    assert send_one(ChatDelivery.objects.get().pk) == "sent"
    told(whatsapp, wa_status("wamid.OUT1", "read"))
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "আজ বিকেলে লোক যাবে।" in page
    assert "Read" in page
    assert f"/chat/about/?about={ticket.number}" in page


def test_closed_window_offers_approved_texts_and_keeps_what_was_typed(shop, whatsapp, client_as):
    told(whatsapp, wa_message())
    ticket, person = Ticket.objects.get(), ChatIdentity.objects.get()
    text = ChatTemplate.objects.create(
        account=whatsapp, name="visit_day", body="{{1}}, কাল আসছি।", gaps=1, state="approved"
    )
    ChatTemplate.objects.create(account=whatsapp, name="not_yet", body="x", state="pending")
    client = client_as(shop.agent)
    with moved_to(now() + timedelta(hours=25)):
        client = client_as(shop.agent)
        card = client.get(f"/chat/about/?about={ticket.number}&part=1").content.decode()
        assert "Closed for free text" in card
        assert "visit_day" in card
        assert "not_yet" not in card
        assert "<textarea" not in card
        base = f"/chat/item/{ticket.number}/{person.pk}"
        refused = client.post(f"{base}/send/", {"text": "আমার লেখা"})
        assert refused.status_code == 409
        assert "আমার লেখা" in refused.content.decode()
        shown = client.post(f"{base}/template/", {"template": text.pk, "value_1": "রহিম", "show": "1"})
        assert "রহিম, কাল আসছি।" in shown.content.decode()
        assert ChatDelivery.objects.count() == 0
        assert client.post(f"{base}/template/", {"template": text.pk, "value_1": "রহিম"}).status_code == 302
    assert ChatDelivery.objects.get().message.text == "রহিম, কাল আসছি।"


def test_card_asks_no_more_for_more_people(shop, whatsapp, client_as, django_assert_max_num_queries):
    told(whatsapp, wa_message())
    ticket = Ticket.objects.get()
    client = client_as(shop.agent)
    address = f"/chat/about/?about={ticket.number}&part=1"
    client.get(address)
    with django_assert_max_num_queries(40) as few:
        client.get(address)
    for number in range(3):
        ChatIdentity.objects.create(
            account=whatsapp, user_id=f"BD.{number}", customer=ticket.customer, joined_how="hand", last_wrote_at=now()
        )
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(address)


def test_ticket_without_chat_gets_no_card_and_a_foreign_one_no_answer(shop, client_as, whatsapp):
    told(whatsapp, wa_message())
    ticket = Ticket.objects.get()
    ChatMessage.objects.all().delete()
    ChatIdentity.objects.all().delete()
    client = client_as(shop.agent)
    card = client.get(f"/chat/about/?about={ticket.number}&part=1")
    assert (card.status_code, card.content) == (200, b"")
    assert client.get("/chat/about/?about=K-999999&part=1").status_code == 404


def test_join_by_hand_moves_what_chat_opened_and_back(shop, whatsapp, client_as):
    told(whatsapp, wa_message(number="", user_id="BD.99", name="R."))
    ticket, person = Ticket.objects.get(), ChatIdentity.objects.get()
    made = ticket.customer
    known = create_customer(actor=shop.agent, name_bn="রহিম মিয়া", phones=["01712345678"], branch=shop.branch)
    client = client_as(shop.agent)
    assert client.post(f"/chat/people/{person.pk}/join/", {"customer": known.pk}).status_code == 302
    ticket.refresh_from_db()
    person.refresh_from_db()
    assert (ticket.customer, person.customer, person.joined_how) == (known, known, "hand")
    assert set(Message.objects.values_list("customer", flat=True)) == {known.pk}
    told(whatsapp, wa_message("আবার", wamid="wamid.2", number="", user_id="BD.99"))
    assert Ticket.objects.count() == 1
    unjoin(actor=shop.agent, identity=person)
    ticket.refresh_from_db()
    person.refresh_from_db()
    assert (ticket.customer, person.customer, person.joined_how) == (made, made, "new")


def test_wrong_number_is_taken_apart(shop, whatsapp):
    known = create_customer(actor=shop.agent, name_bn="রহিম মিয়া", phones=["01712345678"], branch=shop.branch)
    told(whatsapp, wa_message(name="Karim"))
    person = unjoin(actor=shop.agent, identity=ChatIdentity.objects.get())
    assert person.customer != known
    assert Ticket.objects.get().customer == person.customer
    elsewhere = create_customer(actor=shop.owner, name_en="Elsewhere")
    shop.agent.role.scope = "own"
    shop.agent.role.save()
    with pytest.raises(NotFound):
        join(actor=shop.agent, identity=person, customer=elsewhere)


def test_secrets_are_sealed_and_never_shown(shop, client_as, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    client = client_as(shop.owner)
    values = {
        "kind": "whatsapp", "name": "Showroom", "external_id": "5908309", "branch": shop.branch.pk,
        "opens_kind": "complaint", "api_url": "http://127.0.0.1:9999/v23.0", "app_secret": "s3cret-app",
        "access_token": "t0ken", "is_active": "on",
    }  # fmt: skip
    made = client.post("/chat/settings/new/", values)
    account = ChatAccount.objects.get()
    assert made["Location"] == f"/chat/settings/{account.pk}/"
    assert "s3cret-app" not in account.app_secret
    assert secret_of(account, "app_secret") == "s3cret-app"
    page = client.get(f"/chat/settings/{account.pk}/").content.decode()
    assert "s3cret-app" not in page
    assert "t0ken" not in page
    again = client.post(
        f"/chat/settings/{account.pk}/", {**values, "app_secret": "", "access_token": "", "name": "New"}
    )
    assert again.status_code == 302
    account.refresh_from_db()
    assert (account.name, secret_of(account, "access_token")) == ("New", "t0ken")
    moved = client.post(
        f"/chat/settings/{account.pk}/", {**values, "access_token": "", "api_url": "http://127.0.0.1:9998/v23.0"}
    )
    assert moved.status_code == 422
    word = client.post(f"/chat/settings/{account.pk}/address/").content.decode()
    assert secret_of(account, "verify_token") in word
    assert f"/chat/hooks/{account.key}/" in word


def test_expired_token_is_told_once_within_fifteen_minutes_and_the_light_is_red(shop, whatsapp, meta, client_as):
    assert check_accounts.func() == 1
    meta.token = "another"
    with moved_to(now() + timedelta(minutes=5)):
        assert check_accounts.func() == 0
    with moved_to(now() + timedelta(minutes=10)):
        assert check_accounts.func() == 0
        told_to = Notification.objects.filter(verb="chat.account_fails")
        assert told_to.filter(user=shop.owner).count() == 1
        assert told_to.filter(user=shop.agent).count() == 0
        page = client_as(shop.owner).get("/messages/channels/").content.decode()
        assert "Does not work" in page
        assert "Make a new access token" in page
    meta.token = TOKEN
    assert check_accounts.func() == 1
    whatsapp.refresh_from_db()
    assert (whatsapp.fault, whatsapp.alarmed_at) == ("", None)


def test_files_are_fetched_once_and_hang_on_the_message(shop, whatsapp, meta):
    meta.files["MEDIA1"] = b"%PDF-1.4 a receipt"
    document = {"id": "MEDIA1", "filename": "receipt.pdf", "caption": "রসিদ"}
    told(whatsapp, wa_message(type="document", document=document))
    (media,) = due_media()
    assert fetch_media(media) == "stored"
    assert fetch_media(media) == "stored"
    message = Message.objects.get()
    assert (message.text, message.attachments.get().file.original_name) == ("রসিদ", "receipt.pdf")


def test_files_too_large_or_gone_are_said(whatsapp, meta, monkeypatch):
    monkeypatch.setattr("halkhata.engines.chat.services.media.MOST_BYTES", 10)
    meta.files["BIG"] = b"x" * 11
    told(whatsapp, wa_message(type="image", image={"id": "BIG"}))
    assert fetch_media(ChatMedia.objects.get().pk) == "too_large"
    assert Message.objects.get().attachments.count() == 0


def test_our_token_goes_to_no_stranger(messenger, meta):
    attachment = {"type": "image", "payload": {"url": "https://elsewhere.example.com/a.jpg"}}
    told(messenger, page_hook(message={"mid": "mid.1", "attachments": [attachment]}))
    assert ChatMedia.objects.get().url == "https://elsewhere.example.com/a.jpg"
    assert meta.posts == []


def test_approved_texts_are_read_from_meta(whatsapp, meta):
    body = {"type": "BODY", "text": "{{1}}, আপনার ফ্রিজ তৈরি।"}
    meta.templates = [
        {"name": "ready", "language": "bn", "status": "APPROVED", "components": [body]},
        {"name": "photo", "language": "bn", "status": "APPROVED",
         "components": [{"type": "HEADER", "format": "IMAGE"}, body]},
    ]  # fmt: skip
    assert sync_templates(whatsapp) == 1
    row = ChatTemplate.objects.get()
    assert (row.name, row.gaps, row.state, row.is_synced) == ("ready", 1, "approved", True)
    meta.templates = []
    assert sync_templates(whatsapp) == 0
    row.refresh_from_db()
    assert row.state == "rejected"


def test_name_on_messenger_is_asked_for(messenger, meta):
    told(messenger, page_hook(message={"mid": "mid.1", "text": "দাম কত?"}))
    person = ChatIdentity.objects.get()
    assert person.customer.name_bn == "মেসেঞ্জার SID7"
    with translation.override("en"):
        assert fetch_name(person.pk) == ""
        meta.profiles["PSID7"] = {"first_name": "Salma", "last_name": "Akter"}
        assert fetch_name(person.pk) == "Salma Akter"
    person.refresh_from_db()
    person.customer.refresh_from_db()
    assert (person.name, person.customer.name_en) == ("Salma Akter", "Salma Akter")
