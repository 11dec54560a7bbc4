"""The shop's own matrix of impact and urgency: what holds, what the database refuses, what the page does."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from halkhata.desks.tickets.choices import PRIORITY_MATRIX
from halkhata.desks.tickets.models import PriorityMatrix, Ticket
from halkhata.desks.tickets.priority_models import MATRIX_COLUMNS, cell_column
from halkhata.desks.tickets.selectors.priorities import matrix_version, priority_matrix
from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.desks.tickets.services.priorities import save_priority_matrix
from halkhata.desks.tickets.services.priority import priority_of
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused

pytestmark = pytest.mark.django_db

PAGE = reverse("tickets:priorities")


def cells(**changes):
    """All nine cells as keys and values, some of them changed by the name of their column."""
    known = {cell_column(*cell): cell for cell in PRIORITY_MATRIX}
    whole = {cell: priority.value for cell, priority in PRIORITY_MATRIX.items()}
    return {**whole, **{known[column]: priority for column, priority in changes.items()}}


def typed(**changes):
    return {cell_column(*cell): priority for cell, priority in cells(**changes).items()}


def test_shop_that_set_nothing_has_the_starting_matrix_and_no_row():
    assert priority_matrix() == PRIORITY_MATRIX
    assert not PriorityMatrix.objects.exists()


def test_saved_cell_holds_for_new_tickets_and_for_changed_ones_only(desk, rahima):
    before = make_ticket(desk, rahima, impact="low", urgency="low")
    other = make_ticket(desk, rahima, impact="medium", urgency="low")
    save_priority_matrix(actor=desk.owner, cells=cells(impact_low_urgency_low="high"))
    assert (priority_of("low", "low"), priority_of("high", "high")) == ("high", "urgent")
    assert make_ticket(desk, rahima, impact="low", urgency="low").priority == "high"
    assert Ticket.objects.get(pk=before.pk).priority == "low"
    assert change_ticket(actor=desk.owner, ticket=other, impact="low").priority == "high"


def test_danger_is_urgent_whatever_the_matrix_says(desk, rahima):
    save_priority_matrix(actor=desk.owner, cells=dict.fromkeys(PRIORITY_MATRIX, "low"))
    assert make_ticket(desk, rahima, "fire in the kitchen", impact="high", urgency="high").priority == "urgent"
    assert make_ticket(desk, rahima, impact="high", urgency="high").priority == "low"


def test_saving_is_audited_once_and_saving_the_same_is_not(desk):
    save_priority_matrix(actor=desk.owner, cells=cells(impact_high_urgency_low="high"))
    save_priority_matrix(actor=desk.owner, cells=cells(impact_high_urgency_low="high"))
    entry = AuditEntry.objects.get(action="priority_matrix.save")
    changed = {name for name in MATRIX_COLUMNS if entry.before[name] != entry.after[name]}
    assert (entry.actor_id, changed) == (desk.owner.pk, {"impact_high_urgency_low"})
    assert (entry.before["impact_high_urgency_low"], entry.after["impact_high_urgency_low"]) == ("normal", "high")
    assert matrix_version() == 2


@pytest.mark.parametrize("column", MATRIX_COLUMNS)
@pytest.mark.parametrize("value", ["", "vast", None])
def test_database_itself_refuses_a_matrix_with_a_hole(column, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        PriorityMatrix.objects.create(**{column: value})


def test_database_itself_refuses_a_second_matrix():
    PriorityMatrix.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        PriorityMatrix.objects.create(id=2)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO tickets_prioritymatrix (id, version) VALUES (1, 1)")
    assert priority_matrix() == PRIORITY_MATRIX


def test_missing_foreign_and_unknown_cells_change_nothing(desk):
    whole = cells()
    missing = {cell: priority for cell, priority in whole.items() if cell != ("low", "low")}
    for wrong, code in (
        (missing, "not_whole"),
        ({**whole, ("low", "never"): "low"}, "not_whole"),
        ({**whole, ("low", "low"): "vast"}, "unknown_priority"),
    ):
        with pytest.raises(DomainError) as refused:
            save_priority_matrix(actor=desk.owner, cells=wrong)
        assert refused.value.code == code
    assert refused.value.field == "impact_low_urgency_low"
    assert not PriorityMatrix.objects.exists()


def test_second_of_two_who_change_it_is_told(desk):
    version = matrix_version()
    save_priority_matrix(actor=desk.owner, cells=cells(impact_low_urgency_low="normal"), version=version)
    with pytest.raises(Conflict):
        save_priority_matrix(actor=desk.owner, cells=cells(), version=version)
    assert priority_of("low", "low") == "normal"


def test_page_saves_all_cells_and_shows_them(desk, client_as):
    client = client_as(desk.owner)
    page = client.get(PAGE).content.decode()
    assert page.count("<select") == 9
    assert reverse("tickets:safety_words") in page
    sent = client.post(PAGE, {**typed(impact_medium_urgency_medium="urgent"), "version": 1})
    assert sent.headers["Location"] == PAGE
    assert priority_of("medium", "medium") == "urgent"
    again = client.post(PAGE, {**typed(), "version": 1})
    assert again.status_code == 409
    assert priority_of("medium", "medium") == "urgent"


def test_page_refuses_a_missing_cell_and_keeps_what_was_chosen(desk, client_as):
    sent = {**typed(impact_low_urgency_low="urgent"), "impact_high_urgency_high": "vast"}
    answer = client_as(desk.owner).post(PAGE, sent)
    assert answer.status_code == 422
    assert answer.context["form"]["impact_low_urgency_low"].value() == "urgent"
    assert not PriorityMatrix.objects.exists()


def test_preview_of_the_new_ticket_follows_the_shops_matrix(desk, client_as):
    save_priority_matrix(actor=desk.owner, cells=cells(impact_low_urgency_low="high"))
    answer = client_as(desk.agent).post(reverse("tickets:preview"), {"impact": "low", "urgency": "low", "text": "x"})
    assert answer.context["preview_priority"] == "high"


def test_role_without_the_right_neither_sees_nor_changes_it(desk, client_as):
    with pytest.raises(PermissionRefused):
        save_priority_matrix(actor=desk.lead, cells=cells())
    client = client_as(desk.lead)
    assert [client.get(PAGE).status_code, client.post(PAGE, typed()).status_code] == [403, 403]
    assert PAGE in client_as(desk.owner).get(reverse("web:settings")).content.decode()


def test_page_stays_within_its_statements(desk, client_as, django_assert_max_num_queries):
    client = client_as(desk.owner)
    with django_assert_max_num_queries(12):
        assert client.get(PAGE).status_code == 200
