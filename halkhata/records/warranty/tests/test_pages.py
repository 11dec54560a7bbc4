"""The pages of the warranty: what they show, what they refuse, how many questions they ask the database."""

import io
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from halkhata.foundation.core.models import Installation
from halkhata.foundation.printing.tests.support import differs_by, missing, pictures_of
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.card_page import card_pdf
from halkhata.records.warranty.models import Card, Coupon, Cover, Registration, WarrantyPolicy
from halkhata.records.warranty.services.registering import note_registration
from halkhata.records.warranty.tests.conftest import SOLD_ON, digest, sell_unit

pytestmark = pytest.mark.django_db
PICTURES = Path(__file__).parent / "pictures"


def html(response):
    return response.content.decode()


def test_one_box_answers_with_the_deciding_rule(fridge, catalog, client_as):
    page = client_as(catalog.counter).get(reverse("warranty:check"), {"q": "SN-0001"})
    assert page.status_code == 200
    assert "Compressor" in html(page)
    assert "12-03-2036" in html(page)
    nothing = client_as(catalog.counter).get(reverse("warranty:check"), {"q": "NONE-1"})
    assert "Register it with the bill" in html(nothing)


def test_unit_page_shows_warranty_and_coupons(bike, catalog, client_as):
    page = html(client_as(catalog.manager).get(reverse("catalog:unit", args=[bike.number])))
    assert "Free services" in page
    assert reverse("warranty:use_coupon", args=[Coupon.objects.get(number=1).pk]) in page
    assert reverse("warranty:void", args=[Cover.objects.filter(unit=bike).order_by("pk")[0].pk]) in page


def test_registration_at_the_counter_with_the_bill_seen(catalog, terms, client_as):
    sent = {
        "serial": "ELSE-9", "product": catalog.fridge.pk, "bought_on": "2026-03-10", "phone": "01100000009",
        "person_name": "Salma Test", "seen": "on",
    }  # fmt: skip
    response = client_as(catalog.counter).post(reverse("warranty:register"), sent)
    row = Registration.objects.get()
    assert response["Location"] == reverse("warranty:registration", args=[row.number])
    assert (row.state, row.unit.sold_on) == ("verified", date(2026, 3, 10))


def test_registration_page_verifies_and_rejects(catalog, terms, client_as):
    client = client_as(catalog.counter)
    rows = [
        note_registration(
            actor=catalog.counter, serial=f"ELSE-{number}", bought_on=SOLD_ON, channel="web", branch=catalog.branch,
            phone="01100000009", person_name="Salma Test",
        )
        for number in (1, 2)
    ]  # fmt: skip
    assert "ELSE-1" in html(client.get(reverse("warranty:registrations")))
    first, second = (reverse("warranty:registration", args=[row.number]) for row in rows)
    assert "The papers are good" in html(client.get(first))
    refused = client.post(f"{first}verify/", {"bought_on": "2026-03-12", "version": "1"})
    assert refused.status_code == 422 or refused.status_code == 400
    assert "Choose the product" in html(refused)
    client.post(f"{first}verify/", {"bought_on": "2026-03-12", "version": "1", "product": catalog.fridge.pk})
    assert client.post(f"{second}reject/", {"version": "1"}).status_code == 422
    client.post(f"{second}reject/", {"version": "1", "reason": "unreadable"})
    assert [row.state for row in Registration.objects.order_by("pk")] == ["verified", "rejected"]


def test_terms_page_publishes_the_next_version(fridge, catalog, terms, client_as):
    client = client_as(catalog.manager)
    address = reverse("warranty:policy", args=[terms.fridge.code])
    assert "Compressor" in html(client.get(address))
    sent = {
        "version": "1", "name_en": "Fridge", "kind": "base", "product_kind": catalog.fridge.kind.pk,
        "start_rule": "invoice", "replacement": "inherit", "on_transfer": "keep", "terms-TOTAL_FORMS": "2",
        "terms-INITIAL_FORMS": "0", "terms-0-component": "all", "terms-0-label_en": "All", "terms-0-months": "১৮",
        "terms-0-parts": "on", "terms-1-label_en": "", "coupons-TOTAL_FORMS": "1", "coupons-INITIAL_FORMS": "0",
        "coupons-0-from_days": "10", "coupons-0-to_days": "40",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    newest = WarrantyPolicy.objects.get(code=terms.fridge.code, is_active=True)
    assert (newest.version, newest.terms.get().months, newest.coupons.get().to_days) == (2, 18, 40)
    assert set(Cover.objects.filter(unit=fridge).values_list("policy_version", flat=True)) == {1}
    again = client.post(address, sent)
    assert again.status_code == 409
    assert WarrantyPolicy.objects.filter(code=terms.fridge.code).count() == 2


@pytest.mark.parametrize(("country", "months", "warned"), [("DE", "23", True), ("DE", "24", False), ("BD", "1", False)])
def test_terms_published_below_the_law_are_warned_of(catalog, terms, client_as, country, months, warned):
    Installation.objects.filter(pk=1).update(country=country)
    client = client_as(catalog.manager)
    sent = {
        "name_en": "Short terms", "kind": "base", "start_rule": "invoice", "replacement": "inherit",
        "on_transfer": "keep", "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-0-component": "all",
        "terms-0-label_en": "All", "terms-0-months": months, "terms-0-parts": "on", "coupons-TOTAL_FORMS": "0",
        "coupons-INITIAL_FORMS": "0",
    }  # fmt: skip
    page = html(client.post(reverse("warranty:policy", args=["new"]), sent, follow=True))
    assert "is in use" in page
    assert ("Below what the law asks for" in page) is warned
    assert ("European Union: the seller answers for faults for at least two years" in page) is warned
    rows = html(client.get(reverse("warranty:policies"))).split("<tr>")
    (row,) = [one for one in rows if "Short terms" in one]
    assert ("Below the law" in row) is warned


def test_coupon_page_refuses_in_words_and_a_manager_lets_it_pass(bike, catalog, client_as):
    coupon = Coupon.objects.get(number=1)
    address = reverse("warranty:use_coupon", args=[coupon.pk])
    late = {"on": "2026-06-01", "reading": "4000"}
    before = digest()
    refused = client_as(catalog.counter).post(address, {**late, "goodwill": "please"})
    assert "was good until 26 Apr 2026" in html(refused)
    assert digest() == before
    assert client_as(catalog.manager).post(address, {**late, "goodwill": "flood"}).status_code == 302
    assert Coupon.objects.get(number=1).goodwill.endswith(": flood")
    sheet = client_as(catalog.counter).get(reverse("warranty:sheet"), {"month": "2026-06", "format": "csv"})
    assert "flood" in html(sheet)
    excel = client_as(catalog.counter).get(reverse("warranty:sheet"), {"month": "2026-06"})
    with zipfile.ZipFile(io.BytesIO(excel.content)) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_lists_ask_the_same_questions_however_long_they_are(catalog, terms, rahima, client_as):
    client = client_as(catalog.manager)
    counts = []
    for number in range(1, 5):
        sell_unit(catalog, rahima, catalog.bike, serial=f"PSU{number}")
        totals = []
        for address in ("registrations", "coupons", "policies", "flags"):
            state = {"state": "all"} if address == "registrations" else {"month": "2026-04"}
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"warranty:{address}"), state).status_code == 200
            totals.append(len(queries))
        counts.append(totals)
    assert counts[1] == counts[3]


