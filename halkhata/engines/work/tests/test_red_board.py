"""The red board: a supervisor's day on one page (US-12)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.engines.work.models import Absence, EscalationFiring, WorkItem
from halkhata.engines.work.registry import ItemKind, item_kinds
from halkhata.engines.work.selectors.filters import QueueFilters
from halkhata.engines.work.selectors.red_board import VIEWS, red_board
from halkhata.engines.work.services.confirming import save_confirm_minutes, send_up
from halkhata.engines.work.services.delays import explain_delay
from halkhata.engines.work.services.items import record_event
from halkhata.engines.work.services.ownership import assign_item
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.customers.services.customers import create_customer

from .conftest import minutes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asking_kind(test_kind):
    item_kinds._entries["test_case"] = ItemKind(
        code="test_case", label="Test case", icon="ticket", prefix="X", url_name="work:item", asks_delay_reason=True,
        states=(("new", "New"), ("open", "Open")),
    )  # fmt: skip


def reader(user):
    return User.objects.select_related("role", "branch").get(pk=user.pk)


def subjects(user, view, narrowing=None):
    board = red_board(reader(user), view, narrowing or QueueFilters(), after=None, before=None, at=now())
    return [line.row.item.subject for line in board.rows], board.counts[view]


@pytest.fixture
def morning(shop, make_item, frozen):
    """One item in each sort of trouble. It is 13:30, lunch."""
    save_confirm_minutes(actor=SYSTEM, minutes={2: 60})
    make_item("Late, said why", owner=shop.agent)
    make_item("Late, nobody said why", owner=shop.agent2)
    make_item("Urgent and latest", owner=shop.agent, priority="urgent")
    answered = make_item("Answered", owner=shop.agent)
    record_event(actor=shop.agent, item=answered, kind="human_reply")
    frozen.shift(minutes(210))
    make_item("Due soon", owner=shop.agent2, priority="urgent")  # half an hour from two o'clock on
    sweep_due(now())
    said = WorkItem.objects.get(subject="Late, said why")
    explain_delay(actor=shop.agent, item=said, reason="part_missing", note="Belt")
    up = make_item("Sent up", owner=shop.agent, priority="low")
    send_up(actor=SYSTEM, item=up)
    Absence.objects.create(user=shop.agent2, starts_at=now() - minutes(1), ends_at=now() + timedelta(days=1))
    for person in (shop.agent, shop.agent2):
        person.teams.clear()
    make_item("Fell to the lead", priority="low")
    return shop


def test_each_view_counts_exactly_the_rows_it_opens(morning):
    expected = {
        "late": ["Urgent and latest", "Late, said why", "Late, nobody said why"],
        "unexplained": ["Urgent and latest", "Late, nobody said why"],
        "near": ["Due soon"],
        "escalated": ["Sent up"],
        "unconfirmed": ["Sent up"],
        "away": ["Late, nobody said why", "Due soon"],
    }
    for view, rows in expected.items():
        found, count = subjects(morning.lead, view)
        assert (found, count) == (rows, len(rows)), view
    found, count = subjects(morning.lead, "unanswered")
    assert count == len(found) == 6
    assert "Answered" not in found
    found, count = subjects(morning.lead, "unassigned")
    assert count == len(found)
    assert {code for code, _label, _icon, _filters in VIEWS} == {*expected, "unanswered", "unassigned"}


def test_what_fell_to_whoever_is_in_charge_is_nobodys_until_given_out(morning):
    fallen = WorkItem.objects.get(subject="Fell to the lead")
    WorkItem.objects.filter(pk=fallen.pk).update(given_why={"code": "nobody_on_shift", "rung": 2})
    assert subjects(morning.lead, "unassigned") == (["Fell to the lead"], 1)
    # Whoever has it may also take it on himself.
    assign_item(actor=morning.lead, item=fallen, owner=fallen.owner)
    assert subjects(morning.lead, "unassigned") == ([], 0)


def test_board_is_narrowed_and_keeps_to_the_readers_scope(morning):
    mine = QueueFilters(owner=str(morning.agent.pk))
    assert subjects(morning.lead, "late", mine) == (["Urgent and latest", "Late, said why"], 2)
    morning.lead.role.scope = "own"
    morning.lead.role.save()
    assert subjects(morning.lead, "late") == ([], 0)


def test_page_shows_reasons_buttons_and_gives_several_away(morning, client_as):
    client = client_as(morning.lead)
    page = client.get("/work/red-board/").content.decode()
    assert "Spare part missing" in page
    assert "Belt" in page
    assert page.count("no reason given yet") == 2
    item = WorkItem.objects.get(subject="Late, nobody said why")
    assert f"/work/{item.number}/delay/?back=/work/red-board/" in page
    ids = [item.pk, WorkItem.objects.get(subject="Urgent and latest").pk]
    sent = client.post(
        "/work/red-board/assignment/", {"item": ids, "owner": morning.agent.pk, "query": "view=unexplained&x=1"}
    )
    assert (sent.status_code, sent.url) == (302, "/work/red-board/?view=unexplained")
    assert set(WorkItem.objects.filter(pk__in=ids).values_list("owner_id", flat=True)) == {morning.agent.pk}
    page = client.get("/work/red-board/?view=unconfirmed").content.decode()
    assert "should confirm by" in page
    assert ">Confirm<" in page.replace("\n", "").replace("</svg>", ">")
    agent = client_as(morning.agent)
    assert agent.get("/work/red-board/").status_code == 403
    assert agent.post("/work/red-board/assignment/", {"item": ids, "owner": morning.agent.pk}).status_code == 403


def test_page_costs_the_same_for_5_and_30_rows(shop, make_item, frozen, client_as):
    save_confirm_minutes(actor=SYSTEM, minutes={2: 60})

    def fill(count):
        for number in range(count):
            customer = create_customer(actor=None, name_en=f"Customer {number}", phones=[])
            item = make_item(f"Case {number}", customer=customer, owner=shop.agent)
            send_up(actor=SYSTEM, item=item)

    client = client_as(shop.lead)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/work/red-board/").status_code == 200
        return len(captured), "\n".join(query["sql"] for query in captured)

    fill(5)
    frozen.shift(minutes(125))
    sweep_due(now())
    for item in WorkItem.objects.all():
        explain_delay(actor=shop.lead, item=item, reason="staff_short")
    cost()  # what the first page of a process asks once
    few, _text = cost()
    frozen.shift(-minutes(125))
    fill(20)
    frozen.shift(minutes(125))
    sweep_due(now())
    many, text = cost()
    assert many == few, text
    # What every page of the shell asks (session, user, install, notices, live stamp) is among them.
    assert many <= 18, text


@pytest.fixture
def full_house(shop):
    """Two thousand ended items and three hundred open ones, of which a few are in each sort of trouble."""
    at = now()

    def item(number, **values):
        return WorkItem(
            number=f"X-{number}", kind="test_case", subject=f"Case {number}", branch=shop.branch, team=shop.team,
            owner=(shop.agent, shop.agent2)[number % 2], channel="phone", state="new", opened_at=at - minutes(number),
            last_activity_at=at, last_update_at=at, first_response_at=at, **values,
        )  # fmt: skip

    rows = [item(number, state_flag="resolved", resolved_at=at) for number in range(2000)]
    rows += [item(number, next_due_at=at + minutes(number)) for number in range(2000, 2300)]
    for number, row in enumerate(rows[2000:2020]):
        row.unexplained_delays = number % 4 == 0
        row.escalation_level = 2 if number % 5 == 0 else 0
        row.given_why = {"code": "full", "rung": 2} if number % 6 == 0 else None
        row.first_response_at = None
    made = WorkItem.objects.bulk_create(rows)
    EscalationFiring.objects.bulk_create(
        EscalationFiring(
            item=row, step="x", level=2, at=at, told=shop.lead, confirm_by=at, confirmed_at=None if n < 5 else at
        )
        for n, row in enumerate(made[1500:2020][::-1])
    )
    Absence.objects.create(user=shop.agent2, starts_at=at - minutes(1), ends_at=at + minutes(1))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What thousands of tests before rolled back swells an index until reading the table looks cheaper.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in ("work_workitem", "work_escalationfiring", "work_absence"):
                cursor.execute(f"REINDEX TABLE {table}")
        cursor.execute("ANALYZE")
    return shop


def _plans(view, user):
    """The plans of the two statements behind a view, its rows and all counts, each with its text."""
    with CaptureQueriesContext(connection) as captured:
        red_board(user, view, QueueFilters(), after=None, before=None, at=now())
    plans = []
    for query in captured:
        sql = query["sql"]
        if 'FROM "work_workitem"' not in sql or not sql.lstrip().upper().startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("EXPLAIN " + sql)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
            else:
                cursor.execute("EXPLAIN QUERY PLAN " + sql)
                plans.append("\n".join(row[3] for row in cursor.fetchall()))
    return plans


@pytest.mark.parametrize("view", [code for code, _label, _icon, _filters in VIEWS])
@pytest.mark.parametrize("who", ["lead", "manager", "owner"])
def test_no_view_reads_the_whole_table(full_house, view, who):
    for plan in _plans(view, reader(getattr(full_house, who))):
        if connection.vendor == "postgresql":
            assert not re.search(r"Seq Scan on work_workitem", plan), plan
        else:
            bare = [line for line in plan.splitlines() if re.match(r"SCAN (work_workitem|[UVW]\d+)\b(?!.*USING)", line)]
            assert not bare, plan


@pytest.mark.sqlite_only
def test_what_is_rare_is_found_through_its_own_index(full_house):
    plan = "\n".join(_plans("late", reader(full_house.owner)))
    for index in ("work_item_unexplained", "work_item_unassigned", "work_item_escalated", "work_item_unanswered",
                  "work_absence_now", "work_escalation_open"):  # fmt: skip
        assert index in plan, plan
