"""Sales, units and products by the API: each once, inside the key's reach."""

from decimal import Decimal

import pytest

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind, Purchase, Unit
from halkhata.records.catalog.services.defaults import create_all_kinds, create_price_list
from halkhata.records.catalog.services.prices import set_price
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.units import create_unit


@pytest.fixture
def fridge(shop):
    create_all_kinds()
    brand = save_brand(actor=SYSTEM, name_en="Testa")
    kind = ProductKind.objects.get(code="appliance")
    product = save_product(actor=SYSTEM, brand=brand, kind=kind, name_en="Fridge 220", model_code="F220")
    set_price(
        actor=SYSTEM, price_list=create_price_list(), product=product, amount=Decimal("42000.50"), valid_from=today()
    )
    return product


def sale(here, fridge, **values):
    line = {"product_id": fridge.pk, "identifiers": {"serial": "SN-1"}, **values.pop("line", {})}
    return {"customer_id": here.customer.pk, "lines": [line], **values}


def test_sale_is_recorded_shown_listed_and_taken_back(owner_key, here, fridge):
    made = owner_key.post("/purchases", sale(here, fridge, memo="B-7", key="bill-7"))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["number"], body["total"], body["channel"], body["customer_id"]) == (
        "S-1001", "42000.50", "api", here.customer.pk,
    )  # fmt: skip
    assert made["Location"] == "/api/v1/purchases/S-1001"
    again = owner_key.post("/purchases", sale(here, fridge, memo="B-7", key="bill-7"))
    assert (again.status_code, again.json()["id"], Purchase.objects.count()) == (201, body["id"], 1)
    assert owner_key.get("/purchases/S-1001").json() == body
    assert owner_key.get("/purchases?reversed=false").json()["items"] == [body]
    back = owner_key.post("/purchases/S-1001/reverse", {"reason": "Wrong model"})
    assert (back.status_code, back.json()["reverse_reason"]) == (200, "Wrong model")
    assert owner_key.post("/purchases/S-1001/reverse", {"reason": "Again"}).status_code == 409
    assert Unit.objects.get().state == "in_stock"


def test_sale_repeated_with_an_idempotency_key_is_answered_alike(owner_key, here, fridge):
    first = owner_key.post("/purchases", sale(here, fridge), idempotency_key="k1")
    again = owner_key.post("/purchases", sale(here, fridge), idempotency_key="k1")
    assert (first.status_code, again.content, again["Idempotency-Replayed"]) == (201, first.content, "true")
    assert Purchase.objects.count() == 1


def test_taken_number_refuses_the_sale(owner_key, here, fridge, digest, is_problem):
    owner_key.post("/purchases", sale(here, fridge))
    before = digest()
    is_problem(owner_key.post("/purchases", sale(here, fridge, memo="other")), 409, "identifier_taken")
    assert digest() == before


@pytest.mark.parametrize(
    ("line", "values", "status", "code"),
    [
        ({"product_id": 999}, {}, 422, "unknown_product"),
        ({"identifiers": {}}, {}, 422, "unit_missing"),
        ({"identifiers": {"imei1": "1"}}, {}, 422, "identifier_unknown"),
        ({"discount": "99999999"}, {}, 422, "bad_discount"),
        ({"unit_price": "-1"}, {}, 422, "invalid_input"),
        ({"unit_price": "1.001"}, {}, 422, "invalid_input"),
        ({"unit_number": "U-9"}, {}, 404, "not_found"),
        ({}, {"bought_on": "2999-01-01"}, 422, "in_future"),
        ({}, {"customer_id": 999_999}, 404, "not_found"),
        ({}, {"branch_id": 999_999}, 404, "not_found"),
        ({}, {"surprise": 1}, 422, "invalid_input"),
    ],
)
def test_bad_sale_is_a_problem_and_nothing_is_written(owner_key, here, fridge, is_problem, line, values, status, code):
    is_problem(owner_key.post("/purchases", sale(here, fridge, line=line, **values)), status, code)
    assert (Purchase.objects.count(), Unit.objects.count()) == (0, 0)


def test_unit_is_found_shown_read_and_handed_on(owner_key, here, fridge, is_problem, shop):
    from halkhata.records.customers.services.customers import create_customer

    other = create_customer(actor=shop.owner, name_en="Other", phones=["01100000555"])
    owner_key.post("/purchases", sale(here, fridge))
    (found,) = owner_key.get("/units?q=sn-1").json()["items"]
    assert (found["number"], found["identifiers"], found["owner_id"]) == (
        "U-1001", {"serial": "SN-1"}, here.customer.pk,
    )  # fmt: skip
    assert owner_key.get("/units?q=zzz").json()["items"] == []
    is_problem(owner_key.post("/units/U-1001/readings", {"value": 5}), 422, "no_usage")
    assert owner_key.get("/units/U-1001/readings").json() == {"items": []}
    is_problem(owner_key.post("/units/U-1001/transfer", {"to_customer_id": other.pk}), 422, "no_consent")
    done = owner_key.post("/units/U-1001/transfer", {"to_customer_id": other.pk, "consent": "letter"})
    assert [one["customer_id"] for one in done.json()["owners"]] == [other.pk, here.customer.pk]


def test_products_come_with_the_price_of_the_day(owner_key, fridge):
    (one,) = owner_key.get("/products?q=testa%20220").json()["items"]
    assert (one["id"], one["price"], one["identifiers"][0]["code"]) == (fridge.pk, "42000.50", "serial")
    assert owner_key.get("/products?on=2020-01-01").json()["items"][0]["price"] is None
    assert owner_key.get("/products?q=none").json()["items"] == []


def test_key_without_scope_or_reach_gets_nothing(key, owner_key, shop, here, elsewhere, fridge, is_problem):
    unit = create_unit(actor=shop.owner, product=fridge, identifiers={"serial": "FAR-1"}, branch=elsewhere.branch)
    narrow = key(shop.owner, ["customer.view"])
    is_problem(narrow.post("/purchases", sale(here, fridge)), 403, "scope_missing")
    is_problem(narrow.get("/units"), 403, "scope_missing")
    is_problem(narrow.get("/products"), 403, "scope_missing")
    shop.agent.role.permissions = [*shop.agent.role.permissions, "unit.view", "sale.record"]
    shop.agent.role.save()
    near = key(shop.agent, ["unit.view", "sale.record"])
    assert near.get("/units").json()["items"] == []
    is_problem(near.get(f"/units/{unit.number}"), 404, "not_found")
    taken = sale(here, fridge, line={"identifiers": {"serial": "FAR-1"}})
    assert unit.number not in near.post("/purchases", taken).content.decode()
