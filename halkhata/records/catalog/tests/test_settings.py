"""Products, brands, kinds and prices by day, and their pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, PriceList, Product, ProductKind
from halkhata.records.catalog.selectors.prices import price_in_force
from halkhata.records.catalog.selectors.products import find_products, label_of_product
from halkhata.records.catalog.services.defaults import create_kinds, prepare_catalog
from halkhata.records.catalog.services.kinds import save_kind
from halkhata.records.catalog.services.prices import save_price_list, set_price
from halkhata.records.catalog.services.products import save_brand, save_product

from .conftest import rows_digest


def amount(product: Any, on: Any, branch: Any = None) -> Any:
    found = price_in_force(product, on=on, branch=branch)
    return found.amount if found else None


def test_price_in_force_is_found_by_the_day(catalog: Any) -> None:
    later = today() + timedelta(days=10)
    set_price(
        actor=catalog.chief, price_list=catalog.prices, product=catalog.bike, amount=Decimal("190000"), valid_from=later
    )
    assert amount(catalog.bike, today() - timedelta(days=1)) is None
    assert amount(catalog.bike, today()) == Decimal("180000")
    assert amount(catalog.bike, later - timedelta(days=1)) == Decimal("180000")
    assert amount(catalog.bike, later) == Decimal("190000")


def test_branch_with_a_list_of_its_own_sells_by_it(catalog: Any, elsewhere: Any) -> None:
    own = save_price_list(actor=catalog.chief, name_en="Here", branch=catalog.branch)
    set_price(actor=catalog.chief, price_list=own, product=catalog.bike, amount=Decimal(5), valid_from=today())
    assert amount(catalog.bike, today(), catalog.branch) == Decimal(5)
    assert amount(catalog.bike, today(), elsewhere.branch) == Decimal("180000")
    save_price_list(actor=catalog.chief, price_list=own, name_en="Here", branch=catalog.branch, is_active=False)
    assert amount(catalog.bike, today(), catalog.branch) == Decimal("180000")


def test_price_of_the_past_stays(catalog: Any) -> None:
    digest = rows_digest()
    with pytest.raises(DomainError) as refused:
        set_price(
            actor=catalog.chief, price_list=catalog.prices, product=catalog.bike, amount=Decimal(1),
            valid_from=today() - timedelta(days=1),
        )  # fmt: skip
    assert refused.value.code == "in_past"
    for wrong in (Decimal(-1), Decimal("1.001"), Decimal("Infinity")):
        with pytest.raises(DomainError) as refused:
            set_price(
                actor=catalog.chief, price_list=catalog.prices, product=catalog.bike, amount=wrong, valid_from=today()
            )
        assert refused.value.code == "bad_price"
    with pytest.raises(PermissionRefused):
        set_price(
            actor=catalog.seller, price_list=catalog.prices, product=catalog.bike, amount=Decimal(1), valid_from=today()
        )
    assert rows_digest() == digest


def test_product_is_found_by_words_of_brand_and_model(catalog: Any) -> None:
    assert find_products("testa fri") == [catalog.fridge]
    assert find_products("টেস্টা m150") == [catalog.bike]
    assert find_products(label_of_product(catalog.phone)) == [catalog.phone]
    assert len(find_products("testa")) == 4
    assert find_products("") == []


def test_product_named_exactly_is_meant_alone(catalog: Any) -> None:
    save_product(actor=SYSTEM, brand=catalog.brand, kind=catalog.fridge.kind, name_en="Fridge 220 Plus")
    assert find_products("Fridge 220") == [catalog.fridge]


def test_model_stands_once_in_a_brand(catalog: Any) -> None:
    digest = rows_digest()
    with pytest.raises(Conflict) as refused:
        save_product(
            actor=catalog.chief, brand=catalog.brand, kind=catalog.fridge.kind, name_en="Copy", model_code="F220"
        )
    assert (refused.value.code, refused.value.field) == ("model_taken", "model_code")
    with pytest.raises(Conflict):
        save_brand(actor=catalog.chief, name_bn="টেস্টা")
    with pytest.raises(PermissionRefused):
        save_brand(actor=catalog.seller, name_en="Other")
    assert rows_digest() == digest


def test_kind_of_a_product_with_units_stays(catalog: Any, sold: Any) -> None:
    with pytest.raises(Conflict) as refused:
        save_product(
            actor=catalog.chief, product=catalog.fridge, brand=catalog.brand, kind=catalog.bike.kind, name_en="Fridge"
        )
    assert refused.value.code == "kind_in_use"


def test_number_that_units_have_stays_in_its_kind(catalog: Any, sold: Any) -> None:
    kind = ProductKind.objects.get(code="appliance")
    with pytest.raises(Conflict) as refused:
        save_kind(actor=catalog.chief, kind=kind, name_en="Appliance", identifiers=[])
    assert refused.value.code == "identifier_in_use"
    kind.refresh_from_db()
    assert [one["code"] for one in kind.identifiers] == ["serial"]


def test_kind_gets_codes_for_its_fields(catalog: Any) -> None:
    kind = save_kind(
        actor=catalog.chief, name_bn="পাম্প", usage_unit="h",
        identifiers=[{"label_bn": "মোটর", "required": True}, {"label_en": "Body no."}, {"label_en": ""}],
        extra=[{"label_en": "Colour"}],
    )  # fmt: skip
    assert [(one["code"], one["required"]) for one in kind.identifiers] == [("number", True), ("body-no", False)]
    assert kind.extra == [{"code": "colour", "label_bn": "", "label_en": "Colour"}]


@pytest.mark.django_db
def test_new_shop_has_the_kinds_of_its_trade() -> None:
    prepare_catalog(None, None, {"trade": "motorcycle"})
    assert set(ProductKind.objects.values_list("code", flat=True)) == {"motorcycle", "product", "goods"}
    assert PriceList.objects.get().code == "retail"
    assert create_kinds("motorcycle") == 0


def test_product_is_made_on_its_page_with_brand_and_price(catalog: Any, client_as: Any) -> None:
    client = client_as(catalog.chief)
    answer = client.post(
        "/units/settings/products/new/",
        {
            "name_bn": "নতুন ফ্রিজ",
            "new_brand": "Nova",
            "kind": catalog.fridge.kind_id,
            "price": "৩০,০০০",
            "is_active": "on",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    product = Product.objects.get(name_bn="নতুন ফ্রিজ")
    assert (product.brand.name_en, amount(product, today())) == ("Nova", Decimal(30000))
    assert "নতুন ফ্রিজ" in client.get("/units/settings/products/").content.decode()


def test_product_that_is_refused_leaves_no_brand_behind(catalog: Any, client_as: Any) -> None:
    answer = client_as(catalog.chief).post(
        "/units/settings/products/new/", {"name_bn": " ", "new_brand": "Nova", "kind": catalog.fridge.kind_id}
    )
    assert answer.status_code == 422
    assert not Brand.objects.filter(name_en="Nova").exists()


def test_settings_pages_open_and_save(catalog: Any, client_as: Any) -> None:
    client = client_as(catalog.chief)
    pages = (
        "products/", "products/new/", f"products/{catalog.bike.pk}/", "brands/new/", f"brands/{catalog.brand.code}/",
        "prices/", "prices/retail/", "prices/retail/edit/", "prices/new/edit/", "kinds/", "kinds/new/", "kinds/phone/",
    )  # fmt: skip
    for url in pages:
        assert client.get(f"/units/settings/{url}").status_code == 200, url
        assert client_as(catalog.seller).get(f"/units/settings/{url}").status_code == 403, url
        client = client_as(catalog.chief)
    assert client.get("/units/settings/kinds/none/").status_code == 404
    price = client.post(
        "/units/settings/prices/retail/", {"product": catalog.phone.pk, "amount": "23,000", "valid_from": str(today())}
    )
    assert price.status_code == 302
    assert amount(catalog.phone, today()) == Decimal(23000)
    saved = client.post("/units/settings/prices/new/edit/", {"name_en": "Wholesale", "is_active": "on"})
    assert saved.status_code == 302
    assert PriceList.objects.filter(name_en="Wholesale").exists()
    brand = client.post(f"/units/settings/brands/{catalog.brand.code}/", {"name_en": "Testo", "version": "1"})
    assert brand.status_code == 302
    assert find_products("testo m150") == [catalog.bike]


def test_kind_is_changed_on_its_page(catalog: Any, client_as: Any) -> None:
    values = {
        "name_bn": "ফ্রিজ", "name_en": "Fridge", "usage_unit": "", "is_active": "on", "version": "1",
        "identifiers-0-code": "serial", "identifiers-0-label_bn": "সিরিয়াল", "identifiers-0-label_en": "Serial",
        "identifiers-0-required": "on", "identifiers-0-check": "",
        "identifiers-1-label_en": "Compressor", "identifiers-1-check": "",
    }  # fmt: skip
    answer = client_as(catalog.chief).post("/units/settings/kinds/appliance/", values)
    assert answer.status_code == 302, answer.content.decode()
    kind = ProductKind.objects.get(code="appliance")
    assert [one["code"] for one in kind.identifiers] == ["serial", "compressor"]
    assert kind.extra == []
