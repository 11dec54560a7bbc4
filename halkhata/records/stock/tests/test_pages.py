"""The pages of the ledger: scoped, and with the same queries for one row as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.accounts.models import Branch
from halkhata.records.stock.choices import PlaceKind
from halkhata.records.stock.selectors.positions import age_groups, balances, waiting_units
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of
from halkhata.records.stock.tests.conftest import make_unit
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


def put_into_returns(shop, places, fridge, serial):
    unit = make_unit(shop, fridge, serial)
    move(actor=None, unit=unit, from_place=places["supplier"], to_place=places["customer"], from_condition="new",
         condition="used", reason="opening")  # fmt: skip
    move(actor=None, unit=unit, from_place=places["customer"], to_place=places["returns"], condition="unchecked",
         reason="receive", ref=serial)  # fmt: skip
    return unit


@pytest.mark.parametrize("address", ["/stock/", "/stock/returned/", "/stock/movements/"])
def test_pages_take_the_same_queries_for_one_row_as_for_many(shop, places, fridge, client_as, address):
    page = client_as(shop.owner)
    counts = []
    for number in range(4):
        put_into_returns(shop, places, fridge, f"Q-{number}")
        with CaptureQueriesContext(connection) as seen:
            assert page.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[3]


def test_goods_of_another_branch_are_not_seen(shop, places, fridge):
    unit = put_into_returns(shop, places, fridge, "Q-1")
    far = Branch.objects.create(code="far", name_en="Far", path="/999/")
    place_of(far, PlaceKind.SHOP)
    stranger = make_user(
        "stranger", branch=far, role=make_role("far", level=1, scope="branch", permissions=["stock.view"])
    )
    assert [row.unit for row in waiting_units(shop.owner)] == [unit]
    assert not waiting_units(stranger).exists()
    assert not balances(stranger).exists()
    assert balances(shop.owner).exists()


def test_ages_are_grouped_by_the_days_they_wait(shop, places, fridge):
    from datetime import timedelta

    from halkhata.foundation.core.clock import moved_to, now

    for days in (0, 8, 8, 45, 200):
        with moved_to(now() - timedelta(days=days)):
            put_into_returns(shop, places, fridge, f"A-{days}-{now().microsecond}")
    groups = age_groups(list(waiting_units(shop.owner)), now())
    assert [(start, end, len(rows)) for start, end, rows in groups] == [
        (0, 7, 1), (7, 30, 2), (30, 90, 1), (90, None, 1),
    ]  # fmt: skip


def test_whoever_may_not_see_goods_gets_403(shop, client_as):
    assert client_as(shop.agent).get("/stock/").status_code == 403
