"""Segments: conditions compiled to one condition of the database, kept by events (A54.3)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.segments.compiling import crossing, read_conditions
from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.registry import Asking, all_fields
from halkhata.engines.segments.selectors.segments import customers_fitting, explain_membership
from halkhata.engines.segments.selectors.truth import lines_true_of
from halkhata.engines.segments.services.membership import build, follow_days, review_customer
from halkhata.engines.segments.services.segments import save_segment
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.foundation.fields.conditions.tree import combine, lines_of
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, update_customer

pytestmark = pytest.mark.django_db
DHAKA = ZoneInfo("Asia/Dhaka")
NOON = datetime(2026, 11, 22, 12, tzinfo=DHAKA)


def line(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


@pytest.fixture
def people(shop):
    """Rahim: English, dealer, limit 500, open complaint. Karim: Bengali, limit 900. Salma: Bengali, nothing else."""
    save_definition(actor=shop.owner, target="customer", code="limit", kind="number", name_en="Limit")
    save_definition(actor=shop.owner, target="customer", code="town", kind="text", name_en="Town")

    def make(number, name, **more):
        return create_customer(actor=shop.owner, name_en=name, phones=[f"0110000010{number}"], **more)

    with moved_to(NOON):
        made = {
            "rahim": make(1, "Rahim", language="en", custom={"limit": 500, "town": "Bogura"}, tags=["dealer"]),
            "karim": make(2, "Karim", custom={"limit": 900}),
            "salma": make(3, "Salma", created_at=NOON - timedelta(days=40)),
        }
        open_ticket(actor=shop.owner, subject="Fridge", customer=made["rahim"], channel="phone", branch=shop.branch)
        yield made


def names(data, **more):
    return sorted(customers_fitting(read_conditions(data), **more).values_list("name_en", flat=True))


def test_conditions_nested_all_any_none_find_whom_they_say(people):
    dealer = str(all_fields()["tags"].choices()[0][0])
    assert names(line("language", "is", "bn")) == ["Karim", "Salma"]
    assert names(line("own:limit", "ge", "৯০০")) == ["Karim"]
    assert names(line("own:limit", "empty")) == ["Salma"]
    assert names(line("own:limit", "ne", 500)) == ["Karim", "Salma"]
    assert names(line("own:town", "contains", "BOG")) == ["Rahim"]
    assert names(line("tags", "has_none", [dealer])) == ["Karim", "Salma"]
    assert names(line("ticket.open_complaint", "yes")) == ["Rahim"]
    assert names(line("ticket.number", "eq", 0)) == ["Karim", "Salma"]
    assert names(line("ticket.number", "ge", 1)) == ["Rahim"]
    assert names(line("ticket.last", "not_in_last_days", 30)) == ["Karim", "Salma"]
    assert names(line("since", "in_last_days", 30)) == ["Karim", "Rahim"]
    assert names({"any": [line("tags", "has_any", [dealer]), {"all": [
        line("language", "is", "bn"), {"none": [line("own:limit", "filled")]}]}]}) == ["Rahim", "Salma"]  # fmt: skip


def test_asked_of_one_or_of_all_each_line_says_the_same(people):
    dealer = str(all_fields()["tags"].choices()[0][0])
    every = {"all": [
        line("language", "is_not", "en"), line("own:limit", "between", [1, 600]), line("own:limit", "empty"),
        line("own:town", "starts_with", "bo"), line("tags", "has_all", [dealer]), line("ticket.open", "not_yes"),
        line("ticket.number", "le", 0), line("ticket.number", "eq", 1), line("ticket.last", "in_last_days", 3),
        line("ticket.last", "on_or_before", "2026-11-21"), line("has_phone", "yes"), line("honorific", "filled"),
        line("since", "not_in_last_days", 30), line("district", "empty"), line("organization", "yes"),
        line("ticket.serial", "is", "X1"), line("branch", "filled"), line("role_there", "empty"),
    ]}  # fmt: skip
    tree, fields = read_conditions(every), all_fields()
    for customer in people.values():
        truth = lines_true_of(customer.pk, lines_of(tree), fields, Asking(today=NOON.date(), for_one=True))
        for one in lines_of(tree):
            alone = {customer.pk for customer in customers_fitting(type(tree)("all", (one,)), at=NOON.date())}
            assert truth[one] == (customer.pk in alone), (customer.name_en, one)
        assert combine(tree, truth) == (customer.name_en in names(every, at=NOON.date()))


def test_a_change_of_one_customer_moves_only_that_one_and_reads_no_other(shop, people):
    segment = save_segment(actor=shop.owner, name_en="Bengali", conditions=line("language", "is", "bn"))
    assert build(segment.pk) == 2
    rahim = Customer.objects.get(name_en="Rahim")
    update_customer(actor=shop.owner, customer=rahim, version=rahim.version, language="bn")
    run_until_quiet()
    segment.refresh_from_db()
    assert segment.member_count == 3
    assert SegmentMember.objects.filter(segment=segment, customer=rahim).exists()
    with CaptureQueriesContext(connection) as queries:
        review_customer(rahim.pk)
    assert len(queries) <= 12, [query["sql"][:100] for query in queries]


def test_an_event_of_the_desk_moves_its_customer(shop, people):
    segment = save_segment(actor=shop.owner, name_en="Complain", conditions=line("ticket.open_complaint", "yes"))
    build(segment.pk)
    open_ticket(actor=shop.owner, subject="TV", customer=people["karim"], channel="phone", branch=shop.branch)
    assert segment.members.count() == 1
    run_until_quiet()
    assert set(segment.members.values_list("customer__name_en", flat=True)) == {"Rahim", "Karim"}


def test_days_alone_move_people_and_only_those_at_the_edge_are_looked_at(shop, people):
    segment = save_segment(actor=shop.owner, name_en="New", conditions=line("since", "in_last_days", 30))
    build(segment.pk)
    assert set(segment.members.values_list("customer__name_en", flat=True)) == {"Karim", "Rahim"}
    with moved_to(NOON + timedelta(days=30)):
        follow_days()
        assert segment.members.count() == 2
    with moved_to(NOON + timedelta(days=31)):
        assert follow_days() >= 2
        assert segment.members.count() == 0
    edge = crossing(
        next(lines_of(read_conditions(segment.conditions))), all_fields()["since"], since=date(2026, 11, 22),
        until=date(2026, 11, 23),
    )  # fmt: skip
    assert set(Customer.objects.filter(edge).values_list("name_en", flat=True)) == {"Karim", "Rahim"}


def test_an_address_from_which_mail_came_back_counts_no_more(shop, people):
    from halkhata.records.customers.services.contacts import add_contact_point, mark_unreachable

    add_contact_point(actor=shop.owner, customer=people["salma"], kind="email", typed="salma@example.com")
    segment = save_segment(actor=shop.owner, name_en="Mail", conditions=line("has_email", "yes"))
    assert build(segment.pk) == 1
    run_until_quiet()
    mark_unreachable(address="salma@example.com", reason="550 no such user")
    run_until_quiet()
    segment.refresh_from_db()
    assert (segment.member_count, segment.members.count()) == (0, 0)


def test_each_night_the_number_is_put_right_where_a_person_was_erased(shop, people):
    from halkhata.engines.segments.jobs import follow_passing_days

    segment = save_segment(actor=shop.owner, name_en="Bengali", conditions=line("language", "is", "bn"))
    build(segment.pk)
    segment.members.filter(customer=people["salma"]).delete()
    Customer.objects.filter(pk=people["salma"].pk).update(language="en")
    follow_passing_days.func()
    segment.refresh_from_db()
    assert segment.member_count == 1


def test_who_changes_while_a_segment_is_built_is_looked_at_again(shop, people, monkeypatch):
    segment = save_segment(actor=shop.owner, name_en="Dealers", conditions=line("own:limit", "ge", 1))
    from halkhata.engines.segments.services import membership

    write = membership._write_members

    def write_and_change(segment, ids):
        write(segment, ids)
        karim = Customer.objects.get(name_en="Karim")
        update_customer(actor=shop.owner, customer=karim, version=karim.version, custom={"limit": None})
        run_until_quiet()
        return write(segment, ids)  # what a slower reader of the old state would write

    monkeypatch.setattr(membership, "_write_members", write_and_change)
    assert build(segment.pk) == 1
    assert list(segment.members.values_list("customer__name_en", flat=True)) == ["Rahim"]


def test_without_the_doubts_the_slower_reader_would_win(shop, people, monkeypatch):
    """The twin with the guard off."""
    segment = save_segment(actor=shop.owner, name_en="Dealers", conditions=line("own:limit", "ge", 1))
    from halkhata.engines.segments.services import membership

    write = membership._write_members

    def write_and_change(segment, ids):
        karim = Customer.objects.get(name_en="Karim")
        update_customer(actor=shop.owner, customer=karim, version=karim.version, custom={"limit": None})
        run_until_quiet()
        return write(segment, ids)

    monkeypatch.setattr(membership, "_write_members", write_and_change)
    monkeypatch.setattr(membership, "_look_again", lambda segment: None)
    assert build(segment.pk) == 2


def test_why_says_of_each_line_whether_it_is_true(shop, people):
    segment = save_segment(
        actor=shop.owner, name_en="S",
        conditions={"all": [line("language", "is", "en"), {"none": [line("own:limit", "ge", 600)]}]},
    )  # fmt: skip
    found = explain_membership(segment, people["karim"])
    assert (found.is_true, [one.is_true for one in found.nodes], found.nodes[1].nodes[0].is_true) == (
        False, [False, False], True,
    )  # fmt: skip
    assert explain_membership(segment, people["rahim"]).is_true


def test_a_segment_whose_field_went_keeps_its_members_and_says_so(shop, people, client_as):
    segment = save_segment(actor=shop.owner, name_en="S", conditions=line("own:limit", "ge", 1))
    build(segment.pk)
    from halkhata.foundation.fields.models import FieldDefinition

    row = FieldDefinition.objects.get(code="limit")
    save_definition(actor=shop.owner, target="customer", definition=row, name_en="Limit", is_active=False)
    review_customer(people["rahim"].pk)
    assert segment.members.count() == 2
    assert "out of use" in client_as(shop.owner).get(reverse("segments:list")).content.decode()


def test_pages_make_count_show_and_explain(shop, people, client_as):
    client = client_as(shop.owner)
    form = {
        "c.mode": "all",
        "c.count": "1",
        "c.0.field": "language",
        "c.0.op": "is",
        "c.0.value": "bn",
        "name_en": "Bengali",
    }
    partial = client.post(reverse("segments:conditions"), form).content.decode()
    assert "2 customers fit now" in partial
    assert client.get(reverse("segments:new")).status_code == 200
    answer = client.post(reverse("segments:new"), form)
    assert answer.status_code == 302, answer.content.decode()
    segment = Segment.objects.get()
    build(segment.pk)
    page = client.get(answer["Location"] + f"?customer={people['rahim'].pk}")
    text = page.content.decode()
    assert "Karim" in text
    assert 'id="why"' in text
    assert segment.name_en in client.get(reverse("customers:panels_side", args=[people["karim"].pk])).content.decode()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("segments:list"))
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
    assert client_as(shop.agent).get(reverse("segments:list")).status_code == 403


def test_reading_conditions_asks_for_the_choices_of_named_fields_only(people):
    with CaptureQueriesContext(connection) as queries:
        tree = read_conditions(line("language", "is", "bn"))
    assert [one.field for one in lines_of(tree)] == ["language"]
    assert not [query["sql"] for query in queries if 'FROM "fields_' not in query["sql"]]
    with CaptureQueriesContext(connection) as queries:
        read_conditions({"all": [line("branch", "is", str(Customer.objects.first().branch_id))]})
    assert sum('FROM "accounts_branch"' in query["sql"] for query in queries) == 1
