"""The panels of the 360 page that come in after it: who gets them, as a partial and as a page, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.registry import CustomerPanel, customer_panels
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
COLUMNS = ("main", "side")


def make(shop, name, **values):
    return create_customer(actor=SYSTEM, branch=shop.branch, name_en=name, **values)


@contextmanager
def only(**panels: CustomerPanel) -> Iterator[None]:
    """No other panels than these."""
    kept, customer_panels._entries = customer_panels._entries, panels
    try:
        yield
    finally:
        customer_panels._entries = kept


def panel(**values) -> CustomerPanel:
    return CustomerPanel(
        order=5, template="customers/panels/about.html", context=lambda user, customer: {}, **{"later": True, **values}
    )


def fetch(client, customer, column, **headers):
    return client.get(reverse(f"customers:panels_{column}", args=[customer.pk]), headers=headers)


def statements(client, url):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, headers=HTMX)
    assert answer.status_code == 200
    return len(queries)


def test_page_leaves_later_panels_out_and_names_where_they_are(shop, client_as):
    customer = make(shop, "Watched", note="only a note")
    client = client_as(shop.owner)
    with only(near=panel(later=False), far=panel(column="side")):
        page = client.get(f"/customers/{customer.pk}/")
        part = fetch(client, customer, "side", **HTMX).content.decode()
    assert (len(page.context["main_panels"]), len(page.context["side_panels"])) == (1, 0)
    address = f"/customers/{customer.pk}/panels/side/"
    (held,) = BeautifulSoup(page.content, "html.parser").select(".hk-later")
    assert (held["hx-get"], held["hx-trigger"], held["hx-swap"]) == (address, "load", "outerHTML")
    assert held.select_one("noscript a")["href"] == address
    assert "only a note" in part
    assert "<html" not in part


def test_without_a_script_the_same_address_is_a_page(shop, client_as):
    customer = make(shop, "Watched", note="only a note")
    client = client_as(shop.owner)
    with only(far=panel()):
        page = fetch(client, customer, "main").content.decode()
        bare = fetch(client, customer, "side").content.decode()
    assert "<html" in page
    assert "only a note" in page
    assert f'href="/customers/{customer.pk}/"' in page
    assert "Nothing more is known about this customer." in bare


def test_reader_without_a_later_panel_gets_no_placeholder(shop, client_as):
    customer = make(shop, "Watched", note="only a note")
    client = client_as(shop.agent)
    with only(near=panel(later=False), far=panel(permission="audit.view")):
        page = client.get(f"/customers/{customer.pk}/").content.decode()
        part = fetch(client, customer, "main", **HTMX)
        there = client_as(shop.owner).get(f"/customers/{customer.pk}/").content.decode()
    assert "hk-later" not in page
    assert (part.status_code, part.content) == (200, b"")
    assert "hk-later" in there


@pytest.mark.parametrize("column", COLUMNS)
def test_panels_of_a_hidden_customer_are_not_found(shop, client_as, column):
    other = Branch.objects.create(code="far", name_en="Far", name_bn="দূর")
    hidden = create_customer(actor=SYSTEM, branch=other, name_en="Hidden")
    assert fetch(client_as(shop.agent), hidden, column, **HTMX).status_code == 404
    assert fetch(client_as(shop.agent), hidden, column).status_code == 404
    shop.agent.role.permissions = []
    shop.agent.role.save()
    assert fetch(client_as(shop.agent), make(shop, "Mine"), column, **HTMX).status_code == 403


@pytest.mark.parametrize("column", COLUMNS)
def test_panels_of_a_merged_customer_lead_to_who_is_left(shop, client_as, column):
    older, left = make(shop, "Rahima T"), make(shop, "Rahima")
    merge_customers(actor=shop.owner, merged=older, survivor=left)
    answer = fetch(client_as(shop.owner), older, column, **HTMX)
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{left.pk}/panels/{column}/")


@pytest.mark.parametrize("column", COLUMNS)
def test_later_panels_take_the_same_few_statements_for_one_and_five_rows(shop, client_as, column):
    customer = make(shop, "Watched")
    client = client_as(shop.owner)
    url = reverse(f"customers:panels_{column}", args=[customer.pk])
    merge_customers(actor=shop.owner, merged=make(shop, "Double 0"), survivor=customer)
    client.get(url)
    few = statements(client, url)
    for number in range(1, 5):
        merge_customers(actor=shop.owner, merged=make(shop, f"Double {number}"), survivor=customer)
    assert statements(client, url) == few <= 12


def test_page_and_its_later_panels_share_no_panel_and_lose_none(shop, client_as):
    customer = make(shop, "Watched")
    client = client_as(shop.owner)
    page = client.get(f"/customers/{customer.pk}/")
    shown = len(page.context["main_panels"]) + len(page.context["side_panels"])
    later = sum(len(fetch(client, customer, column).context["panels"]) for column in COLUMNS)
    assert shown == len([one for one in customer_panels if not one.later])
    # Parcels, promised dates, returns and segments say nothing where there is nothing.
    assert later == len([one for one in customer_panels if one.later]) - 4
    assert {name for name, one in customer_panels.items() if one.later} == {
        "service", "returns", "disputes", "goodwill", "deliveries", "deliveries.parcels", "segments", "merging",
    }  # fmt: skip
