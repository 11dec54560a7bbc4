"""The shop's own fields, layouts, rules and tags on customers (A56.13)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.fields.models import Tag
from halkhata.foundation.fields.selectors.values import read_tags, read_values
from halkhata.foundation.fields.services.definitions import delete_definition, save_definition
from halkhata.foundation.fields.services.layouts import save_layout
from halkhata.foundation.fields.services.rules import save_rule
from halkhata.foundation.fields.services.tags import save_tag, set_tags
from halkhata.foundation.fields.services.values import check_values, write_values
from halkhata.records.customers.models import Customer, CustomerValue
from halkhata.records.customers.services.customers import create_customer, update_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields(shop):
    """A credit limit, a trade licence, a kind of roof, uses, a birthday, a mark, a guarantor's phone (private)."""

    def make(code, kind, **more):
        return save_definition(actor=shop.owner, target="customer", code=code, kind=kind, name_en=code, **more)

    roofs = [("টিন", "Tin"), ("ছাদ", "Flat")]
    return {
        "limit": make("limit", "number", is_filter=True),
        "licence": make("licence", "text", is_filter=True),
        "roof": make("roof", "choice", options=roofs, is_filter=True),
        "uses": make("uses", "several", options=[("", "Home"), ("", "Shop")]),
        "birthday": make("birthday", "date"),
        "vip": make("vip", "yes_no"),
        "guarantor": make("guarantor", "phone", is_private=True),
    }


@pytest.fixture
def customer(shop):
    return create_customer(actor=shop.agent, name_en="Rahim Uddin", phones=["01100000001"])


def fill(shop, customer, **values):
    return write_values(actor=shop.agent, target="customer", record_id=customer.pk, values=values)


def test_what_was_typed_in_either_script_is_read_stored_and_read_again(shop, fields, customer):
    changed = fill(
        shop, customer, limit="১,২০,০০০.৫০", licence="ঢাকা/১২৩", roof="টিন", uses="Shop, home", birthday="২১/০২/১৯৯০",
        vip="হ্যাঁ", guarantor="০১১০০-০০০০০৯",
    )  # fmt: skip
    assert sorted(changed) == ["birthday", "guarantor", "licence", "limit", "roof", "uses", "vip"]
    assert read_values("customer", [customer.pk])[customer.pk] == {
        "limit": Decimal("120000.5"), "licence": "ঢাকা/১২৩", "roof": "tin", "uses": ("home", "shop"),
        "birthday": date(1990, 2, 21), "vip": True, "guarantor": "+8801100000009",
    }  # fmt: skip
    entry = AuditEntry.objects.get(action="customer.fields")
    assert entry.after["limit"] == "120000.5"
    assert fill(shop, customer, limit="120000.50") == []
    assert fill(shop, customer, limit="", vip=None) == ["limit", "vip"]
    assert "limit" not in read_values("customer", [customer.pk])[customer.pk]


