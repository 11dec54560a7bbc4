"""The pages of privacy: they open within their statements, and what is pressed there happens."""

from pathlib import Path

import pytest
from django.urls import reverse

import halkhata
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.models import Breach, ConsentEvent, DataRequest, DoNotContact, Erasure, LegalHold
from halkhata.records.privacy.selectors.access_log import LOOKS
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.holds import place_hold
from halkhata.records.privacy.services.links import confirm_token, preference_token, read_preference_token

pytestmark = pytest.mark.django_db

SETTINGS = ["requests", "request_new", "wordings", "stops", "retention", "breaches", "breach_new", "activities",
            "activity_new", "access_log"]  # fmt: skip


@pytest.fixture
def rahima(shop):
    return create_customer(
        actor=shop.agent, name_en="Rahima Test", phones=["01100000001"], emails=["rahima@example.com"], language="en"
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_pages_open_within_their_statements(shop, client_as, django_assert_max_num_queries, name):
    client = client_as(shop.owner)
    client.get(reverse(f"privacy:{name}"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse(f"privacy:{name}")).status_code == 200


def test_consent_is_written_at_the_customer(shop, rahima, client_as):
    client = client_as(shop.agent)
    url = reverse("privacy:consents", args=[rahima.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"act": "granted"}).status_code == 422
    values = {"act": "granted", "purpose": "marketing", "channels": ["sms", "phone"], "source": "counter"}
    answer = client.post(url, {**values, "proof": "F-1"})
    assert answer.status_code == 302
    assert set(ConsentEvent.objects.values_list("channel", "act")) == {("sms", "granted"), ("phone", "granted")}
    page = client.get(reverse("customers:detail", args=[rahima.pk])).content.decode()
    assert "SMS: Agreed" in page


def test_request_from_the_customer_s_page_to_the_erasure(shop, rahima, client_as):
    client = client_as(shop.owner)
    client.post(
        f"{reverse('privacy:request_new')}?customer={rahima.pk}", {"kind": "erasure", "received_how": "counter"}
    )
    row = DataRequest.objects.get()
    assert (row.customer, row.kind) == (rahima, "erasure")
    assert client.get(reverse("privacy:request", args=[row.number])).status_code == 200
    url = reverse("privacy:erase", args=[rahima.pk])
    assert client.get(f"{url}?request={row.number}").status_code == 200
    assert client.post(url, {"number": "1234567"}).status_code == 422
    assert not Erasure.objects.exists()
    assert client.post(url, {"number": str(rahima.pk), "request": row.number}).status_code == 302
    assert Erasure.objects.get().customer_id_then == rahima.pk
    row.refresh_from_db()
    assert row.state == "done"
    assert client.get(reverse("privacy:requests")).status_code == 200
    assert client.get(reverse("privacy:access_log")).content.decode().count("Erased a person") >= 1


def test_copy_is_a_file(shop, rahima, client_as):
    answer = client_as(shop.owner).post(reverse("privacy:export", args=[rahima.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_hold_stop_period_breach_and_wording_by_hand(shop, rahima, client_as):
    client = client_as(shop.owner)
    client.post(reverse("privacy:hold_new", args=[rahima.pk]), {"reason": "Case 12"})
    hold = LegalHold.objects.get()
    client.post(reverse("privacy:hold_end", args=[hold.pk]))
    hold.refresh_from_db()
    assert hold.ended_at is not None
    client.post(reverse("privacy:stops"), {"typed": "01100000009", "reason": "objection"})
    assert DoNotContact.objects.filter(lifted_at__isnull=True).count() == 4
    client.post(reverse("privacy:stop_lift"), {"typed": "01100-000009", "how": "came in person"})
    assert DoNotContact.objects.filter(lifted_at__isnull=True).count() == 0
    assert client.post(reverse("privacy:retention"), {"code": "quiet_customers", "days": "5"}).status_code == 422
    assert client.post(reverse("privacy:retention"), {"code": "quiet_customers", "days": "3650"}).status_code == 302
    client.post(reverse("privacy:breach_new"), {"title": "Laptop stolen", "is_risky": "on"})
    breach = Breach.objects.get()
    page = reverse("privacy:breach", args=[breach.number])
    assert client.get(page).status_code == 200
    values = {"title": "Laptop stolen at night", "is_risky": "on", "version": str(breach.version)}
    assert client.post(page, values).status_code == 302
    url = reverse("privacy:wording", args=["marketing"])
    assert client.post(url, {"text_bn": "নতুন", "text_en": ""}).status_code == 422
    assert client.post(url, {"text_bn": "নতুন", "text_en": "New"}).status_code == 302
    assert client.get(url).status_code == 200
    assert client.get(reverse("privacy:wording", args=["none-such"])).status_code == 404


def test_days_are_shown_in_the_readers_digits_and_what_was_typed_wrong_stays(shop, client_as):
    url, code = reverse("privacy:retention"), "quiet_customers"
    client = client_as(shop.owner, "bn")
    assert client.post(url, {"code": code, "days": "৩৬৫০"}).status_code == 302
    assert 'value="৩৬৫০"' in client.get(url).content.decode()
    refused = client.post(url, {"code": code, "days": "৫"})
    assert refused.status_code == 422
    assert 'value="৫"' in refused.content.decode()
    assert 'value="3650"' in client_as(shop.owner, "en").get(url).content.decode()


def test_erasing_tells_of_each_kind_of_data_once(shop, client_as, rahima):
    tables = client_as(shop.owner).get(reverse("privacy:erase", args=[rahima.pk])).context["tables"]
    lines = [(table["label"], table["fate"], table["why"]) for table in tables]
    assert len(lines) == len(set(lines))
    assert {table["count"] for table in tables if table["label"] == "Customer"} == {1}


def test_preferences_without_a_sign_in(client, rahima):
    token = preference_token(customer_id=rahima.pk, channel="email", address="rahima@example.com")
    assert "rahima" not in token
    assert read_preference_token(token).customer_id == rahima.pk
    assert read_preference_token(token[:-2] + "xx") is None
    url = f"/c/preferences/{token}/"
    page = client.get(url)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert client.post(url, {"save": "1", "agreed": ["marketing"]}).status_code == 200
    acts = dict(ConsentEvent.objects.values_list("purpose", "act"))
    assert acts == {"marketing": "granted", "loyalty": "withdrawn", "survey": "withdrawn", "publication": "withdrawn"}


def test_confirmation_is_the_press_and_not_the_look(shop, rahima, client, client_as):
    client_as(shop.agent).post(
        reverse("privacy:consents", args=[rahima.pk]),
        {"act": "granted", "purpose": "marketing", "channels": ["email"], "source": "counter", "proof": ""},
    )
    token = confirm_token(customer_id=rahima.pk, channel="email", purpose="marketing", address="rahima@example.com")
    assert client.get(f"/c/confirm/{token}/").status_code == 200
    assert [event.act for event in ConsentEvent.objects.all()] == ["asked"]
    assert client.post(f"/c/confirm/{token}/").status_code == 200
    assert [event.act for event in ConsentEvent.objects.order_by("id")] == ["asked", "granted"]


def test_log_of_looks_names_every_kind_that_is_written():
    """Each act in the list is written somewhere in the product: a name that nobody writes would never show."""
    sources = [path for path in Path(halkhata.__file__).parent.rglob("*.py") if "tests" not in path.parts]
    text = "".join(path.read_text() for path in sources)
    named = ('action="{}"', 'ACTION = "{}"')
    assert {action for action in LOOKS if not any(form.format(action) in text for form in named)} == set()


def test_customer_page_stays_within_twenty_statements_with_all_of_privacy(
    shop, rahima, client_as, django_assert_max_num_queries
):
    older = create_customer(actor=shop.agent, name_en="Rahima T", phones=["01100000002"])
    for customer, act in ((older, "withdrawn"), (rahima, "granted")):
        for purpose in ("marketing", "survey"):
            for channel in ("sms", "phone"):
                record_consent(
                    actor=shop.agent, customer=customer, purpose=purpose, channel=channel, act=act, source="paper"
                )
    merge_customers(actor=shop.owner, merged=older, survivor=rahima)
    place_hold(actor=shop.owner, customer=rahima, reason="Case 12")
    client = client_as(shop.owner)
    url = reverse("customers:detail", args=[rahima.pk])
    client.get(url)
    with django_assert_max_num_queries(20):
        page = client.get(url).content.decode()
    assert "Case 12" in page
    assert "SMS: Said no" in page
