"""Pages by key, both ways; filters; orders from a closed list; signed cursors."""

from datetime import timedelta

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.api.resources import customers, messages, queues, tickets
from halkhata.engines.work.models import SavedView, WorkItem
from halkhata.foundation.core.clock import now


@pytest.fixture
def many(shop, here):
    """Nine tickets; some share their instant, three have no due time."""
    at = now().replace(microsecond=0) - timedelta(hours=9)
    for number in range(8):
        open_ticket(
            actor=shop.agent, subject=f"T{number}", customer=here.customer, channel="phone", branch=shop.branch,
            owner=shop.agent if number % 2 else shop.agent2, opened_at=at + timedelta(hours=number // 3),
            urgency="high" if number % 2 else "low",
        )  # fmt: skip
    WorkItem.objects.filter(subject__in=["T1", "T4", "T6"]).update(next_due_at=None)
    return list(Ticket.objects.order_by("pk"))


@pytest.mark.parametrize("order", sorted(tickets.ORDERS))
@pytest.mark.parametrize("limit", [1, 2, 4, 200])
def test_forth_and_back_again_shows_each_row_once_in_the_same_order(key, many, order, limit):
    api = key()
    whole = [one["id"] for one in api.get(f"/tickets?order={order}&limit=200").json()["items"]]
    assert sorted(whole) == sorted(ticket.pk for ticket in many)
    pages, cursor = [], ""
    for _page in range(len(many) + 2):
        body = api.get(f"/tickets?order={order}&limit={limit}{cursor}").json()
        pages.append([one["id"] for one in body["items"]])
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert sum(pages, []) == whole
    back = [pages[-1]]
    while body["previous"] is not None:
        body = api.get(f"/tickets?order={order}&limit={limit}&cursor={body['previous']}").json()
        back.insert(0, [one["id"] for one in body["items"]])
    assert sum(back, []) == whole


def test_row_that_comes_meanwhile_shifts_nothing(key, many, shop):
    api = key()
    first = api.get("/tickets?limit=4").json()
    open_ticket(actor=shop.agent, subject="New", customer=None, channel="phone", branch=shop.branch, owner=shop.agent)
    second = api.get(f"/tickets?limit=4&cursor={first['next']}").json()
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}
    assert "New" not in {one["subject"] for one in second["items"]}


def test_cursor_that_is_changed_or_of_another_list_is_refused(key, many, is_problem):
    api = key()
    cursor = api.get("/tickets?limit=2").json()["next"]
    changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for address in (
        f"/tickets?limit=2&cursor={changed}",
        f"/tickets?cursor={cursor[:-4]}",
        f"/tickets?cursor={cursor}&order=opened_at",
        f"/tickets?cursor={cursor}&state=new",
        f"/customers?cursor={cursor}",
        "/tickets?cursor=x",
        "/tickets?cursor=eyJ9",
    ):
        body = is_problem(api.get(address), 422, "bad_cursor")
        assert body["field"] == "cursor"
    assert api.get(f"/tickets?limit=5&cursor={cursor}").status_code == 200


def test_filters_narrow_together(key, many, shop, here):
    api = key()

    def found(query):
        answer = api.get(f"/tickets?limit=200&{query}")
        assert answer.status_code == 200, answer.content
        return {one["id"] for one in answer.json()["items"]}

    everything = {ticket.pk for ticket in many}
    assert found("state=new") == found("state_flag=open") == everything
    assert found("state=closed") == set()
    assert found("priority=high") == {t.pk for t in many if t.priority == "high"}
    assert found(f"owner_id={shop.agent2.pk}") == {t.pk for t in many if t.owner_id == shop.agent2.pk}
    assert found(f"customer_id={here.customer.pk}&kind=complaint&channel=phone") == everything
    assert found("category=cooling") == {here.ticket.pk}
    late = {t.pk for t in many if t.next_due_at and t.next_due_at < now()}
    assert found("late=true") == late
    assert found("late=false") == everything - late
    edge = sorted(t.opened_at for t in many)[3]
    assert found(f"opened_since={edge.isoformat().replace('+00:00', 'Z')}") == {
        t.pk for t in many if t.opened_at >= edge
    }
    assert found(f"opened_before={edge.isoformat().replace('+00:00', 'Z')}") == {
        t.pk for t in many if t.opened_at < edge
    }
    assert found(f"updated_since={edge.isoformat().replace('+00:00', 'Z')}") == {
        t.pk for t in many if t.last_activity_at >= edge
    }
    assert found(f"branch_id={shop.branch.pk}&team_id={shop.team.pk}") == {
        t.pk for t in many if t.team_id == shop.team.pk
    }