@pytest.mark.parametrize(
    ("code", "typed", "refusal"),
    [
        ("limit", "অনেক", "not_a_number"), ("limit", "99999999999999", "number_too_large"),
        ("limit", "1.23456", "too_many_decimals"), ("roof", "straw", "unknown_option"),
        ("birthday", "31/02/2020", "not_a_date"), ("vip", "maybe", "not_yes_or_no"), ("guarantor", "12", "too_short"),
        ("nothing", "x", "unknown_field"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_at_its_field_and_nothing_is_written(
    shop, fields, customer, code, typed, refusal
):
    with pytest.raises(DomainError) as refused:
        fill(shop, customer, licence="A1", **{code: typed})
    assert (refused.value.code, refused.value.field) == (refusal, f"cf_{code}")
    assert read_values("customer", [customer.pk])[customer.pk] == {}
    read, errors = check_values("customer", {"licence": "A1", code: typed})
    assert (read, [error.code for error in errors]) == ({"licence": "A1"}, [refusal])


def test_the_database_holds_one_value_in_the_column_of_its_kind(shop, fields, customer):
    fill(shop, customer, limit="5")
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerValue.objects.create(record=customer, field=fields["limit"], number=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerValue.objects.create(record=customer, field=fields["licence"], number=6, folded="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerValue.objects.create(record=customer, field=fields["licence"])


def test_a_rule_refuses_what_it_says_and_only_where_its_condition_holds(shop, fields, customer):
    save_rule(
        actor=shop.owner, target="customer", name_en="Write the licence.", severity="refuse", at_field="licence",
        conditions={"all": [{"field": "limit", "op": "ge", "value": "1,00,000"}, {"field": "licence", "op": "empty"}]},
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        fill(shop, customer, limit="150000")
    assert (refused.value.code, refused.value.field, str(refused.value.message)) == (
        "rule_broken", "cf_licence", "Write the licence.",
    )  # fmt: skip
    fill(shop, customer, limit="150000", licence="T/1")
    fill(shop, customer, limit="99999", licence="")


def test_what_comes_from_the_house_itself_is_never_lost_to_a_rule(shop, fields):
    save_layout(actor=shop.owner, target="customer", role=None, places={"licence": ("required", 1)})
    assert create_customer(actor=None, name_en="By mail", emails=["a@example.com"]).pk
    assert create_customer(actor=shop.agent, name_en="By phone", phones=["01100000002"]).pk
    with pytest.raises(DomainError) as refused:
        create_customer(actor=shop.agent, name_en="By form", phones=["01100000003"], custom={})
    assert (refused.value.code, refused.value.field) == ("field_required", "cf_licence")
    assert not Customer.objects.filter(name_en="By form").exists()


def test_a_layout_of_a_role_hides_locks_and_demands(shop, fields, customer):
    role = shop.agent.role
    save_layout(
        actor=shop.owner, target="customer", role=role, places={"limit": ("hidden", 1), "licence": ("read_only", 2)}
    )
    for code in ("limit", "licence"):
        with pytest.raises(DomainError) as refused:
            fill(shop, customer, **{code: "1"})
        assert refused.value.code == "field_not_yours"
    write_values(actor=shop.owner, target="customer", record_id=customer.pk, values={"limit": "7"})


def test_a_field_with_values_is_only_taken_out_of_use(shop, fields, customer):
    fill(shop, customer, licence="T/1")
    with pytest.raises(Conflict):
        delete_definition(actor=shop.owner, definition=fields["licence"])
    delete_definition(actor=shop.owner, definition=fields["vip"])
    with pytest.raises(PermissionRefused):
        save_definition(actor=shop.agent, target="customer", name_en="Mine")


def test_one_word_is_one_tag_however_it_is_spelled(shop, customer):
    other = create_customer(actor=shop.agent, name_en="Karim", phones=["01100000005"])
    set_tags(actor=shop.agent, target="customer", record_id=customer.pk, names=["Dealer", "#ঈদ অফার"])
    set_tags(actor=shop.agent, target="customer", record_id=other.pk, names=["DEALER"])
    assert Tag.objects.count() == 2
    worn = read_tags("customer", [customer.pk, other.pk])
    assert [tag.name for tag in worn[other.pk]] == ["Dealer"]
    set_tags(actor=shop.agent, target="customer", record_id=customer.pk, names=["dealer"])
    assert [tag.name for tag in read_tags("customer", [customer.pk])[customer.pk]] == ["Dealer"]
    with pytest.raises(Conflict):
        save_tag(actor=shop.owner, target="customer", name="dealer")


def test_list_is_narrowed_by_field_and_tag(shop, fields, customer, client_as):
    create_customer(actor=shop.agent, name_en="Karim Mia", phones=["01100000005"])
    fill(shop, customer, roof="tin", limit="500")
    set_tags(actor=shop.agent, target="customer", record_id=customer.pk, names=["dealer"])
    client, tag = client_as(shop.agent), Tag.objects.get()
    for query in (f"tag={tag.pk}", "cf_roof=tin", "cf_limit=500.00"):
        page = client.get(f"{reverse('customers:list')}?{query}").content.decode()
        assert "Rahim Uddin" in page
        assert "Karim Mia" not in page, query


def test_the_360_page_shows_fields_and_hides_private_ones_and_asks_few_statements(shop, fields, customer, client_as):
    fill(shop, customer, licence="T/777", guarantor="01100000009")
    client, url = client_as(shop.agent), reverse("customers:detail", args=[customer.pk])
    page = client.get(url).content.decode()
    assert "T/777" in page
    assert "01100-000009" in page
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) <= 20, [query["sql"][:90] for query in queries]


def test_the_page_of_fields_saves_and_keeps_what_was_typed_when_refused(shop, fields, customer, client_as):
    client, url = client_as(shop.agent), reverse("customers:fields", args=[customer.pk])
    answer = client.post(url, {"cf_limit": "viel", "cf_licence": "T/9", "tags": "dealer"})
    assert answer.status_code == 422
    assert 'value="viel"' in answer.content.decode()
    answer = client.post(url, {"cf_limit": "৫০০", "cf_licence": "T/9", "cf_uses": ["shop"], "tags": "dealer, Eid"})
    assert answer.status_code == 302
    assert read_values("customer", [customer.pk])[customer.pk] == {
        "limit": Decimal(500), "licence": "T/9", "uses": ("shop",),
    }  # fmt: skip
    assert [tag.name for tag in read_tags("customer", [customer.pk])[customer.pk]] == ["dealer", "Eid"]


def test_the_customer_forms_ask_for_what_the_layout_demands(shop, fields, client_as):
    save_layout(
        actor=shop.owner, target="customer", role=None, places={"licence": ("required", 1), "=note": ("required", 1)}
    )
    client, url = client_as(shop.agent), reverse("customers:new")
    known = {"name_en": "Salma Khatun", "phone": "01100000007", "language": "bn"}
    answer = client.post(url, known)
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["cf_licence", "note"]
    assert client.post(url, {**known, "cf_licence": "T/5", "note": "x"}).status_code == 302
    salma = Customer.objects.get(name_en="Salma Khatun")
    assert read_values("customer", [salma.pk])[salma.pk] == {"licence": "T/5"}
    update_customer(actor=shop.agent, customer=salma, version=salma.version, note="y", custom={"licence": "T/6"})
    assert read_values("customer", [salma.pk])[salma.pk] == {"licence": "T/6"}


def test_settings_pages_make_a_field_a_layout_a_rule_and_a_tag(shop, client_as):
    client = client_as(shop.owner)
    field = {"name_en": "Roof", "name_bn": "চাল", "kind": "choice", "options": "টিন = Tin\nছাদ = Flat", "position": "১০",
             "is_filter": "on", "is_active": "on"}  # fmt: skip
    assert client.post(reverse("fields:field", args=["customer", "new"]), field).status_code == 302
    for name, args in (
        ("start", []),
        ("fields", ["customer"]),
        ("layout", ["customer"]),
        ("rules", ["customer"]),
        ("tags", ["customer"]),
        ("rule_new", ["ticket"]),
        ("field", ["customer", "roof"]),
        ("fields", ["ticket"]),
    ):
        assert client.get(reverse(f"fields:{name}", args=args), follow=True).status_code == 200
    rule = {
        "c.mode": "all",
        "c.count": "1",
        "c.0.field": "roof",
        "c.0.op": "is",
        "c.0.value": "tin",
        "name_en": "Look at it",
        "severity": "warn",
        "at_field": "",
        "is_active": "on",
    }
    more = client.post(reverse("fields:rule_new", args=["customer"]), {**rule, "act": "line:c"})
    assert more.status_code == 200
    assert "c.1.field" in more.content.decode()
    assert client.post(reverse("fields:rule_new", args=["customer"]), rule).status_code == 302
    assert "Look at it" in client.get(reverse("fields:rules", args=["customer"])).content.decode()
    assert (
        client.post(
            reverse("fields:tags", args=["customer"]), {"name": "Dealer", "tone": "good", "is_active": "on"}
        ).status_code
        == 302
    )
    layout = {"mode_roof": "required", "place_roof": "3"}
    assert client.post(reverse("fields:layout", args=["customer"]), layout).status_code == 302


def test_api_shows_takes_and_lists_own_fields(shop, fields, customer):
    import json

    from django.test import Client

    from halkhata.foundation.accounts.services.tokens import create_token

    _row, key = create_token(
        actor=shop.agent, name="t", scopes=["customer.view", "customer.edit", "customer.see_private"]
    )
    api = Client(headers={"authorization": f"Bearer {key}"})
    made = api.post(
        "/api/v1/customers",
        json.dumps(
            {"name_en": "Api", "phones": ["01100000010"], "custom": {"limit": 5, "vip": True}, "tags": ["dealer"]}
        ),
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["custom"]["limit"], shown["custom"]["vip"], shown["tags"]) == ("5", True, ["dealer"])
    wrong = api.patch(
        f"/api/v1/customers/{shown['id']}", json.dumps({"custom": {"roof": "straw"}}), content_type="application/json",
        headers={"if-match": made.headers["ETag"]},
    )  # fmt: skip
    assert wrong.status_code == 422, wrong.content
    assert wrong.json()["code"] == "unknown_option"
    listed = api.get("/api/v1/custom-fields?of=customer").json()["items"]
    assert [one["code"] for one in listed] == ["limit", "licence", "roof", "uses", "birthday", "vip", "guarantor"]
