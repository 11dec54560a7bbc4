"""The owner's registration and the public check page (A53.2, A53.5)."""

import io
from datetime import date

import pytest
from django.urls import reverse
from PIL import Image

from halkhata.desks.tickets.models import Category, Ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.records.catalog.tests.conftest import catalog, rahima
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.models import Registration, WarrantyPolicy
from halkhata.records.warranty.services.cards import card_of
from halkhata.records.warranty.services.shop_rules import save_warranty_settings
from halkhata.records.warranty.tests.conftest import sell_unit, terms

__all__ = ["catalog", "rahima", "terms"]
pytestmark = pytest.mark.django_db
ADDRESS = "/c/warranty/register/"


def photo():
    held = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(held, "JPEG")
    held.seek(0)
    held.name = "bill.jpg"
    return held


def form_of(client, **values):
    page = client.get(ADDRESS, {"lang": "en"}).content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    return {
        "token": token, "serial": "ELSE-77", "bought_on": "2026-03-12", "phone": "01100000009", "name": "Salma Test",
        "photos": photo(), **values,
    }  # fmt: skip


def test_owner_registers_with_bill_and_goes_on_to_the_code(client, catalog, terms):
    Category.objects.get_or_create(code="warranty", defaults={"name_en": "Warranty"})
    response = client.post(f"{ADDRESS}?lang=en", form_of(client))
    assert response.status_code == 302
    assert response["Location"] == reverse("portal:code")
    row, ticket = Registration.objects.get(), Ticket.objects.get()
    assert (row.state, row.channel, row.work_number, row.unit) == ("unverified", "web", ticket.number, None)
    assert (row.serial, row.bought_on, row.phone) == ("ELSE-77", date(2026, 3, 12), "+8801100000009")
    assert row.photo.is_image
    assert (ticket.kind, ticket.serial, ticket.category.code) == ("request", "ELSE-77", "warranty")
    assert FollowRequest.objects.get().number == ticket.number


def test_form_sent_twice_makes_one(client, catalog, terms):
    sent = form_of(client)
    client.post(ADDRESS, sent)
    client.post(ADDRESS, {**sent, "photos": photo()})
    assert (Registration.objects.count(), Ticket.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"serial": ""}, "Write the serial number"),
        ({"serial": "--"}, "Write the serial number"),
        ({"bought_on": "2099-01-01"}, "This day has not come yet"),
        ({"phone": ""}, "a code goes there"),
        ({"phone": "12"}, "phone"),
        ({"photos": ""}, "add a photo of the bill"),
        ({"website": "x"}, "Please empty the last field"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(client, catalog, terms, values, words):
    response = client.post(f"{ADDRESS}?lang=en", form_of(client, **values))
    assert response.status_code in {400, 422}
    assert words in response.content.decode()
    assert (Registration.objects.count(), Ticket.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_shop_that_takes_no_registrations_says_so(client, catalog, terms):
    save_warranty_settings(actor=None, version=1, public_registration=False)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, {}).status_code == 404


def test_check_page_tells_product_masked_numbers_and_ends_and_nothing_of_people(client, catalog, terms, rahima):
    unit = sell_unit(catalog, rahima, serial="SN-0001234")
    page = client.get(f"/c/warranty/{card_of(unit).token}/", {"lang": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Fridge 220" in text
    assert "1234" in text
    assert "Compressor" in text
    for secret in ("SN-0001234", "Rahima", "01100000001", "1100000001", unit.number, "M-7"):
        assert secret not in text, secret
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Cache-Control"] == "no-store"


def test_unknown_card_answers_as_nothing(client, catalog):
    assert client.get("/c/warranty/none/").status_code == 404
    assert client.get(f"/c/warranty/{'a' * 43}/").status_code == 404


def test_terms_in_force_stand_there_for_everybody(client, catalog, terms, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get("/c/warranty/terms/", {"lang": "en"}).content.decode()
    policy = WarrantyPolicy.objects.filter(is_active=True).prefetch_related("terms").first()
    assert policy.name_en in page
    for term in policy.terms.all():
        assert term.label_en in page
    assert "Version 1, in force from" in page
    assert 'href="/c/warranty/terms/' in client.get("/c/", {"lang": "en"}).content.decode()


def test_version_that_was_replaced_is_not_shown_and_none_is_said(client, catalog, terms):
    WarrantyPolicy.objects.update(is_active=False)
    page = client.get("/c/warranty/terms/", {"lang": "bn"}).content.decode()
    assert "এখনো" in page
    assert "hk-pub-card" in page
