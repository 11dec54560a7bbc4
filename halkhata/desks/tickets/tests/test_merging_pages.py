"""Merging by the pages and by the API: preview first, and a way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.desks.tickets.tests.test_merging import customer_writes, digest, fresh
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def url(name, ticket):
    return reverse(f"tickets:{name}", args=[ticket.number])


@pytest.fixture
def pair(desk, rahima):
    return make_ticket(desk, rahima, "The fridge does not cool"), make_ticket(desk, rahima, "My fridge is warm")


def test_page_offers_the_customers_open_tickets_and_those_of_the_same_phone(desk, pair, client_as):
    first, second = pair
    wife = create_customer(actor=desk.agent, name_en="Wife", phones=["01100000001"], confirm_duplicate="same house")
    hers = make_ticket(desk, wife, "Warm fridge")
    stranger = make_ticket(desk, create_customer(actor=desk.agent, name_en="Far", phones=["01100000077"]), "Else")
    page = client_as(desk.agent).get(url("merge", second)).content.decode()
    assert f"?into={first.number}" in page
    assert f"?into={hers.number}" in page
    assert f"?into={stranger.number}" not in page


def test_preview_changes_nothing_and_the_button_merges(desk, pair, client_as):
    first, second = pair
    client = client_as(desk.agent)
    before = digest()
    page = client.get(url("merge", second), {"into": first.number}).content.decode()
    assert digest() == before
    assert f"{first.number} shows all 2 messages" in page.replace("\n", " ")
    assert f'href="{url("merge", first)}?into={second.number}"' in page
    sent = client.post(
        url("merge", second),
        {"into": first.number, "version": fresh(second).version, "into_version": fresh(first).version},
    )
    assert sent.headers["Location"] == url("detail", first)
    tombstone = client.get(url("detail", second)).content.decode()
    assert f'href="{url("detail", first)}"' in tombstone
    assert 'name="body"' not in tombstone
    assert "Merged into this ticket" in client.get(url("detail", first)).content.decode()
    assert client.post(url("unmerge", second)).status_code == 302
    assert fresh(second).merged_into_id is None


def test_unknown_number_itself_and_a_stale_page_say_so(desk, pair, client_as):
    first, second = pair
    client = client_as(desk.agent)
    assert "There is no such ticket" in client.get(url("merge", second), {"into": "K-9999"}).content.decode()
    assert "into itself" in client.get(url("merge", second), {"into": second.number}).content.decode()
    stale = {"into": first.number, "version": fresh(second).version, "into_version": fresh(first).version}
    customer_writes(first)
    assert client.post(url("merge", second), stale).status_code == 409
    assert fresh(second).merged_into_id is None


def test_other_customer_is_asked_for_on_the_page(desk, pair, client_as):
    first, _second = pair
    other = make_ticket(desk, create_customer(actor=desk.agent, name_en="Far", phones=["01100000077"]), "Else")
    client = client_as(desk.agent)
    assert "different customers" in client.get(url("merge", other), {"into": first.number}).content.decode()
    assert client.post(url("merge", other), {"into": first.number}).status_code == 422
    said = {"into": first.number, "other_customer_is_right": "on"}
    assert client.post(url("merge", other), said).status_code == 302


def test_page_of_a_survivor_costs_no_more_for_ten_merged_tickets(desk, client_as):
    from halkhata.desks.tickets.services.merging import merge_tickets

    client = client_as(desk.agent)
    survivor = make_ticket(desk, None)  # a caller nobody knows: no banner of repeated calls
    counted = []
    for number in (1, 9):
        for _ in range(number):
            merge_tickets(actor=desk.agent, ticket=make_ticket(desk, None), into=survivor)
        client.get(url("detail", survivor))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("detail", survivor))
        assert page.status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