@pytest.mark.parametrize(
    "query",
    ["order=owner__password", "order=-subject", "limit=0", "limit=201", "limit=1e3", "state=nonsense",
     "owner__password=x", "expand=customer", "fields=owner.password", "include=customer", "_connector=OR",
     f"owner_id={2**63}", f"owner_id={10**40}", "opened_since=yesterday", "updated_since=0.5",
     "updated_since=1795334400", "opened_since=2026-11-22", "opened_since=0001-01-01T00:00:00Z",
     "late=perhaps"],
)  # fmt: skip
def test_what_is_not_in_the_list_is_refused(key, is_problem, query):
    is_problem(key().get(f"/tickets?{query}"), 422, "invalid_input")


def test_queue_shows_the_work_of_a_ready_queue_and_of_a_saved_view(key, many, shop, is_problem):
    api = key()
    codes = [one["code"] for one in api.get("/queues").json()["items"]]
    assert codes[:3] == ["open", "mine", "late"]
    shown = api.get("/queues/open/items?limit=200").json()["items"]
    assert {one["id"] for one in shown} == {ticket.pk for ticket in many}
    dues = [one["next_due_at"] for one in shown]
    assert dues == sorted([due for due in dues if due]) + [None] * 3
    own = SavedView.objects.create(owner=shop.agent, name="High", query="priority=high")
    other = SavedView.objects.create(owner=shop.agent2, name="Not shared", query="priority=high")
    assert f"view-{own.pk}" in {one["code"] for one in api.get("/queues").json()["items"]}
    assert {one["priority"] for one in api.get(f"/queues/view-{own.pk}/items").json()["items"]} == {"high"}
    for code in (f"view-{other.pk}", "view-999999", "nonsense"):
        is_problem(api.get(f"/queues/{code}/items"), 404, "not_found")
    is_problem(api.get("/queues/view-x/items"), 422, "invalid_input")


def test_search_gives_the_best_hits_and_no_cursor(key, here):
    body = key().get("/customers?q=01100123456").json()
    assert ([one["id"] for one in body["items"]], body["next"]) == ([here.customer.pk], None)


def test_orders_are_closed_lists():
    for module in (customers, tickets, messages, queues):
        for order in module.ORDERS.values():
            assert "__" not in order.column


@pytest.mark.parametrize(
    ("path", "most"),
    [("/tickets", 5), ("/customers", 6), ("/queues/open/items", 4), ("/staff", 5), ("/branches", 4), ("/teams", 4),
     ("/categories", 4), ("/queues", 4),
     ("/ready-answers", 4), ("/ready-answers?ticket={number}", 10), ("/tickets/{number}", 4), ("/customers/{id}", 5),
     ("/tickets/{number}/messages", 6), ("/tickets/{number}/notes", 6), ("/tickets/{number}/files", 5)],
)  # fmt: skip
def test_queries_of_a_road_do_not_grow_with_its_rows(key, many, here, shop, path, most):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    api = key()
    path = path.format(number=here.ticket.number, id=here.customer.pk)
    api.get("/categories")  # the moment the key was used, and the lot of calls, are written now and then
    with CaptureQueriesContext(connection) as small:
        assert api.get(f"{path}").status_code == 200
    for number in range(6):
        open_ticket(
            actor=shop.agent, subject=f"More {number}", customer=here.customer, channel="phone", branch=shop.branch,
            owner=shop.agent,
        )  # fmt: skip
        api.post(f"/tickets/{here.ticket.number}/notes", {"text": f"Note {number}"})
    with CaptureQueriesContext(connection) as large:
        assert api.get(f"{path}").status_code == 200
    assert len(large) <= most, [query["sql"][:120] for query in large]
    assert len(large) <= len(small) + 1  # the first note brings the query for its files
