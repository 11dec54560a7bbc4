"""By what road the database finds an answer: what is asked at each change and on each page walks through no table."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.segments.compiling import condition_of, crossing, line_condition, read_conditions
from halkhata.engines.segments.models import SegmentMember
from halkhata.engines.segments.registry import Asking, all_fields
from halkhata.engines.segments.selectors.segments import customers_fitting
from halkhata.foundation.fields.conditions.tree import lines_of
from halkhata.foundation.fields.selectors import narrowing
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.tags import set_tags
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 6, tzinfo=UTC)
GROWING = ("customers_", "tickets_ticket", "work_workitem", "segments_segmentmember")
VALUES = ("customers_customervalue", "tickets_ticket", "work_workitem")


def plan(rows):
    """The plan of a query, a line each. PostgreSQL would walk through tables as small as these, and join them by
    walking: it may not, so that a walk that is left has no index to avoid it."""
    sql, params = rows.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for road in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{road} = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        return [str(row[-1]).strip() for row in cursor.fetchall()]


def walks(lines, *, of=GROWING):
    """The lines that read a growing table, or one of its indexes, from end to end."""
    if connection.vendor == "sqlite":
        # By their aliases: U0 is the table of a condition. Every other table is as large as a shop's settings.
        return [line for line in lines if re.match(r"SCAN ([UV]\d|\w+_\w+)\b", line)]
    found = []
    for number, line in enumerate(lines):
        table = re.search(r"Scan(?: Backward)?(?: using \w+)? on (\w+)", line)
        if table and table[1].startswith(of):
            details = takewhile(lambda one: "->" not in one, lines[number + 1 :])
            if not any("Index Cond" in one for one in details):
                found.append(line)
    return found


def sorts(lines):
    return [line for line in lines if "TEMP B-TREE" in line or line.startswith(("Sort", "->  Sort"))]


@pytest.fixture
def customer(shop):
    def make(code, kind, **more):
        save_definition(actor=shop.owner, target="customer", code=code, kind=kind, name_en=code, **more)

    make("n", "number", is_filter=True)
    make("t", "text")
    make("d", "date")
    make("c", "choice", options=[("", "Tin"), ("", "Flat")])
    make("y", "yes_no")
    made = create_customer(
        actor=shop.owner, name_en="P", phones=["01100000501"],
        custom={"n": 5, "t": "Bogura", "d": "2026-11-20", "c": "tin"},
    )  # fmt: skip
    set_tags(actor=shop.owner, target="customer", record_id=made.pk, names=["dealer"])
    return made


def every_line():
    """One line of each comparison of each field."""
    for field in all_fields().values():
        codes = [code for code, _label in field.choices()] if field.choices else []
        code = codes[0] if codes else "x"
        wanted = {
            "text": [("is", "x"), ("contains", "x"), ("starts_with", "x")],
            "phone": [("is", "01100000501")],
            "number": [("ge", 1), ("between", [1, 2])],
            "date": [("in_last_days", 30), ("on_or_before", "2026-11-01")],
            "yes_no": [("yes", None)],
            "choice": [("is", code)] if codes else [],
            "several": [("has_any", [code])] if codes else [],
        }[field.kind]
        if field.holds is not None and field.kind != "yes_no":
            wanted = [*wanted, ("empty", None)]
        for op, value in wanted:
            yield {"field": field.code, "op": op} | ({} if value is None else {"value": value})


@pytest.fixture
def filled_book(shop):
    """Tables with rows in them, and counted: among indexes of a table that it believes to be empty PostgreSQL takes
    any, as all cost the same. What it believes outlives the test that made it count, so each test counts anew."""
    others = Customer.objects.bulk_create(
        Customer(name_en=f"P{number}", created_at=at, updated_at=at)
        for number in range(1_000)
        for at in [NOON - timedelta(days=number)]
    )
    for number, one in enumerate(others[:300]):
        at = NOON - timedelta(days=number)
        Ticket.objects.create(
            kind="ticket", number=f"T-{one.pk}", subject="x", serial=f"S{one.pk}", customer=one, branch=shop.branch,
            owner=shop.agent, channel="phone", opened_at=at, last_activity_at=at, last_update_at=at,
        )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_asked_of_one_customer_no_line_reads_anybody_else(customer, filled_book):
    asking, fields, asked = Asking(today=TODAY, for_one=True), all_fields(), 0
    for data in every_line():
        (line,) = lines_of(read_conditions(data))
        rows = Customer.objects.filter(pk=customer.pk).filter(line_condition(line, fields[line.field], asking))
        try:
            found = plan(rows)
        except EmptyResultSet:  # never true, such as a number of tickets that is empty: the database is not asked
            continue
        assert not walks(found), (data, found)
        asked += 1
    assert asked > 30


def test_asked_without_the_customer_the_same_lines_walk(customer):
    """The twin: a plan that walks is seen as one."""
    rows = Customer.objects.filter(note__contains="x").order_by()
    assert walks(plan(rows))


INDEXED = [
    {"field": "own:n", "op": "ge", "value": 5}, {"field": "own:t", "op": "is", "value": "Bogura"},
    {"field": "own:t", "op": "starts_with", "value": "Bo"}, {"field": "own:d", "op": "in_last_days", "value": 30},
    {"field": "own:c", "op": "one_of", "value": ["tin"]}, {"field": "own:y", "op": "yes"},
    {"field": "ticket.last", "op": "in_last_days", "value": 30},
]  # fmt: skip


@pytest.mark.parametrize("data", INDEXED, ids=lambda data: f"{data['field']}-{data['op']}")
def test_asked_of_all_values_are_found_by_their_index(customer, filled_book, data):
    found = plan(customers_fitting(read_conditions(data), at=TODAY).order_by())
    assert not walks(found, of=VALUES), found


def test_the_edge_of_passing_days_is_two_stretches_of_an_index(customer, filled_book):
    for code in ("own:d", "since", "changed", "ticket.last"):
        (line,) = lines_of(read_conditions({"field": code, "op": "in_last_days", "value": 30}))
        edge = crossing(line, all_fields()[code], since=date(2026, 11, 21), until=TODAY)
        for part in edge.children:
            found = plan(Customer.objects.active().filter(part).order_by().values("pk"))
            # The days of a customer's own are read by their index. Those of values and tickets are, too; PostgreSQL
            # may then rather go through the customers than look each up.
            assert not walks(found, of=GROWING if code in ("since", "changed") else VALUES), (code, found)


def test_a_page_of_members_is_read_in_its_order(customer):
    rows = SegmentMember.objects.filter(segment_id=1, customer_id__lt=99).order_by("-customer_id")
    found = plan(rows.values_list("customer_id", flat=True)[:26])
    assert not walks(found), found
    assert not sorts(found), found


def test_a_list_narrowed_by_a_value_that_many_have_is_read_in_its_order(customer, monkeypatch):
    monkeypatch.setattr(narrowing, "FEW", 0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It would rightly sort so few; what then still sorts has no index that gives the order.
            cursor.execute("SET LOCAL enable_sort = off")
    rows = Customer.objects.active().order_by("-updated_at", "-pk")
    field = schema_of("customer").field("n")
    for narrowed in (
        narrowing.narrow_by_field(rows, "customer", field, "5"),
        narrowing.narrow_by_tag(rows, "customer", schema_of("customer").tags[0].pk),
    ):
        found = plan(narrowed[:26])
        assert not sorts(found), found


def test_nested_conditions_are_one_statement(customer):
    tree = read_conditions({"any": [INDEXED[0], {"none": [INDEXED[3], {"all": [INDEXED[1], INDEXED[4]]}]}]})
    where = condition_of(tree, all_fields(), Asking(today=TODAY))
    sql, _params = Customer.objects.filter(where).query.sql_with_params()
    assert sql.count("SELECT") == 5
