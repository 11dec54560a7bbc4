"""Booking a visit on the customer's page, and taking it back (issue 5, part 8)."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from PIL import Image

from halkhata.desks.service.models import BookingPhoto, JobBooking
from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services.booking_rules import save_booking_rule
from halkhata.desks.service.services.bookings import confirm_booking
from halkhata.desks.service.tests.conftest import bike, catalog, desk, fridge, karim, make_job, rahima, terms
from halkhata.doors.portal.tests.following import digest, enter_mine
from halkhata.doors.portal.views import book as book_views
from halkhata.foundation.audit.trail import SYSTEM, SystemActor
from halkhata.records.catalog.days import today
from halkhata.records.catalog.services.owners import transfer_unit

__all__ = ["bike", "catalog", "desk", "fridge", "karim", "make_job", "rahima", "terms"]
pytestmark = pytest.mark.django_db
PHONE, OTHER = "01100000001", "01100000002"


@pytest.fixture
def inside(rahima):
    browser = Client()
    enter_mine(browser, PHONE)
    return browser


def photo(name="fault.jpg"):
    held = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(held, "JPEG")
    held.seek(0)
    held.name = name
    return held


def at(unit):
    return f"/c/mine/units/{unit.number}/book/"


def form_of(browser, unit, **values):
    page = browser.get(at(unit), {"lang": "en"})
    token = page.content.decode().split('name="token" value="')[1].split('"')[0]
    return {
        "token": token, "complaint": "It does not cool", "wished_on": free_days(unit.branch)[1].on.isoformat(),
        "lang": "en", **values,
    }  # fmt: skip


def test_wish_with_a_photo_is_there_for_the_desk_and_on_the_page(inside, fridge, rahima):
    answer = inside.post(at(fridge), form_of(inside, fridge, photos=photo()))
    assert answer["Location"] == f"/c/mine/units/{fridge.number}/?said=booked"
    booking = JobBooking.objects.get()
    assert (booking.unit, booking.customer, booking.branch, booking.state, booking.complaint) == (
        fridge, rahima, fridge.branch, "asked", "It does not cool",
    )  # fmt: skip
    assert BookingPhoto.objects.filter(booking=booking).count() == 1
    page = inside.get(answer["Location"], {"lang": "en", "said": "booked"}).content.decode()
    assert "You hear from us whether the day suits" in page
    assert "take it back" in page
    assert "Visit to the workshop" in inside.get("/c/mine/matters/?lang=en").content.decode()
    # One at a time.
    assert inside.get(at(fridge))["Location"] == f"/c/mine/units/{fridge.number}/"


def test_form_sent_twice_is_one_booking(inside, fridge):
    sent = form_of(inside, fridge)
    assert [inside.post(at(fridge), sent).status_code for _ in range(2)] == [302, 302]
    assert JobBooking.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"complaint": " "}, "Write what is wrong"),
        ({"wished_on": ""}, "Choose a day"),
        ({"wished_on": "2020-01-01"}, "not free any more"),
        ({"wished_on": "soon"}, "not free any more"),
        ({"token": "forged"}, "open for very long"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(inside, fridge, values, words):
    answer = inside.post(at(fridge), form_of(inside, fridge, **values))
    text = answer.content.decode()
    assert (answer.status_code, words in text) == (422, True)
    assert values.get("complaint", "It does not cool") in text
    assert not JobBooking.objects.exists()


def test_photo_stays_while_the_day_is_mended(inside, fridge):
    sent = form_of(inside, fridge, wished_on="", photos=photo())
    assert "fault.jpg" in inside.post(at(fridge), sent).content.decode()
    inside.post(at(fridge), {**form_of(inside, fridge), "token": sent["token"]})
    assert BookingPhoto.objects.count() == 1


def test_day_that_filled_up_meanwhile_is_refused_in_words(inside, fridge, desk, monkeypatch):
    sent = form_of(inside, fridge)
    offered = free_days(fridge.branch)
    save_booking_rule(actor=None, branch=fridge.branch, per_day=1, days_ahead=14)
    monkeypatch.setattr(book_views, "free_days", lambda branch: offered)
    from halkhata.desks.service.services.bookings import ask_booking
    from halkhata.records.warranty.tests.conftest import sell_unit

    other = sell_unit(_catalog(desk, fridge), fridge.owner, fridge.product, serial="SN-2")
    ask_booking(
        actor=SystemActor("customer's page"), unit=other, customer=fridge.owner, branch=fridge.branch,
        complaint="x", wished_on=offered[1].on, key="k",
    )  # fmt: skip
    answer = inside.post(at(fridge), sent)
    assert (answer.status_code, "This day is full" in answer.content.decode()) == (409, True)
    assert JobBooking.objects.count() == 1


def _catalog(desk, unit):
    from types import SimpleNamespace

    return SimpleNamespace(seller=SYSTEM, branch=desk.branch, fridge=unit.product)


def test_taken_back_by_its_owner_alone(inside, fridge, karim):
    inside.post(at(fridge), form_of(inside, fridge))
    booking = JobBooking.objects.get()
    stranger = Client()
    enter_mine(stranger, OTHER)
    assert stranger.post(f"/c/mine/bookings/{booking.number}/withdraw/").status_code == 404
    booking.refresh_from_db()
    assert booking.state == "asked"
    answer = inside.post(f"/c/mine/bookings/{booking.number}/withdraw/")
    assert answer["Location"].endswith("?said=withdrawn")
    booking.refresh_from_db()
    assert (booking.state, booking.slot) == ("withdrawn", None)
    # Once more changes nothing; another day can be asked for.
    assert inside.post(f"/c/mine/bookings/{booking.number}/withdraw/").status_code == 302
    assert inside.post(at(fridge), form_of(inside, fridge)).status_code == 302


def test_answer_of_the_desk_stands_on_the_page(inside, fridge, desk):
    inside.post(at(fridge), form_of(inside, fridge))
    confirm_booking(actor=desk.advisor, booking=JobBooking.objects.get(), note="Bring the bill.")
    text = inside.get(f"/c/mine/units/{fridge.number}/?lang=en").content.decode()
    assert "we expect you" in text
    assert "Bring the bill." in text
    assert "Advisor" not in text


def test_unit_in_the_house_offers_no_booking(inside, fridge, make_job):
    make_job(fridge)
    assert inside.get(at(fridge)).status_code == 302
    assert "Book a visit" not in inside.get(f"/c/mine/units/{fridge.number}/?lang=en").content.decode()


def test_branch_that_takes_none_says_so(inside, fridge):
    save_booking_rule(actor=None, branch=fridge.branch, per_day=0, days_ahead=14)
    assert "No day can be booked here" in inside.get(f"{at(fridge)}?lang=en").content.decode()


def test_new_owner_may_book_although_the_earlier_one_had(inside, fridge, karim):
    inside.post(at(fridge), form_of(inside, fridge))
    transfer_unit(actor=SYSTEM, unit=fridge, to=karim, on=today(), consent="Signed letter")
    other = Client()
    enter_mine(other, OTHER)
    text = other.get(f"/c/mine/units/{fridge.number}/?lang=en").content.decode()
    assert "V-1001" not in text
    assert other.post(at(fridge), form_of(other, fridge)).status_code == 302
    assert list(JobBooking.objects.order_by("pk").values_list("state", "customer__name_en")) == [
        ("withdrawn", "Rahima Test"), ("asked", "Karim Test"),
    ]  # fmt: skip


def test_too_many_forms_are_refused_and_words_stay(inside, fridge, monkeypatch):
    monkeypatch.setattr(book_views, "MOST", 0)
    answer = inside.post(at(fridge), form_of(inside, fridge))
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert "It does not cool" in answer.content.decode()
    assert not JobBooking.objects.exists()


def test_press_forged_by_another_site_books_nothing(rahima, fridge):
    browser = Client(enforce_csrf_checks=True)
    before = digest()
    sent = {"complaint": "x", "wished_on": (today() + timedelta(days=1)).isoformat()}
    assert browser.post(at(fridge), sent).status_code == 403
    assert digest() == before
