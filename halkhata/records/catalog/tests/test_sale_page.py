"""The sale at the counter through its page: four fields at most, one question at a time, once."""

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from halkhata.records.catalog.models import Purchase, Unit
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

from .conftest import CHASSIS, ENGINE, IMEI, rows_digest

URL = "/units/sale/"
BIKE = {"product": "Testa Motorcycle 150 (M150)", "identifier_chassis": CHASSIS, "identifier_engine": ENGINE}


def post(client: Any, **values: Any) -> Any:
    return client.post(URL, {"token": "t1", "who": "01100000001", **values})


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_sale_of_known_caller_takes_four_fields(catalog: Any, rahima: Any, client_as: Any) -> None:
    answer = post(client_as(catalog.seller), **BIKE)
    unit = Unit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/units/{unit.number}/")
    purchase = Purchase.objects.get()
    assert (purchase.customer, purchase.total, purchase.channel, purchase.created_by) == (
        rahima, Decimal("180000"), "counter", catalog.seller,
    )  # fmt: skip


def test_page_asks_for_four_fields_at_most(catalog: Any, client_as: Any) -> None:
    for product in (catalog.bike, catalog.phone, catalog.fridge):
        page = soup(client_as(catalog.seller).get(URL, {"product": product.pk}))
        asked = page.select("form[method=post] [required]")
        assert len(asked) <= 4, [one["name"] for one in asked]
        assert page.select_one("[name=price]")["value"] in {"180000.00", "25000.00", "42000.50"}


def test_bengali_digits_are_taken_everywhere(catalog: Any, rahima: Any, client_as: Any) -> None:
    answer = post(
        client_as(catalog.seller, "bn"), who="০১১০০০০০০০১", product="Phone 12", identifier_imei1="৩৫৩৮৭৯২৩৪২৫২৬৩৩",
        price="২৪,৫০০", discount="৫০০.৫০", bought_on="২০২৬-০১-০৫", memo="মেমো ১২",
    )  # fmt: skip
    assert answer.status_code == 302
    purchase = Purchase.objects.get()
    assert (purchase.total, str(purchase.bought_on), purchase.memo) == (Decimal("23999.50"), "2026-01-05", "মেমো ১২")
    assert Unit.objects.get().identifiers.get().folded == IMEI


