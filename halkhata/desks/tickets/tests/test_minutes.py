"""Minutes of work typed in by hand: a ledger that only grows, its sums, and who may add and take back (A52.13)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from halkhata.desks.tickets.services.merging import merge_tickets
from halkhata.desks.tickets.services.minutes import take_ticket_minutes_back, write_ticket_minutes
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.desks.tickets.tests.test_states import put
from halkhata.engines.work.models import WorkMinutes
from halkhata.engines.work.selectors.minutes import ledger, minutes_of
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.days import today

pytestmark = pytest.mark.django_db


def write(actor, ticket, minutes=25, what="Called the workshop", **more):
    return write_ticket_minutes(actor=actor, ticket=ticket, minutes=minutes, what=what, **more)


def address(ticket):
    return reverse("tickets:minutes", args=[ticket.number])


def total(ticket):
    return minutes_of([ticket.pk]).get(ticket.pk, 0)


def test_line_says_who_how_long_when_and_what_for(desk, ticket):
    line = write(desk.agent, ticket, worked_on=date(2026, 11, 1))
    assert (line.minutes, line.what, line.worked_on, line.actor_id_then, line.actor_label) == (
        25, "Called the workshop", date(2026, 11, 1), desk.agent.pk, desk.agent.audit_label,
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="work.minutes")
    assert (entry.actor_id, entry.after["minutes"]) == (desk.agent.pk, 25)


def test_line_taken_back_leaves_both_and_the_sum_without_it(desk, ticket):
    wrong, right = write(desk.agent, ticket, 250), write(desk.agent, ticket, 25)
    back = take_ticket_minutes_back(actor=desk.agent, ticket=ticket, line_id=wrong.pk)
    assert (back.minutes, back.takes_back_id, back.what) == (-250, wrong.pk, wrong.what)
    assert [line.pk for line in ledger(ticket.pk)] == [wrong.pk, right.pk, back.pk]
    assert total(ticket) == 25
    for line in (wrong, back):
        with pytest.raises(Conflict) as refused:
            take_ticket_minutes_back(actor=desk.agent, ticket=ticket, line_id=line.pk)
        assert refused.value.code == "taken_back"
    assert total(ticket) == 25


def test_another_persons_line_is_taken_back_by_who_gives_out_work_only(desk, ticket):
    line = write(desk.agent2, ticket)
    with pytest.raises(PermissionRefused) as refused:
        take_ticket_minutes_back(actor=desk.agent, ticket=ticket, line_id=line.pk)
    assert refused.value.code == "not_your_minutes"
    assert total(ticket) == 25
    take_ticket_minutes_back(actor=desk.owner, ticket=ticket, line_id=line.pk)
    assert total(ticket) == 0


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"minutes": 0}, "bad_minutes", "minutes"),
        ({"minutes": -5}, "bad_minutes", "minutes"),
        ({"minutes": 1441}, "bad_minutes", "minutes"),
        ({"what": " \u200c "}, "empty", "what"),
        ({"worked_on": today() + timedelta(days=3)}, "worked_in_future", "worked_on"),
        ({"worked_on": today() - timedelta(days=400)}, "worked_too_early", "worked_on"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(desk, ticket, values, code, field):
    with pytest.raises(DomainError) as refused:
        write(desk.agent, ticket, **values)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not WorkMinutes.objects.exists()


@pytest.mark.parametrize(
    "columns",
    [{"minutes": 0}, {"minutes": -5}, {"minutes": 1441}, {"what": ""}],
)
def test_database_itself_refuses_such_a_line(ticket, columns):
    values = {"item_id": ticket.pk, "minutes": 5, "what": "x", "worked_on": date(2026, 11, 1), "at": now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkMinutes.objects.create(**{**values, **columns})
    line = WorkMinutes.objects.create(**values)
    for wrong in ({"takes_back": line}, {"takes_back": line, "minutes": -1441}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkMinutes.objects.create(**{**values, **wrong})
    WorkMinutes.objects.create(**{**values, "takes_back": line, "minutes": -5})
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkMinutes.objects.create(**{**values, "takes_back": line, "minutes": -5})


def test_line_is_neither_changed_nor_removed(desk, ticket):
    line = write(desk.agent, ticket)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WorkMinutes.objects.filter(pk=line.pk).update(minutes=5)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WorkMinutes.objects.filter(pk=line.pk).delete()


def test_minutes_of_a_merged_ticket_count_where_the_work_goes_on(desk, rahima):
    first, second = make_ticket(desk, rahima), make_ticket(desk, rahima)
    line = write(desk.agent, first, 20)
    write(desk.agent, second, 10)
    merge_tickets(actor=desk.owner, ticket=first, into=second)
    first.refresh_from_db()
    assert minutes_of([first.pk, second.pk]) == {second.pk: 30}
    assert [line.item_id for line in ledger(second.pk)] == [first.pk, second.pk]
    with pytest.raises(Conflict) as refused:
        write(desk.agent, first)
    assert refused.value.code == "merged"
    with pytest.raises(NotFound):
        take_ticket_minutes_back(actor=desk.agent, ticket=second, line_id=line.pk)


def test_work_on_a_closed_ticket_is_written_down_too(desk, ticket):
    put(ticket, "closed")
    assert write(desk.agent, ticket).minutes == 25


def test_page_takes_lines_in_the_readers_digits_and_shows_the_sum(desk, ticket, client_as):
    client = client_as(desk.agent, language="bn")
    assert client.post(address(ticket), {"minutes": "৯০", "what": "ওয়ার্কশপে ফোন", "worked_on": ""}).status_code == 302
    page = client.get(address(ticket)).content.decode()
    assert "ওয়ার্কশপে ফোন" in page
    assert total(ticket) == 90
    line = WorkMinutes.objects.get()
    back = reverse("tickets:minutes_back", args=[ticket.number, line.pk])
    assert back in page
    assert client.post(back).status_code == 302
    page = client.get(address(ticket)).content.decode()
    assert back not in page
    assert (total(ticket), WorkMinutes.objects.count()) == (0, 2)


@pytest.mark.parametrize(
    ("field", "typed"), [("minutes", "many"), ("minutes", ""), ("what", ""), ("worked_on", "2031-01-01")]
)
def test_page_keeps_what_was_typed_when_something_is_wrong(desk, ticket, client_as, field, typed):
    sent = {"minutes": "15", "what": "Waited for the courier", "worked_on": "", field: typed}
    answer = client_as(desk.agent).post(address(ticket), sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="id_{field}_error"' in text
    assert "Waited for the courier" in text or field == "what"
    assert not WorkMinutes.objects.exists()


def test_ticket_page_shows_the_sum_without_a_statement_of_its_own(
    desk, ticket, client_as, django_assert_max_num_queries
):
    write(desk.agent, ticket, 70)
    write(desk.agent2, ticket, 20)
    client = client_as(desk.agent)
    client.get(reverse("tickets:detail", args=[ticket.number]))
    with django_assert_max_num_queries(20) as seen:
        page = client.get(reverse("tickets:detail", args=[ticket.number])).content.decode()
    assert not [query for query in seen.captured_queries if query["sql"].startswith('SELECT "work_workminutes"')]
    assert "Minutes of work: 1 h 30 min" in page
    with django_assert_max_num_queries(12):
        assert "1 h 30 min" in client.get(address(ticket)).content.decode()


def test_role_that_only_reads_sees_the_ledger_and_writes_nothing(desk, ticket, client_as):
    line = write(desk.agent, ticket)
    role = desk.agent2.role
    role.permissions = [name for name in role.permissions if name != "ticket.note"]
    role.save(update_fields=["permissions"])
    client = client_as(desk.agent2)
    page = client.get(address(ticket))
    assert page.status_code == 200
    assert '<form method="post" novalidate' not in page.content.decode()
    assert client.post(address(ticket), {"minutes": "5", "what": "x"}).status_code == 403
    assert client.post(reverse("tickets:minutes_back", args=[ticket.number, line.pk])).status_code == 403
    assert WorkMinutes.objects.count() == 1