def test_ticket_with_the_serial_of_a_unit_shows_parts_and_labour_apart(fridge, catalog, elsewhere, client_as):
    address = reverse("warranty:line")
    line = html(client_as(catalog.counter).get(address, {"serial": "sn 0001"}))
    assert "Compressor" in line
    assert "parts covered, labour paid" in line
    assert client_as(catalog.counter).get(address, {"serial": "NONE"}).status_code == 204
    assert client_as(elsewhere.seller).get(address, {"serial": "SN-0001"}).status_code == 204


def test_list_of_a_dealer_is_written_down_line_by_line_and_once(catalog, terms, client_as):
    lines = "A-1; 12/03/2026; 01100000009; Salma\nA-2\t২০২৬-০৩-১৩\t\t\tB-7\nA-3; soon\n; 2026-03-12"
    client = client_as(catalog.counter)
    page = client.post(reverse("warranty:bulk"), {"lines": lines, "product": catalog.fridge.pk})
    assert [(row.serial, row.channel, row.state) for row in Registration.objects.order_by("pk")] == [
        ("A-1", "bulk", "unverified"), ("A-2", "bulk", "unverified"),
    ]  # fmt: skip
    assert "Write the day like" in html(page)
    assert "Write the serial number" in html(page)
    client.post(reverse("warranty:bulk"), {"lines": lines, "product": catalog.fridge.pk})
    assert Registration.objects.count() == 2


# ------------------------------------------------------------------------------------------------ the card
@pytest.mark.parametrize("language", ["bn", "en"])
def test_card_says_what_is_covered_until_when(bike, rahima, language):
    words = {
        "bn": ["পুরো গাড়ি", "ব্যাটারি", "১২ মার্চ ২০২৭", "৩০,০০০"],
        "en": ["Whole bike", "Battery", "12 Mar 2027", "30,000 km", "PSU1-CHASSIS"],
    }[language]
    assert missing(card_pdf(bike, language=language, size="a5"), [*words, "Rahima Test"]) == []


@pytest.mark.parametrize("size", ["a4", "a5", "80mm"])
def test_card_fits_on_each_paper_and_looks_as_its_reference_picture(fridge, size):
    Card.objects.filter(unit=fridge).update(token="a" * 43)
    Unit.objects.filter(pk=fridge.pk).update(number="U-1001")
    unit = Unit.objects.get(pk=fridge.pk)
    (picture,) = pictures_of(card_pdf(unit, language="en", size=size))
    path = PICTURES / f"card-{size}.png"
    if os.environ.get("HALKHATA_TEST_WRITE_PICTURES"):
        picture.quantize(8).save(path, optimize=True)
    assert differs_by(picture, Image.open(path).convert("L")) < 0.01


def test_card_of_another_unit_looks_different_and_the_same_one_alike(fridge, bike):
    one, again = (pictures_of(card_pdf(fridge, language="en"))[0] for _time in range(2))
    assert differs_by(one, again) == 0
    assert differs_by(one, pictures_of(card_pdf(bike, language="en"))[0]) > 0.01


def test_card_page_answers_pdf_and_hides_foreign_units(fridge, catalog, elsewhere, client_as):
    address = reverse("warranty:card")
    page = client_as(catalog.counter).get(address, {"unit": fridge.number, "lang": "bn", "size": "80mm"})
    assert page["Content-Type"] == "application/pdf"
    assert page.content.startswith(b"%PDF")
    elsewhere.seller.role = catalog.counter.role
    elsewhere.seller.save()
    assert client_as(elsewhere.seller).get(address, {"unit": fridge.number}).status_code == 404