def test_form_sent_twice_makes_one_sale(catalog: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    first, second = post(client, **BIKE), post(client, **BIKE)
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1


def test_form_of_a_new_customer_sent_twice_makes_one_of_each(catalog: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    answers = [post(client, who="01100000077", also="Salma Test", **BIKE) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert (Purchase.objects.count(), Customer.objects.filter(name_en="Salma Test").count()) == (1, 1)


def test_refused_sale_writes_no_new_customer(catalog: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    post(client, **BIKE)
    digest = rows_digest()
    answer = post(client, token="t2", who="01100000077", also="Salma Test", **BIKE)
    assert answer.status_code == 409
    page = soup(answer)
    assert page.select_one("a[href='/units/U-1001/']") is not None
    assert page.select_one("[name=who]")["value"] == "01100000077"
    assert rows_digest() == digest


def test_number_of_a_unit_out_of_sight_shows_no_link(catalog: Any, rahima: Any, elsewhere: Any, client_as: Any) -> None:
    create_unit(actor=elsewhere.seller, product=catalog.fridge, identifiers={"serial": "SN-5"}, branch=elsewhere.branch)
    answer = post(client_as(catalog.seller), product="Fridge 220", identifier_serial="SN-5")
    assert answer.status_code == 409
    assert "U-1001" not in answer.content.decode()


def test_doubtful_imei_is_asked_about_once(catalog: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    doubtful = {"product": "Phone 12", "identifier_imei1": "353879234252634"}
    asked = post(client, **doubtful)
    assert asked.status_code == 422
    box = soup(asked).select_one("[name=confirmed]")
    assert box["type"] == "checkbox"
    assert Unit.objects.count() == 0
    assert post(client, confirmed="on", **doubtful).status_code == 302
    assert Unit.objects.get().identifiers.get().folded == "353879234252634"


def test_phone_shows_the_notice_of_the_register(catalog: Any, client_as: Any) -> None:
    page = client_as(catalog.seller).get("/units/sale/fields/", {"product": "Phone 12"})
    assert "NEIR" in page.content.decode()
    assert soup(page).select_one("[name=identifier_imei1]")["inputmode"] == "numeric"
    assert [one["name"] for one in soup(page).select("[autofocus]")] == ["identifier_imei1"]


def test_name_that_several_have_is_asked_about(catalog: Any, rahima: Any, client_as: Any) -> None:
    other = create_customer(actor=catalog.seller, name_en="Rahima Other", phones=["01100000003"])
    client = client_as(catalog.seller)
    asked = post(client, who="Rahima", **BIKE)
    assert asked.status_code == 422
    assert {one["value"] for one in soup(asked).select("[name=chosen]")} == {str(rahima.pk), str(other.pk), "new"}
    assert post(client, who="Rahima", chosen=str(other.pk), **BIKE).status_code == 302
    assert Purchase.objects.get().customer == other


def test_number_of_somebody_out_of_sight_asks_whether_it_is_another(
    catalog: Any, elsewhere: Any, client_as: Any
) -> None:
    create_customer(actor=elsewhere.seller, name_en="Hidden Person", phones=["01100000088"])
    client = client_as(catalog.seller)
    asked = post(client, who="01100000088", also="Near Test", **BIKE)
    assert asked.status_code in {409, 422}
    assert "Hidden Person" not in asked.content.decode()
    assert Purchase.objects.count() == 0
    assert post(client, who="01100000088", also="Near Test", chosen="new", **BIKE).status_code == 302
    assert Purchase.objects.get().customer.name_en == "Near Test"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"who": ""}, "who"),
        ({"product": ""}, "product"),
        ({"product": "Nothing such"}, "product"),
        ({"identifier_engine": ""}, "identifier_engine"),
        ({"price": "many"}, "price"),
        ({"price": "-5"}, "price"),
        ({"bought_on": "2999-01-01"}, "bought_on"),
        ({"discount": "999999"}, "discount"),
    ],
)
def test_bad_field_is_named_and_nothing_is_written(
    catalog: Any, rahima: Any, client_as: Any, values: dict, field: str
) -> None:
    digest = rows_digest()
    answer = post(client_as(catalog.seller), **{**BIKE, **values})
    assert answer.status_code == 422
    assert soup(answer).select_one(f"[name={field}][aria-invalid=true]") is not None
    assert rows_digest() == digest


def test_product_without_a_price_asks_for_one(catalog: Any, rahima: Any, client_as: Any) -> None:
    catalog.bike.prices.all().delete()
    assert post(client_as(catalog.seller), **BIKE).status_code == 422
    assert post(client_as(catalog.seller), **BIKE, price="5").status_code == 302


def test_sale_from_the_customers_page_needs_no_who(catalog: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    page = client.get(reverse("customers:detail", args=[rahima.pk]))
    assert f"/units/sale/?customer={rahima.pk}" in page.content.decode()
    answer = client.post(URL, {"token": "t", "customer": rahima.pk, **BIKE})
    assert answer.status_code == 302
    assert "U-1001" in client.get(reverse("customers:detail", args=[rahima.pk])).content.decode()


def test_who_may_not_sell_gets_no_page(catalog: Any, client_as: Any) -> None:
    for url in (URL, "/units/sale/fields/", "/units/sale/customer/"):
        assert client_as(catalog.looker).get(url).status_code == 403


def test_unit_in_stock_is_sold_from_its_page(catalog: Any, rahima: Any, client_as: Any) -> None:
    unit = create_unit(
        actor=catalog.seller, product=catalog.fridge, identifiers={"serial": "SN-5"}, branch=catalog.branch
    )
    client = client_as(catalog.seller)
    assert f"/units/sale/?unit={unit.number}" in client.get(f"/units/{unit.number}/").content.decode()
    page = soup(client.get(URL, {"unit": unit.number}))
    values = {name: page.select_one(f"[name={name}]")["value"] for name in ("product", "identifier_serial", "price")}
    assert values["identifier_serial"] == "SN-5"
    assert post(client, **values).status_code == 302
    unit.refresh_from_db()
    assert (unit.state, unit.owner) == ("sold", rahima)
