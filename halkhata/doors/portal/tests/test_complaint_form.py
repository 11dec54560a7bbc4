"""The public complaint form: no cookie, no script, nothing lost, one ticket however often it is sent (A52.1, US-07)."""

import re
import struct
import zlib
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from halkhata.desks.tickets.models import DeskSettings, Ticket
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.doors.portal import tokens
from halkhata.engines.messaging.models import Delivery, Message, Template
from halkhata.foundation.core.jobs.worker import Worker, run_until_quiet
from halkhata.records.customers.models import Customer

pytestmark = pytest.mark.django_db

FORM, FRAME = "/c/complaint/", "/c/embed/complaint/"


def png():
    """A picture of one grey point."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")


@pytest.fixture
def visitor(shop):
    """A browser that has never been here, and keeps to the rule that the form must work without any cookie."""
    create_default_categories()
    for language in ("bn", "en"):
        Template.objects.update_or_create(
            code="received", team=None, channel="email", language=language,
            defaults={"subject": "{{ number }}", "body": "We have it: {{ number }}. {{ promise }}", "is_active": True},
        )  # fmt: skip
    return Client(enforce_csrf_checks=True)


def token_on(page):
    return re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)


def send(visitor, address=FORM, *, token=None, **values):
    token = token or token_on(visitor.get(address))
    visitor.cookies.clear()
    return visitor.post(address, {"text": "The fridge smells", "phone": "01100000008", "token": token, **values})


@pytest.mark.parametrize("address", [FORM, FRAME])
def test_complaint_becomes_a_ticket_and_the_page_says_number_and_time(visitor, shop, address):
    sent = send(visitor, address, name="Selim Test", lang="en", email="selim@example.com")
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject, ticket.team) == ("web_form", "The fridge smells", shop.team)
    assert sent.headers["Location"].startswith(f"{address}thanks/")
    thanks = visitor.get(sent.headers["Location"]).content.decode()
    assert "K-1001" in thanks
    assert "You hear from us" in thanks
    with mock.patch.object(Worker, "_claim", return_value=[]):
        run_until_quiet()
    mail = Delivery.objects.get(cause=f"ticket:{ticket.pk}:received")
    assert mail.to_address == "selim@example.com"
    assert "K-1001" in mail.message.text


def test_page_needs_no_script_and_no_cookie_and_is_light(visitor):
    page = visitor.get(FRAME)
    text = page.content.decode()
    assert "<script" not in text
    assert "csrfmiddlewaretoken" not in text
    assert not page.cookies
    assert len(page.content) < 20_000
    assert re.findall(r'<link[^>]+href="([^"]+)"', text) == ["/static/built/public.css"]
    full = visitor.get(FORM)
    assert "<script" not in full.content.decode()
    assert not full.cookies


def test_only_the_frame_may_be_framed_and_neither_is_listed(visitor):
    own, frame = visitor.get(FORM), visitor.get(FRAME)
    assert own.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in own.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "script-src 'self'" in frame.headers["Content-Security-Policy"]
    for page in (own, frame):
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex">' in page.content.decode()


def test_page_speaks_the_language_of_its_address(visitor):
    assert '<html lang="en"' in visitor.get(FORM + "?lang=en").content.decode()
    assert '<html lang="bn"' in visitor.get(FORM + "?lang=bn").content.decode()
    assert '<html lang="bn"' in visitor.get(FORM).content.decode()


def test_bengali_digits_are_read(visitor):
    send(visitor, phone="০১১০০ ০০০ ০৩৩")
    assert Ticket.objects.get().customer.contact_points.get().value == "+8801100000033"


def test_sending_twice_opens_one_ticket_and_leads_to_the_same_place(visitor):
    token = token_on(visitor.get(FORM))
    first, second = send(visitor, token=token), send(visitor, token=token, text="The fridge smells!")
    assert Ticket.objects.count() == 1
    ids = [tokens.ticket_of_thanks(page.headers["Location"].split("/")[4]) for page in (first, second)]
    assert ids[0] == ids[1] == Ticket.objects.get().pk


@pytest.mark.parametrize(
    ("values", "field"),
    [({"text": " "}, "text"), ({"phone": "", "email": ""}, "phone"), ({"phone": "12"}, "phone"),
     ({"phone": "", "email": "no address"}, "email"), ({"website": "http://spam.example.com"}, "website")],
)  # fmt: skip
def test_what_cannot_be_used_is_marked_and_everything_typed_stays(visitor, values, field):
    page = send(visitor, name="Selim Test", serial="SN-1", **values)
    text = page.content.decode()
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert 'value="Selim Test"' in text
    assert 'value="SN-1"' in text
    if field != "text":
        assert "The fridge smells</textarea>" in text
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)
    assert send(visitor, token=token_on(page)).status_code == 302


@pytest.mark.parametrize("bad", ["", "forged", "x:y:z"])
def test_form_without_its_own_token_is_shown_again_with_a_good_one(visitor, bad):
    visitor.get(FORM)
    page = visitor.post(FORM, {"text": "The fridge smells", "phone": "01100000008", "token": bad})
    assert page.status_code == 422
    assert not Ticket.objects.exists()
    assert "The fridge smells</textarea>" in page.content.decode()
    assert send(visitor, token=token_on(page)).status_code == 302


def test_form_that_lay_open_for_days_is_shown_again(visitor):
    token = token_on(visitor.get(FORM))
    with mock.patch.object(tokens, "FORM_LIVES", -1):
        assert send(visitor, token=token).status_code == 422
    assert not Ticket.objects.exists()


def test_token_of_a_thanks_page_opens_no_form_and_the_other_way_round(visitor):
    assert tokens.form_id(tokens.thanks_token(1)) is None
    assert visitor.get(f"/c/complaint/thanks/{tokens.new_form_token()}/").status_code == 404
    assert visitor.get("/c/complaint/thanks/K-1001/").status_code == 404


def test_flood_from_one_address_is_stopped_where_the_shop_says_and_nothing_is_lost(visitor):
    DeskSettings.objects.create(form_per_address=2)
    pages = [send(visitor, phone=f"0110000010{number}") for number in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 429, 429]
    assert 0 < int(pages[3].headers["Retry-After"]) <= 3600
    assert "The fridge smells</textarea>" in pages[3].content.decode()
    assert Ticket.objects.count() == 2


def test_photos_are_kept_with_the_message(visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(visitor, photos=[SimpleUploadedFile("ত্রুটি.png", png(), "text/html")])
    message = Message.objects.get(direction="in")
    stored = message.attachments.get().file
    assert (stored.original_name, stored.content_type, stored.is_image) == ("ত্রুটি.png", "image/png", True)


def test_six_photos_are_one_too_many(visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = send(visitor, photos=[SimpleUploadedFile(f"{n}.png", png()) for n in range(6)])
    assert page.status_code == 422
    assert "id_photos_error" in page.content.decode()
    assert not Ticket.objects.exists()


def test_danger_is_answered_with_advice(visitor):
    sent = send(visitor, text="There is fire in the fridge", lang="en")
    assert "switch the product off" in visitor.get(sent.headers["Location"]).content.decode()


def test_hostile_text_is_shown_as_text(visitor):
    page = send(visitor, text="</textarea><script>alert(1)</script>", phone="")
    assert "<script" not in page.content.decode()


def test_form_belongs_to_no_signed_in_user(visitor, shop, client_as):
    client = client_as(shop.agent)
    token = token_on(client.get(FORM))
    client.post(FORM, {"text": "The fridge smells", "phone": "01100000008", "token": token})
    assert Ticket.objects.get().taken_by is None
    assert reverse("portal:complaint") == FORM
