"""What a reader without the right sees: masks by form, the gate on every kind of answer, unmasking with its trail."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.accounts.models import Branch, Role, User
from halkhata.foundation.accounts.services.roles import create_ready_roles, save_role
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.models import Address
from halkhata.records.customers.privacy import keeper, mask_email, mask_phone, mask_text
from halkhata.records.customers.private_gate import PrivateFieldsMiddleware
from halkhata.records.customers.registry import public_numbers
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.unmasking import AN_HOUR
from tests.support.fixtures_shop import make_role, make_user


@pytest.fixture
def viewer(shop):
    role = create_ready_roles()["viewer"]
    return make_user("viewer", branch=shop.branch, role=role)


@pytest.fixture
def customer(shop):
    found = create_customer(
        actor=shop.agent, name_en="Rahima", phones=["01100000678"], emails=["rahima@example.com"], branch=shop.branch,
        note="Call her son 01100-000679, card 1990123456789",
    )  # fmt: skip
    Address.objects.create(customer=found, line="House 12, Road 5", district="Bogura")
    return found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+8801100000678", "011•••••678"), ("01100-000678", "011•••••678"), ("০১১০০-০০০৬৭৮", "০১১•••••৬৭৮"),
        ("011 0000 0678", "011•••••678"), ("8801100000678", "011•••••678"), ("008801100000678", "011•••••678"),
        ("(011) 00000678", "011•••••678"), ("01100000678, 01100000679", "011•••••678, 011•••••679"),
        ("+971 50 123 4567", "97•••••567"), ("tel:+8801100000678", "tel:011•••••678"), ("02-55012345", "025•••••345"),
        ("?phone=%2B8801100000678", "?phone=011•••••678"),
        ("rahima@example.com", "r•••@•••.com"), ("Mail: a.b+c@mail.example.co.uk.", "Mail: a•••@•••.uk."),
        ("mailto:rahima%40example.com", "mailto:r•••@•••.com"),
        ("1990123456789", "•••••789"), ("১৯৯০১২৩৪৫৬৭৮৯", "•••••৭৮৯"), ("19901234567890123", "•••••123"),
        ("NID 9234567890", "NID •••••890"),
    ],
)  # fmt: skip
def test_private_value_in_text_is_masked(text, shown):
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "K-1045", "2026-11-22 06:54", "2026-11-22 06:54:10", "22-11-2026", "02-11-2026", "02-11-2026 10:30",
        "192.168.100.200", "1,234,567", "BDT 12,500.00", "12/11/2026", "10:30–11:30", "9:00 - 20:00", "0110",
        "abc01100000678def", "serial SN-01-2345", "৳ ১,২৫,০০০", "2026-11-22T06:54:10.123456+00:00", "https://x.example/1/2",
        "v1.2.3.4", "@home", "5 of 12", "10 20 30 40 50",
    ],
)  # fmt: skip
def test_what_is_no_private_value_stays(text):
    assert mask_text(text) == text


def test_mask_of_a_field_keeps_first_and_last_three():
    assert mask_phone("+8801100000678") == "011•••••678"
    assert mask_email("rahima@example.com") == "r•••@•••.com"


def test_spared_values_stay_in_every_spelling():
    keep = keeper(["01100000678", "shop@example.com"])
    text = "+8801100000678 ০১১০০০০০৬৭৮ SHOP@example.com 01100000679"
    assert mask_text(text, keep=keep) == "+8801100000678 ০১১০০০০০৬৭৮ SHOP@example.com 011•••••679"


def _answer(user, response, path="/customers/"):
    request = RequestFactory().get(path)
    request.user = user
    return PrivateFieldsMiddleware(lambda request: response)(request)


def test_gate_masks_html_in_text_and_attributes_and_kills_dead_links(shop, viewer):
    html = '<a href="tel:+8801100000678" title="01100000678" data-at="1763800000000">01100-000678</a>'
    shown = _answer(viewer, HttpResponse(html)).content.decode()
    assert shown == '<a title="011•••••678" data-at="1763800000000">011•••••678</a>'
    assert _answer(shop.agent, HttpResponse(html)).content.decode() == html


def test_gate_masks_json_strings_and_leaves_numbers(viewer):
    body = {"phone": "+8801100000678", "id": 1763800000, "nested": [{"01100000678": "x@example.com"}]}
    shown = json.loads(_answer(viewer, JsonResponse(body)).content)
    assert shown == {"phone": "011•••••678", "id": 1763800000, "nested": [{"011•••••678": "x•••@•••.com"}]}


def test_gate_masks_a_streamed_table_even_when_a_number_is_cut_in_two(viewer):
    chunks = ["name,phone\nRahima,0110", "0000678\nKarim,01100000679"]
    stream = StreamingHttpResponse(iter(chunks), content_type="text/csv; charset=utf-8")
    shown = b"".join(_answer(viewer, stream).streaming_content).decode()
    assert shown == "name,phone\nRahima,011•••••678\nKarim,011•••••679"


def test_gate_spares_the_shops_own_numbers_and_what_the_reader_typed(shop, viewer):
    request = RequestFactory().get("/search/", {"q": "01100000678"})
    request.user = viewer
    page = f"{shop.branch.phone} 01100000678 01100000679"
    shown = PrivateFieldsMiddleware(lambda request: HttpResponse(page))(request).content.decode()
    assert shown == f"{shop.branch.phone} 01100000678 011•••••679"


def test_gate_spares_numbers_of_every_public_source_and_reads_them_in_one_statement(shop, viewer, monkeypatch):
    second = Branch.objects.create(code="far", name_en="Far", name_bn="দূর", phone="01100000677")
    spared = f"{shop.branch.phone} {second.phone}"
    page = f"{spared} 01100000678 01100000679"

    def statements():
        with CaptureQueriesContext(connection) as queries:
            shown = _answer(viewer, HttpResponse(page)).content.decode()
        return shown, [one["sql"] for one in queries if "accounts_branch" in one["sql"]]

    monkeypatch.setattr(public_numbers, "_entries", {})
    shown, (_alone,) = statements()
    assert shown == f"{spared} 011•••••678 011•••••679"
    # Sources keep an order of their own, and may find nothing.
    numbers = {"one": "01100000678", "two": "01100000679"}
    for name, number in numbers.items():
        Branch.objects.create(code=name, name_en=name, name_bn=name, address=number)
    sources = {
        name: lambda name=name: Branch.objects.filter(code=name).order_by("-code").values_list("address", flat=True)
        for name in numbers
    }
    sources["nobody"] = lambda: Branch.objects.none().values_list("phone", flat=True)
    monkeypatch.setattr(public_numbers, "_entries", sources)
    shown, (together,) = statements()
    assert shown == page
    assert together.count("UNION ALL") == 2


def test_customer_page_list_and_search_are_masked_with_no_number_to_call(shop, viewer, customer, client_as):
    client = client_as(viewer)
    for path in (f"/customers/{customer.pk}/", "/customers/", "/search/?q=Rahima"):
        response = client.get(path, follow=True)
        page = response.content.decode()
        assert response.status_code == 200
        assert "011•••••678" in page, path
        for whole in ("1100000678", "01100-000678", "rahima@example.com", "000679", "1990123456789", "House 12"):
            assert whole not in page, (path, whole)
        assert "tel:" not in page
    assert "Bogura" in client.get(f"/customers/{customer.pk}/").content.decode()
    whole = client_as(shop.agent).get(f"/customers/{customer.pk}/").content.decode()
    assert 'href="tel:+8801100000678"' in whole
    assert "House 12" in whole


def test_unmasking_shows_one_field_once_and_is_written_down(shop, viewer, customer, client_as):
    client = client_as(viewer)
    phone = customer.contact_points.get(kind="phone")
    assert (
        "01100-000678" not in client.get(f"/customers/{customer.pk}/unmask/?field=contact-{phone.pk}").content.decode()
    )
    assert AuditEntry.objects.filter(action="customer.unmask").count() == 0
    shown = client.post(
        f"/customers/{customer.pk}/unmask/", {"field": f"contact-{phone.pk}", "reason": "asked to call back"}
    ).content.decode()
    assert "01100-000678" in shown
    assert "rahima@example.com" not in shown
    entry = AuditEntry.objects.get(action="customer.unmask")
    assert (entry.actor_id, entry.record_id, entry.note) == (viewer.pk, str(customer.pk), "asked to call back")
    assert "1100000678" not in json.dumps(entry.after)
    note = client.post(f"/customers/{customer.pk}/unmask/", {"field": "note"}).content.decode()
    assert "01100-000679" in note
    place = client.post(f"/customers/{customer.pk}/unmask/", {"field": "address"}).content.decode()
    assert "House 12, Road 5" in place
    assert "01100-000678" not in client.get(f"/customers/{customer.pk}/").content.decode()


def test_unmasking_ends_after_thirty_in_an_hour(shop, viewer, customer, client_as):
    client = client_as(viewer)
    path = f"/customers/{customer.pk}/unmask/"
    for _ in range(AN_HOUR):
        client.post(path, {"field": "address"})
    assert "House 12" not in client.post(path, {"field": "address"}).content.decode()
    assert AuditEntry.objects.filter(action="customer.unmask").count() == AN_HOUR
    with moved_to(now() + timedelta(minutes=61)):
        assert "House 12" in client.post(path, {"field": "address"}).content.decode()


@pytest.mark.parametrize(
    "field", ["contact-0", "contact-x", "contact-", "nothing", "", "contact-" + "9" * 30, "version"]
)
def test_field_that_is_not_there_shows_nothing(shop, viewer, customer, client_as, field):
    answer = client_as(viewer).post(f"/customers/{customer.pk}/unmask/", {"field": field})
    assert answer.status_code in {200, 404}
    assert AuditEntry.objects.filter(action="customer.unmask").count() == 0


def test_unmasking_needs_its_right_and_a_customer_within_reach(shop, viewer, customer, client_as):
    plain = make_user(
        "plain", branch=shop.branch, role=make_role("plain", level=1, scope="branch", permissions=["customer.view"])
    )
    assert client_as(plain).post(f"/customers/{customer.pk}/unmask/", {"field": "address"}).status_code == 403
    Role.objects.filter(pk=viewer.role_id).update(scope="own")
    far = client_as(User.objects.get(pk=viewer.pk))
    assert far.post(f"/customers/{customer.pk}/unmask/", {"field": "address"}).status_code == 404


def test_point_of_another_customer_is_not_shown_through_this_one(shop, viewer, customer, client_as):
    other = create_customer(actor=shop.agent, name_en="Karim", phones=["01100000999"], branch=None)
    point = other.contact_points.get()
    assert (
        client_as(viewer).post(f"/customers/{customer.pk}/unmask/", {"field": f"contact-{point.pk}"}).status_code == 404
    )


def test_role_that_changes_records_must_see_what_it_saves(shop):
    with pytest.raises(DomainError, match="needs_private"):
        save_role(
            actor=shop.owner,
            name_en="Half blind",
            scope="branch",
            level=1,
            permissions=["customer.view", "ticket.edit"],
        )
    role = save_role(actor=shop.owner, name_en="Looker", scope="branch", level=1, permissions=["customer.view"])
    assert role.permissions == ["customer.view"]


def test_upgrade_takes_sight_from_nobody(db):
    from importlib import import_module

    from django.apps import apps

    migration = import_module("halkhata.foundation.accounts.migrations.0004_private_fields")
    for code, permissions in (
        ("old-agent", ["customer.view"]),
        ("old-boss", ["users.edit"]),
        ("till", ["report.view"]),
    ):
        make_role(code, level=1, scope="all", permissions=permissions)
    migration.keep_seeing(apps, None)
    kept = {code: set(rights) for code, rights in Role.objects.values_list("code", "permissions")}
    assert kept["test-old-agent"] == {"customer.view", "customer.see_private"}
    assert kept["test-old-boss"] == {"users.edit", "customer.see_private", "customer.unmask"}
    assert kept["test-till"] == {"report.view"}


@pytest.mark.parametrize(
    ("scopes", "whole"), [(["customer.view"], False), (["customer.view", "customer.see_private"], True)]
)
def test_api_key_sees_only_what_it_was_given(shop, customer, scopes, whole):
    _token, raw = create_token(actor=shop.agent, name="till", scopes=scopes)
    answer = Client(headers={"authorization": f"Bearer {raw}"}).get("/api/v1/customers")
    assert answer.status_code == 200
    assert ("+8801100000678" in answer.content.decode()) is whole
    assert ("rahima@example.com" in answer.content.decode()) is whole
