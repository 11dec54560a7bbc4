"""The queue page: filters, keyset pages, counts that open exactly their rows, a fixed number of queries."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import SavedView, WorkItem
from halkhata.engines.work.selectors.filters import QueueFilters, filtered, filtered_in_order, filtered_parts
from halkhata.engines.work.selectors.queue import PRESETS, queue_counts, queue_page
from halkhata.engines.work.services.items import change_state, record_event
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.capped import COUNTED
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer

from .conftest import minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(shop, make_item, frozen):
    """Items of every sort: late, soon, later, paused, finished, with equal due times."""
    made = []
    for number in range(60):
        item = make_item(
            f"Case {number}", owner=(shop.agent, shop.agent2)[number % 2], channel=("phone", "email")[number % 3 == 0]
        )
        made.append(item)
        if number % 4 == 0:
            frozen.shift(minutes(7))
        if number % 7 == 0:
            change_state(actor=shop.agent, item=item, state="waiting_customer", state_flag=StateFlag.PAUSED)
            record_event(actor=shop.agent, item=item, kind="human_reply")
        if number % 11 == 0:
            change_state(actor=shop.agent, item=item, state="resolved", state_flag=StateFlag.RESOLVED)
    frozen.shift(minutes(30))
    return made


def walk(user, filters, start=None):
    """All pages forwards, then all backwards."""
    pages, cursor = [], None
    while True:
        page = queue_page(user, filters, cursor)
        pages.append(page)
        if not page.next:
            break
        cursor = page.next
    back, page = [pages[-1]], pages[-1]
    while page.prev:
        page = queue_page(user, filters, before=page.prev)
        back.insert(0, page)
    return pages, back


@pytest.mark.parametrize(
    "query", [{}, {"state": "any"}, {"state": "done"}, {"state": "paused"}, {"owner": "me"}, {"channel": "email"}]
)
def test_pages_hold_every_row_once_in_order_both_ways(shop, many, query):
    filters = QueueFilters.read(query)
    forwards, backwards = walk(shop.agent, filters)
    ids = [item.pk for page in forwards for item in page.items]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(filtered(shop.agent, filters, now()).values_list("pk", flat=True))
    assert [item.pk for page in backwards for item in page.items][-len(ids) :] == ids
    assert forwards[0].prev == ""
    if filters.by_due_time:
        dues = [item.next_due_at for page in forwards for item in page.items]
        dated = [due for due in dues if due is not None]
        assert dues == sorted(dated) + [None] * (len(dues) - len(dated))


def test_counts_open_exactly_their_rows(shop, many):
    counts = queue_counts(shop.agent, QueueFilters(), now())
    shown = {}
    for code, _label, _icon, preset in PRESETS:
        pages, _back = walk(shop.agent, preset)
        shown[code] = sum(len(page.items) for page in pages)
    assert {code: counts[code] for code in shown} == shown
    assert shown["late"] == 0 or shown["late"] < shown["open"]
    assert shown["paused"] > 0
    assert shown["mine"] > 0


def test_late_soon_and_today_split_by_the_clock(shop, make_item, frozen):
    item = make_item()
    due = item.next_due_at
    for at, expected in (
        (due - minutes(121), (0, 0, 1)),
        (due - minutes(120) + minutes(1), (0, 1, 1)),
        (due, (0, 1, 1)),
        (due + timedelta(microseconds=1), (1, 0, 0)),
    ):
        counts = queue_counts(shop.agent, QueueFilters(), at)
        assert (counts["late"], counts["near"], counts["today"]) == expected, at


def test_counts_stop_at_the_cap(shop, make_item, frozen):
    first = make_item()
    rows = [
        WorkItem(
            **{
                field.attname: getattr(first, field.attname)
                for field in WorkItem._meta.concrete_fields
                if field.attname not in {"id", "number"}
            },
            number=f"X-9{number}",
        )
        for number in range(130)
    ]
    WorkItem.objects.bulk_create(rows)
    assert queue_counts(shop.agent, QueueFilters(), now())["open"] == COUNTED


def test_page_costs_the_same_for_5_and_200_rows(shop, make_item, client_as, frozen):
    def queries(user):
        client = client_as(user)
        client.get(reverse("work:queue"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse("work:queue")).status_code == 200
        return len(captured)

    for _number in range(5):
        make_item()
    few = [queries(user) for user in (shop.agent, shop.manager, shop.owner)]
    for number in range(195):
        make_item(f"Case {number}")
    many_rows = [queries(user) for user in (shop.agent, shop.manager, shop.owner)]
    assert all(after <= before for before, after in zip(few, many_rows, strict=True))
    assert max(few) <= 12, few


def test_only_rows_in_scope_are_shown_and_counted(shop, make_item, client_as, frozen):
    mine, foreign = make_item("Mine", owner=shop.agent), make_item("Foreign", owner=shop.agent2, team=None)
    shop.agent.role.scope = "own"
    shop.agent.role.save()
    page = queue_page(shop.agent, QueueFilters())
    assert [item.pk for item in page.items] == [mine.pk]
    assert page.counts["open"] == 1
    body = client_as(shop.agent).get(reverse("work:queue") + f"?owner={shop.agent2.pk}").content.decode()
    assert "Foreign" not in body
    assert foreign.number not in body


def test_number_is_found_in_either_script_whatever_its_state(shop, make_item, frozen):
    item = make_item()
    change_state(actor=shop.agent, item=item, state="resolved", state_flag=StateFlag.RESOLVED)
    digits = item.number.split("-")[1]
    for typed in (
        item.number,
        item.number.lower(),
        digits,
        digits.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")),
    ):
        assert [row.pk for row in queue_page(shop.agent, QueueFilters.read({"q": typed})).items] == [item.pk], typed
    assert queue_page(shop.agent, QueueFilters.read({"q": "no number"})).items == []


@pytest.mark.parametrize(
    "query",
    [
        {"owner": "9" * 40}, {"team": "x"}, {"branch": "me"}, {"due": "never"}, {"state": "is-'; DROP"},
        {"kind": "none"},
        {"after": "d.2026-99-99.1", "before": "zzz"}, {"q": "\x00"}, {"q": "fridge"},
        {"q": "OR 1=1"}, {"priority": "URGENT"},
    ],
)  # fmt: skip
def test_odd_addresses_give_a_page_and_no_error(shop, make_item, client_as, frozen, query):
    make_item()
    assert client_as(shop.owner).get(reverse("work:queue"), query).status_code == 200


def test_saved_view_keeps_known_filters_only_and_is_shared_or_not(shop, client_as, frozen):
    client = client_as(shop.agent)
    client.post(reverse("work:view_new"), {"name": "Late ones", "query": "due=late&owner=me&evil=1&next=//x.test"})
    view = SavedView.objects.get()
    assert view.query == "owner=me&due=late"
    assert "Late ones" not in client_as(shop.agent2).get(reverse("work:queue")).content.decode()
    SavedView.objects.update(is_shared=True)
    assert "Late ones" in client_as(shop.agent2).get(reverse("work:queue")).content.decode()
    assert client_as(shop.agent2).post(reverse("work:view_remove", args=[view.pk])).status_code == 403
    assert SavedView.objects.count() == 1
    assert client_as(shop.agent).post(reverse("work:view_remove", args=[view.pk])).status_code == 302
    assert SavedView.objects.count() == 0


def test_bulk_assignment_on_the_page(shop, make_item, client_as, frozen):
    items = [make_item(owner=shop.agent) for _number in range(3)]
    data = {"item": [item.pk for item in items], "owner": shop.agent2.pk, "query": "due=late"}
    assert client_as(shop.agent).post(reverse("work:queue_assign"), data).status_code == 403
    assert set(WorkItem.objects.values_list("owner__username", flat=True)) == {"rafi"}
    response = client_as(shop.lead).post(reverse("work:queue_assign"), data)
    assert response["Location"] == "/work/queue/?due=late"
    assert set(WorkItem.objects.values_list("owner__username", flat=True)) == {"mitu"}
    bad = client_as(shop.lead).post(
        reverse("work:queue_assign"), {**data, "item": [items[0].pk, 10**9], "owner": shop.agent.pk}
    )
    assert bad.status_code == 403
    assert set(WorkItem.objects.values_list("owner__username", flat=True)) == {"mitu"}


# PostgreSQL scans a handful of rows whatever its indexes.
@pytest.mark.sqlite_only
def test_queue_uses_its_indexes(shop, make_item, frozen):
    make_item()
    shop.owner.role.scope = "all"
    rows = filtered(shop.owner, QueueFilters(due="late"), now()).filter(next_due_at__isnull=False)
    assert "work_item_due" in rows.order_by("next_due_at", "pk")[:26].explain()


@pytest.mark.parametrize("scope", ["own", "team", "branch", "subtree", "all"])
def test_each_way_of_writing_the_scope_finds_the_same_rows(shop, many, scope):
    half = len(many) // 2
    for place, item in enumerate(many):
        # Some without a team, some of a team but of somebody else, some of another branch.
        branch = shop.branch if place % 5 else other_branch()
        WorkItem.objects.filter(pk=item.pk).update(team=shop.team if place < half else None, branch=branch)
    shop.agent.role.scope = scope
    shop.agent.role.save()
    at = now()
    sizes = set()
    queries = (
        {},
        {"state": "any"},
        {"state": "done"},
        {"state": "paused"},
        {"owner": "me"},
        {"due": "late"},
        {"team": str(shop.team.pk)},
        {"branch": str(shop.branch.pk)},
        {"owner": str(shop.agent2.pk)},
        {"need": "escalated"},
        {"need": "unanswered"},
    )
    for query in queries:
        filters = QueueFilters.read(query)
        plain = set(
            WorkItem.objects.visible_to(shop.agent)
            .filter(pk__in=filtered(shop.owner, filters_of(shop, filters), at).values("pk"))
            .values_list("pk", flat=True)
        )
        assert set(filtered(shop.agent, filters, at).values_list("pk", flat=True)) == plain
        assert set(filtered_in_order(shop.agent, filters, at).values_list("pk", flat=True)) == plain
        parts = filtered_parts(shop.agent, filters, at)
        assert {pk for part in parts for pk in part.values_list("pk", flat=True)} == plain
        pages, _back = walk(shop.agent, filters)
        shown = [item.pk for page in pages for item in page.items]
        assert len(shown) == len(set(shown))
        assert set(shown) == plain
        sizes.add(len(plain))
    assert len(sizes) > 3


def other_branch():
    return Branch.objects.get_or_create(code="other", defaults={"name_en": "Other", "path": "/999999/"})[0]


def filters_of(shop, filters):
    """The same filters as somebody else must write them who sees everything."""
    return replace(filters, owner=str(shop.agent.pk)) if filters.owner == "me" else filters


@pytest.mark.sqlite_only
@pytest.mark.parametrize("scope", ["own", "team", "branch", "subtree", "all"])
def test_first_page_is_read_in_order_and_no_scope_is_sorted_as_a_whole(shop, many, scope):
    shop.agent.role.scope = scope
    shop.agent.role.save()
    at = now()
    with CaptureQueriesContext(connection) as captured:
        queue_page(shop.agent, QueueFilters(), at=at)
    page = next(query["sql"] for query in captured if "next_due_at" in query["sql"])
    with connection.cursor() as cursor:
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {page}").fetchall()]
    assert not [step for step in plan if "MULTI-INDEX OR" in step or step.startswith("SCAN work_workitem")], plan
    assert any("_due (" in step for step in plan), plan


@pytest.mark.sqlite_only
@pytest.mark.parametrize("scope", ["team", "branch", "all"])
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"state": "paused"}, "work_item_paused (state_flag=?)"),
        ({"need": "escalated"}, "work_item_escalated (escalation_level>?)"),
        ({"need": "unanswered"}, "work_item_unanswered (first_response_at=?)"),
    ],
)
def test_what_is_rare_is_counted_by_an_index_that_holds_nothing_else(shop, many, scope, query, index):
    shop.agent.role.scope = scope
    shop.agent.role.save()
    rows = filtered(shop.agent, QueueFilters.read(query), now()).order_by().values("pk")[:COUNTED]
    assert f"INDEX {index}" in rows.explain()


def test_counts_follow_the_clock_and_the_reader_though_their_statement_is_kept(shop, make_item, frozen):
    make_item()
    at = now()
    wanted = QueueFilters(due="near")

    def counted(user, moment):
        return queue_counts(user, wanted, moment)

    for user in (shop.agent, shop.agent2, shop.manager, shop.owner):
        for hours in (0, 1, 5, 30, 0):
            moment = at + timedelta(hours=hours)
            counts = counted(user, moment)
            assert counts["found"] == filtered(user, wanted, moment).count()
            for code, _label, _icon, preset in PRESETS:
                assert counts[code] == filtered(user, preset, moment).count(), (user, hours, code)


def test_counts_follow_somebody_who_changes_team_and_branch(shop, make_item):
    make_item(owner=shop.agent2)
    user = type(shop.agent).objects.get(pk=shop.agent.pk)
    before = queue_counts(user, QueueFilters(), now())["open"]
    assert before == filtered(user, QueueFilters(), now()).count()
    far = Branch.objects.create(code="far", name_en="Far away", parent=shop.branch, path=f"{shop.branch.path}999/")
    user.teams.clear()
    user.branch = far
    user.save(update_fields=["branch"])
    moved = type(user).objects.get(pk=user.pk)
    assert queue_counts(moved, QueueFilters(), now())["open"] == filtered(moved, QueueFilters(), now()).count() == 0


def test_lines_escape_what_people_wrote(shop, make_item, client_as):
    customer = Customer.objects.create(name_en='"><img src=x>', branch=shop.branch)
    make_item("<script>alert(1)</script> & Co", customer=customer)
    page = client_as(shop.agent).get(reverse("work:queue")).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page
    assert "&quot;&gt;&lt;img src=x&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
