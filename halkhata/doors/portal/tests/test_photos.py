"""Photos from customers: what is taken, that none is lost by a mistake elsewhere, and that none stays unseen."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.doors.portal import photos as photo_rules
from halkhata.doors.portal.models import Draft, DraftFile
from halkhata.doors.portal.services import drafts
from halkhata.doors.portal.tests.pictures import EXE, GIF, HEIC, PDF, SVG, jpeg, png, webp
from halkhata.engines.messaging.models import MessageAttachment
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.unused import drop_unused_files

pytestmark = pytest.mark.django_db

FORM = "/c/complaint/"


@pytest.fixture
def visitor(shop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    create_default_categories()
    return Client()


def token_on(page):
    return re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)


def send(visitor, *photos, token="", **values):
    token = token or token_on(visitor.get(FORM))
    files = [SimpleUploadedFile(name, data, "image/jpeg") for name, data in photos]
    return visitor.post(
        FORM,
        {"text": "The fridge smells", "phone": "01100000008", "token": token, "lang": "en", "photos": files, **values},
    )


@pytest.mark.parametrize("picture", [jpeg(), png(), webp()])
def test_jpeg_png_and_webp_are_taken(visitor, picture):
    assert send(visitor, ("photo.bin", picture)).status_code == 302
    assert MessageAttachment.objects.get().file.is_image


@pytest.mark.parametrize(
    ("data", "words"),
    [(HEIC, "HEIC"), (GIF, "no photo"), (SVG, "no photo"), (EXE, "no photo"), (PDF, "no photo"), (b"", "empty"),
     (b"\xff\xd8\xff\xe0" + b"x" * 300, "damaged")],
)  # fmt: skip
def test_what_is_no_photo_is_refused_by_its_bytes_whatever_it_is_called(visitor, data, words):
    page = send(visitor, ("photo.jpg", data))
    text = page.content.decode()
    assert page.status_code == 422
    assert re.search(rf'id="id_photos_error"[^>]*>.*?{words}', text, re.DOTALL)
    assert "The fridge smells</textarea>" in text
    assert (Ticket.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_photo_above_ten_megabytes_and_a_sixth_one_are_refused(visitor, monkeypatch):
    monkeypatch.setattr(photo_rules, "MOST_BYTES", 2000)
    page = send(visitor, ("large.png", png() + b"\0" * 3000), ("small.png", png()))
    assert page.status_code == 422
    assert "large.png” is too large" in page.content.decode()
    again = send(visitor, *[(f"{number}.png", png(number)) for number in range(6)])
    assert again.status_code == 422
    assert "At most 5 photos" in again.content.decode()
    assert not Ticket.objects.exists()


def test_photos_wait_while_another_field_is_mended(visitor):
    """A mistake in the phone number loses neither text nor photos; the good one of two photos waits, too."""
    bad = send(visitor, ("ত্রুটি.jpg", jpeg()), ("bad.gif", GIF), phone="12")
    assert "bad.gif” is no photo" in bad.content.decode()
    first = send(visitor, token=token_on(bad), phone="12")
    text = first.content.decode()
    assert first.status_code == 422
    assert "ত্রুটি.jpg" in text
    assert 'id="id_phone_error"' in text
    assert (StoredFile.objects.count(), Ticket.objects.count()) == (1, 0)
    assert send(visitor, ("bill.png", png()), token=token_on(first)).status_code == 302
    names = MessageAttachment.objects.order_by("pk").values_list("file__original_name", flat=True)
    assert list(names) == ["ত্রুটি.jpg", "bill.png"]
    assert not DraftFile.objects.exists()
    assert Draft.objects.get().ticket == Ticket.objects.get()


def test_waiting_photo_can_be_left_out_and_counts_towards_five(visitor):
    first = send(visitor, ("a.png", png(1)), ("b.png", png(2)), phone="12")
    unwanted = StoredFile.objects.get(original_name="a.png")
    token = token_on(first)
    six = send(visitor, *[(f"{number}.png", png(number + 9)) for number in range(4)], token=token)
    assert "At most 5 photos" in six.content.decode()
    assert send(visitor, token=token, remove=[unwanted.pk, "x", "99999999999999999999"]).status_code == 302
    names = set(MessageAttachment.objects.values_list("file__original_name", flat=True))
    assert "a.png" not in names
    assert "b.png" in names


def test_photo_of_one_form_waits_for_that_form_alone(visitor):
    mine = send(visitor, ("mine.png", png()), phone="12")
    waiting = StoredFile.objects.get()
    other = Client()
    # Another form can neither take it along nor take it away.
    assert send(other, remove=[waiting.pk]).status_code == 302
    assert not MessageAttachment.objects.exists()
    assert send(visitor, token=token_on(mine)).status_code == 302
    assert MessageAttachment.objects.get().file == waiting


def test_nobody_can_open_a_photo_that_waits(visitor, shop, client_as):
    send(visitor, ("mine.png", png()), phone="12")
    waiting = StoredFile.objects.get()
    assert client_as(shop.owner).get(f"/files/{waiting.pk}/mine.png").status_code == 404
    assert visitor.get(f"/files/{waiting.pk}/mine.png").status_code == 302


def test_disk_cannot_be_filled_by_forms_that_are_never_sent(visitor, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_WAITING", 3000)
    kept = send(visitor, ("a.jpg", jpeg()), phone="12")
    assert "a.jpg" in kept.content.decode()
    full = send(visitor, ("b.jpg", jpeg(200, 200, (0, 9, 0)) + b"\0" * 3000), phone="12")
    assert "choose the photos again" in full.content.decode()
    assert StoredFile.objects.count() == 1


def test_same_form_sent_twice_makes_one_ticket_with_its_photos_once(visitor):
    token = token_on(visitor.get(FORM))
    first = send(visitor, ("a.png", png()), token=token)
    second = send(visitor, ("a.png", png()), token=token)
    assert [page.status_code for page in (first, second)] == [302, 302]
    assert (Ticket.objects.count(), MessageAttachment.objects.count()) == (1, 1)


def test_photo_that_was_never_sent_is_gone_after_a_day(visitor, tmp_path):
    send(visitor, ("mine.png", png()), phone="12")
    path = tmp_path / StoredFile.objects.get().path
    assert path.exists()
    assert drafts.drop_old_drafts() == 0
    assert drop_unused_files() == 0
    with moved_to(now() + timedelta(hours=26)):
        assert drafts.drop_old_drafts() == 2
        assert drop_unused_files() == 1
    assert not StoredFile.objects.exists()


def test_body_larger_than_any_form_is_refused_before_it_is_read(visitor):
    for path in (FORM, "/c/follow/", "/c/t/K-1/message/"):
        page = visitor.post(path, {"text": "x"}, headers={"Content-Length": str(80 * 1024 * 1024)})
        assert page.status_code == 413, path
        assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["bn", "en"])
def test_chooser_offers_only_what_is_taken_so_that_phones_convert(visitor, language):
    page = visitor.get(f"{FORM}?lang={language}").content.decode()
    assert 'accept="image/jpeg,image/png,image/webp"' in page
