"""The page of a unit, the lists, and what may be done from there."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Ownership, Product, Purchase, Reading, Unit
from halkhata.records.catalog.registry import UnitAction, UnitPanel, unit_actions, unit_panels
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.customers import create_customer

from .conftest import CHASSIS, ENGINE, rows_digest, sell


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def queries(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_unit_page_tells_the_whole_life(catalog: Any, sold: Any, karim: Any, client_as: Any) -> None:
    transfer_unit(actor=catalog.seller, unit=sold, to=karim, on=today(), consent="signed letter")
    page = soup(client_as(catalog.seller).get("/units/U-1001/"))
    text = page.get_text(" ", strip=True)
    for words in ("Fridge 220", "SN-0001", "Karim Test", "Rahima Test", "signed letter", "S-1001", "Written down",
                  "Sold with S-1001", "Handed on to another owner"):  # fmt: skip
        assert words in text


def test_life_names_people_in_the_reader_s_language_and_who_was_renamed_as_then(
    catalog: Any, sold: Any, client_as: Any
) -> None:
    type(catalog.seller).objects.filter(pk=catalog.seller.pk).update(name_en="Seller Test", name_bn="পরীক্ষক")
    catalog.seller.refresh_from_db()
    with translation.override("en"):
        write_life(actor=catalog.seller, unit=sold, verb="unit.corrected", data={})

    def newest(language: str) -> str:
        page = soup(client_as(catalog.seller, language).get("/units/U-1001/"))
        return str(page.select_one("#life .hk-line-head .text-secondary").text)

    assert (newest("bn"), newest("en")) == ("পরীক্ষক", "Seller Test")
    type(catalog.seller).objects.filter(pk=catalog.seller.pk).update(name_en="Married Test")
    assert newest("bn") == "Seller Test"


@pytest.mark.parametrize("typed", ["u1001", "U-১০০১", "u 1001"])
def test_unit_is_found_by_any_spelling_of_its_number(catalog: Any, sold: Any, client_as: Any, typed: str) -> None:
    answer = client_as(catalog.seller).get(f"/units/{typed}/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/units/U-1001/")


def test_unit_of_another_branch_is_absent(catalog: Any, sold: Any, elsewhere: Any, client_as: Any) -> None:
    client = client_as(elsewhere.seller)
    for url in ("/units/U-1001/", "/units/U-1001/life/", "/units/U-1001/edit/", "/units/U-1001/transfer/",
                "/units/sales/S-1001/", "/units/U-9/"):  # fmt: skip
        assert client.get(url).status_code == 404
    assert "U-1001" not in client.get("/units/").content.decode()
    assert "S-1001" not in client.get("/units/sales/").content.decode()


def test_queries_do_not_grow_with_the_life(catalog: Any, sold: Any, karim: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    few = queries(client, "/units/U-1001/")
    for n in range(30):
        write_life(actor=catalog.seller, unit=sold, verb="unit.corrected", data={"n": n})
    for n in range(6):
        transfer_unit(actor=catalog.seller, unit=sold, to=(karim, rahima)[n % 2], on=today(), consent="letter")
    assert queries(client, "/units/U-1001/") == few
    assert Ownership.objects.count() == 7


def test_queries_of_the_lists_do_not_grow(catalog: Any, sold: Any, rahima: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    few = [queries(client, url) for url in ("/units/", "/units/sales/", "/units/?q=SN-0")]
    for n in range(2, 20):
        buyer = create_customer(actor=catalog.seller, name_en=f"Buyer {n}", phones=[f"011000001{n:02}"])
        sell(catalog, buyer, identifiers={"serial": f"SN-{n:04}"})
    assert [queries(client, url) for url in ("/units/", "/units/sales/", "/units/?q=SN-0")] == few


def test_older_lines_come_in_pages(catalog: Any, sold: Any, client_as: Any) -> None:
    for n in range(30):
        write_life(actor=catalog.seller, unit=sold, verb="unit.corrected", data={"n": n})
    client = client_as(catalog.seller)
    page = soup(client.get("/units/U-1001/"))
    assert len(page.select("#life .hk-line > li")) == 21
    older = client.get(page.select_one("#life-older a")["hx-get"], headers={"HX-Request": "true"})
    assert len(soup(older).select("li")) == 12
    assert "Written down" in older.content.decode()


def test_panels_and_actions_of_other_apps_stand_on_the_page(
    catalog: Any, sold: Any, client_as: Any, monkeypatch: Any
) -> None:
    panel = UnitPanel(order=1, template="catalog/_state.html", context=lambda user, unit: {}, permission="unit.view")
    hidden = UnitPanel(order=2, template="catalog/_none.html", context=lambda user, unit: {}, permission="sale.reverse")
    monkeypatch.setattr(unit_panels, "_entries", {"a": panel, "b": hidden})
    monkeypatch.setattr(
        unit_actions, "_entries",
        {
            "sell": UnitAction(
                order=1, label="Sell", icon="plus", url_name="catalog:sale_new", permission="sale.record"
            ),
            "gone": UnitAction(order=2, label="Gone", icon="plus", url_name="no:where", permission="unit.view"),
            "deny": UnitAction(
                order=3, label="Deny", icon="plus", url_name="catalog:units", permission="sale.reverse"
            ),
        },
    )  # fmt: skip
    page = client_as(catalog.seller).get("/units/U-1001/").content.decode()
    assert "/units/sale/?unit=U-1001" in page
    assert "Gone" not in page
    assert "Deny" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"U-1001", "U-1002"}),
        ("q=sn-00", {"U-1001"}),
        ("q=N-০০০১", {"U-1001"}),
        ("q=U-1002", {"U-1002"}),
        ("q=PSUTEST", {"U-1002"}),
        ("q=zzz", set()),
        ("state=sold", {"U-1001", "U-1002"}),
        ("state=in_stock", set()),
        ("state=ownerless", set()),
        ("product={bike}", {"U-1002"}),
        ("owner={rahima}", {"U-1001", "U-1002"}),
        ("owner=999", set()),
        ("product=x&state=%00", {"U-1001", "U-1002"}),
    ],
)
def test_list_is_narrowed(catalog: Any, sold: Any, rahima: Any, client_as: Any, query: str, found: set) -> None:
    sell(catalog, rahima, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE})
    query = query.format(bike=catalog.bike.pk, rahima=rahima.pk)
    page = soup(client_as(catalog.seller).get(f"/units/?{query}"))
    assert {link["href"].split("/")[2] for link in page.select(".hk-list-title a")} == found


def many_products(catalog: Any, number: int) -> None:
    """So many more, all of them before the others in the alphabet."""
    Product.objects.bulk_create(
        Product(
            brand=catalog.brand, kind=catalog.fridge.kind, name_en=f"Aaa {n}", model_code=f"A{n}", folded=f"aaa {n:03}"
        )
        for n in range(number)
    )  # fmt: skip


def test_list_is_narrowed_to_a_product_beyond_those_that_are_offered(
    catalog: Any, sold: Any, rahima: Any, client_as: Any
) -> None:
    sell(catalog, rahima, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE})
    many_products(catalog, 200)
    client = client_as(catalog.seller)
    for query in (f"product={catalog.bike.pk}", "named=motor", "named=Testa+MOTORcycle"):
        page = soup(client.get(f"/units/?{query}"))
        assert [link["href"] for link in page.select(".hk-list-title a")] == ["/units/U-1002/"], query
    assert "Motorcycle 150" not in str(page.select_one("[name=product]"))
    page = soup(client.get(f"/units/?product={catalog.bike.pk}"))
    assert page.select_one("[name=product] option[selected]")["value"] == str(catalog.bike.pk)
    assert soup(client.get("/units/?named=nothing+of+that")).select(".hk-list-title a") == []
    assert len(soup(client.get("/units/?product=99999999")).select(".hk-list-title a")) == 2


def test_few_products_are_chosen_from_the_list_alone(catalog: Any, sold: Any, client_as: Any) -> None:
    assert soup(client_as(catalog.seller).get("/units/")).select_one("[name=named]") is None
    many_products(catalog, 200)
    assert soup(client_as(catalog.seller).get("/units/")).select_one("[name=named]") is not None


def test_search_box_finds_a_unit_by_any_part(catalog: Any, sold: Any, client_as: Any, elsewhere: Any) -> None:
    from halkhata.records.customers.registry import search_sources

    find = search_sources.get("units").find
    assert [hit.url for hit in find(catalog.seller, "0001", 5)] == ["/units/U-1001/"]
    assert [hit.subtitle for hit in find(catalog.seller, "n000", 5)] == ["Rahima Test · SN-0001"]
    assert find(elsewhere.seller, "0001", 5) == []
    assert find(catalog.seller, "--", 5) == []
    assert search_customers(catalog.seller, "SN-0001") == []


def test_reading_is_taken_on_the_page(catalog: Any, rahima: Any, client_as: Any) -> None:
    unit = sell(catalog, rahima, catalog.bike, identifiers={"chassis": CHASSIS, "engine": ENGINE}).lines.get().unit
    client = client_as(catalog.seller)
    answer = client.post(f"/units/{unit.number}/reading/", {"value": "১,২৫০", "read_on": str(today())})
    assert answer.status_code == 302
    assert Reading.objects.get().value == 1250
    bad = client.post(f"/units/{unit.number}/reading/", {"value": "far", "read_on": str(today())})
    assert bad.status_code == 422
    assert client_as(catalog.looker).post(f"/units/{unit.number}/reading/", {"value": "5"}).status_code == 403
    assert Reading.objects.count() == 1


def test_transfer_page_asks_who_and_hands_on(catalog: Any, sold: Any, karim: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    url = "/units/U-1001/transfer/"
    digest = rows_digest()
    refused = client.post(url, {"who": "01100000002", "on": str(today()), "consent": ""})
    assert refused.status_code == 422
    nobody = client.post(url, {"who": "01100000055", "on": str(today()), "consent": "letter"})
    assert nobody.status_code == 422
    asked = client.post(url, {"who": "Karim", "on": str(today()), "consent": "letter"})
    assert asked.status_code == 422
    assert rows_digest() == digest
    done = client.post(url, {"who": "Karim", "chosen": karim.pk, "on": str(today()), "consent": "letter"})
    assert (done.status_code, Unit.objects.get().owner) == (302, karim)


def test_numbers_are_corrected_on_the_page(catalog: Any, sold: Any, client_as: Any) -> None:
    client = client_as(catalog.seller)
    answer = client.post("/units/U-1001/edit/", {"version": "2", "identifier_serial": "SN-9", "extra_colour": "নীল"})
    assert answer.status_code == 302, answer.content.decode()
    unit = Unit.objects.get()
    assert (unit.identifiers.get().value, unit.extra) == ("SN-9", {"colour": "নীল"})
    late = client.post("/units/U-1001/edit/", {"version": "2", "identifier_serial": "SN-8"})
    assert late.status_code == 409


def test_sale_is_reversed_on_its_page(catalog: Any, sold: Any, client_as: Any) -> None:
    assert client_as(catalog.seller).get("/units/sales/S-1001/reverse/").status_code == 403
    assert "reverse" not in client_as(catalog.seller).get("/units/sales/S-1001/").content.decode()
    client = client_as(catalog.chief)
    assert client.post("/units/sales/S-1001/reverse/", {"reason": ""}).status_code == 422
    assert client.post("/units/sales/S-1001/reverse/", {"reason": "Wrong model"}).status_code == 302
    assert Purchase.objects.get().is_reversed
    assert "Wrong model" in client.get("/units/sales/S-1001/").content.decode()
    assert client.post("/units/sales/S-1001/reverse/", {"reason": "Again"}).status_code == 409


def test_pages_read_in_bengali(catalog: Any, sold: Any, client_as: Any) -> None:
    for url in ("/units/", "/units/sales/", "/units/U-1001/", "/units/sales/S-1001/", "/units/sale/"):
        page = client_as(catalog.seller, "bn").get(url)
        assert page.status_code == 200
        assert 'lang="bn"' in page.content.decode()
