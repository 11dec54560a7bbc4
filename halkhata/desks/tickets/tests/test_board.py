"""The list of tickets: counts that stop, tabs that agree with their rows, plans that read an index in order."""

import pytest
from django.db import connection
from django.urls import reverse

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.selectors.board import VIEWS, BoardFilter, board_counts, board_page
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.foundation.core import capped

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("view", VIEWS)
def test_count_of_a_tab_is_the_number_of_rows_it_opens(desk, rahima, view):
    for _turn in range(3):
        make_ticket(desk, rahima)
    for user in (desk.owner, desk.agent):
        rows = board_page(user, BoardFilter(view=view)).items
        assert board_counts(user, BoardFilter())[view] == len(rows)
        assert all(row.state in VIEWS[view] for row in rows)
    assert board_counts(desk.owner, BoardFilter())["all"] == 3


def test_counts_stop_and_the_tab_says_that_there_are_more(desk, rahima, client_as, monkeypatch):
    for _turn in range(4):
        make_ticket(desk, rahima)
    monkeypatch.setattr(capped, "COUNTED", 3)
    assert board_counts(desk.owner, BoardFilter())["working"] == 3
    client = client_as(desk.owner)
    client.cookies["language"] = "en"
    page = client.get(reverse("tickets:board")).content.decode()
    assert '<span class="hk-count">2+</span>' in page


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("view", "index"),
    [("working", "work_item_open_recent"), ("resolved", "work_item_state_recent"), ("all", "work_item_recent")],
)
def test_first_page_of_a_tab_is_read_from_an_index_in_order(desk, rahima, view, index):
    make_ticket(desk, rahima)
    with connection.cursor() as cursor:
        rows = board_rows(desk.agent, view)
        sql, parameters = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = [row[-1] for row in cursor.fetchall()]
    assert any(index in line for line in plan), plan
    # Tickets of one and the same moment may be put in order; the whole tab never.
    assert not any("TEMP B-TREE FOR ORDER BY" in line for line in plan), plan


def board_rows(user, view):
    from halkhata.desks.tickets.selectors import board

    rows = board._narrowed(user, BoardFilter(view=view)).filter(board._in_view(view))
    return rows.select_related("customer", "owner", "category").order_by("-opened_at", "-id")[:26]


def test_merged_tickets_stand_on_no_tab():
    assert all(TicketState.MERGED not in states for states in VIEWS.values())
