"""The rules a shop sets for its desk: what holds, what the database refuses, what a page tells whoever mistypes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from halkhata.desks.tickets.choices import FLAG_OF_STATE
from halkhata.desks.tickets.inbound import after_customer_message, target_for_reply
from halkhata.desks.tickets.jobs import close_resolved_tickets
from halkhata.desks.tickets.models import DeskSettings, Ticket
from halkhata.desks.tickets.selectors.rules import DeskRules, desk_rules
from halkhata.desks.tickets.services.rules import save_desk_rules
from halkhata.desks.tickets.services.states import reopen_ticket
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.desks.tickets.tests.test_states import aged, put
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused

pytestmark = pytest.mark.django_db

STARTING = DeskRules(
    reopen_days=7, follow_up_days=(3, 7), closes_after_days=7, form_per_address=60, form_per_customer=5
)  # fmt: skip
PAGE = reverse("tickets:rules")
TYPED = {
    "reopen_days": "7", "follow_up_days": "3, 7", "closes": "on", "closes_after_days": "7", "form_per_address": "60",
    "form_per_customer": "5", "reopens_to": "open",
}  # fmt: skip


def rules(**changes):
    values = {name: getattr(STARTING, name) for name in STARTING.__slots__}
    return {**values, **changes}


def test_shop_that_set_nothing_has_the_starting_rules_and_no_row(db):
    assert desk_rules() == STARTING
    assert DeskSettings().follow_up_days == STARTING.follow_up_days
    assert not DeskSettings.objects.exists()


def test_saved_rules_hold_and_are_in_the_audit_trail(desk):
    saved = save_desk_rules(
        actor=desk.owner,
        reopen_days=10,
        follow_up_days=[30, 2, 14, 2],
        closes_after_days=None,
        form_per_address=100,
        form_per_customer=2,
    )
    assert saved == desk_rules() == DeskRules(10, (2, 14, 30), None, 100, 2)
    assert desk_rules().reopen_window == timedelta(days=10)
    entry = AuditEntry.objects.get(action="desk_rules.save")
    assert (entry.before["follow_up_days"], entry.after["follow_up_days"]) == ([3, 7], [2, 14, 30])
    assert (entry.actor_id, entry.after["closes_after_days"]) == (desk.owner.pk, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reopen_days": 0}, "reopen_days"),
        ({"reopen_days": 91, "closes_after_days": None}, "reopen_days"),
        ({"follow_up_days": [0]}, "follow_up_days"),
        ({"follow_up_days": [3, 91]}, "follow_up_days"),
        ({"follow_up_days": [1, 2, 3, 4, 5, 6]}, "follow_up_days"),
        ({"closes_after_days": 6}, "closes_after_days"),
        ({"closes_after_days": 366}, "closes_after_days"),
        ({"form_per_address": 0}, "form_per_address"),
        ({"form_per_address": 10_001}, "form_per_address"),
        ({"form_per_customer": 0}, "form_per_customer"),
        ({"form_per_customer": 101}, "form_per_customer"),
        ({"reopens_to": "closed"}, "reopens_to"),
    ],
)
def test_value_out_of_bounds_is_told_at_its_field_and_changes_nothing(desk, changes, field):
    with pytest.raises(DomainError) as refused:
        save_desk_rules(actor=desk.owner, **rules(**changes))
    assert refused.value.field == field
    assert not DeskSettings.objects.exists()
    assert not AuditEntry.objects.filter(action="desk_rules.save").exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"id": 2},
        {"reopen_days": 0},
        {"reopen_days": 91, "closes_after_days": 91},
        {"closes_after_days": 6},
        {"closes_after_days": 366},
        {"follow_up_1": 0},
        {"follow_up_1": 91, "follow_up_2": None},
        {"follow_up_2": 3},
        {"follow_up_2": 2},
        {"follow_up_2": 91},
        {"follow_up_1": None},
        {"follow_up_3": 7},
        {"follow_up_4": 20},
        {"follow_up_3": 10, "follow_up_5": 20},
        {"form_per_address": 0},
        {"form_per_customer": 101},
        {"reopens_to": "closed"},
        {"reopens_to": ""},
    ],
)
def test_database_itself_keeps_rules_in_order(db, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskSettings.objects.create(**columns)
    DeskSettings.objects.create(follow_up_3=10, follow_up_4=20, follow_up_5=90)
    assert desk_rules().follow_up_days == (3, 7, 10, 20, 90)


def test_role_without_the_right_neither_sees_nor_changes_rules(desk, client_as):
    with pytest.raises(PermissionRefused):
        save_desk_rules(actor=desk.lead, **rules())
    client = client_as(desk.lead)
    assert [client.get(PAGE).status_code, client.post(PAGE, TYPED).status_code] == [403, 403]
    assert PAGE not in client.get(reverse("web:settings")).content.decode()
    assert PAGE in client_as(desk.owner).get(reverse("web:settings")).content.decode()


def test_page_shows_and_reads_the_readers_digits(desk, client_as):
    client = client_as(desk.owner, language="bn")
    save_desk_rules(actor=desk.owner, **rules(follow_up_days=[2, 10], form_per_address=1500))
    page = client.get(PAGE).content.decode()
    assert 'value="২, ১০"' in page
    assert 'value="১৫০০"' in page
    typed = {**TYPED, "follow_up_days": "৫ , ১", "reopen_days": "১৪", "closes_after_days": "১৫"}
    assert client.post(PAGE, typed).status_code == 302
    assert (desk_rules().follow_up_days, desk_rules().reopen_days, desk_rules().closes_after_days) == ((1, 5), 14, 15)
    page = client.get(PAGE).content.decode()
    # What came from the page goes back to it as it is.
    assert 'value="১, ৫"' in page


def test_empty_days_plan_no_call_and_an_empty_box_never_closes(desk, client_as):
    typed = {name: value for name, value in TYPED.items() if name != "closes"}
    sent = client_as(desk.owner).post(PAGE, {**typed, "follow_up_days": "", "closes_after_days": "nonsense"})
    assert sent.status_code == 302
    assert (desk_rules().follow_up_days, desk_rules().closes_after_days) == ((), None)


@pytest.mark.parametrize(
    ("field", "typed", "bengali"),
    [
        ("reopen_days", "", "id_reopen_days_error"),
        ("reopen_days", "seven", "১ থেকে ৯০"),
        ("follow_up_days", "3, soon", "id_follow_up_days_error"),
        ("follow_up_days", "3, 99", "১ থেকে ৯০"),
        ("follow_up_days", "1 2 3 4 5 6", "id_follow_up_days_error"),
        ("closes_after_days", "", "id_closes_after_days_error"),
        ("closes_after_days", "3", "id_closes_after_days_error"),
        ("form_per_address", "0", "১ থেকে ১০০০০"),
    ],
)
def test_mistyped_value_is_told_at_its_field_and_everything_stays(desk, client_as, field, typed, bengali):
    page = client_as(desk.owner, language="bn").post(PAGE, {**TYPED, field: typed})
    text = page.content.decode()
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in text
    if "_error" not in bengali:
        assert all(digit in text for digit in bengali.split(" থেকে "))
    assert 'value="60"' in text or field == "form_per_address"
    assert not DeskSettings.objects.exists()


def test_rules_that_somebody_else_changed_meanwhile_are_looked_at_again(desk, client_as):
    client = client_as(desk.owner)
    client.get(PAGE)
    save_desk_rules(actor=desk.owner, **rules(reopen_days=5))
    page = client.post(PAGE, {**TYPED, "reopen_days": "6", "version": "1"})
    assert page.status_code == 409
    assert "Somebody else changed these rules meanwhile" in page.content.decode()
    assert desk_rules().reopen_days == 5
    with pytest.raises(Conflict):
        save_desk_rules(actor=desk.owner, **rules(), version=1)


def test_page_says_what_happens_when_the_manager_is_asked_for(desk, client_as):
    from halkhata.engines.work.models import EscalationRule

    EscalationRule.objects.filter(trigger="demand").delete()
    assert "the branch manager is told" in client_as(desk.owner).get(PAGE).content.decode()
    EscalationRule.objects.create(level=4, trigger="demand", reassign=True)
    page = client_as(desk.owner).get(PAGE).content.decode()
    assert "Told: Head office." in page
    assert "The work goes there, too." in page


@pytest.mark.parametrize(
    ("stood", "to_open", "as_before"),
    [
        ("new", "open", "open"),
        ("open", "open", "open"),
        ("waiting_customer", "open", "open"),
        ("waiting_manufacturer", "open", "waiting_manufacturer"),
        ("waiting_internal", "open", "waiting_internal"),
    ],
)
def test_answer_reopens_to_the_state_the_shop_has_chosen(desk, rahima, stood, to_open, as_before):
    for choice, expected in (("open", to_open), ("before", as_before)):
        save_desk_rules(actor=desk.owner, **rules(reopens_to=choice))
        ticket = put(put(make_ticket(desk, rahima), stood), "resolved")
        after_customer_message(target_for_reply(ticket, at=now(), subject="", text="Again"), at=now())
        ticket.refresh_from_db()
        event = ticket.history.filter(kind="reopened").get()
        assert (ticket.state, ticket.state_flag) == (expected, FLAG_OF_STATE[expected])
        assert (event.data["to"], event.data["by_customer"], ticket.reopen_count) == (expected, True, 1)
        assert not ticket.resolutions.filter(undone_at=None).exists()


def test_second_solving_decides_and_staff_always_open(desk, rahima):
    save_desk_rules(actor=desk.owner, **rules(reopens_to="before"))
    ticket = put(put(make_ticket(desk, rahima), "waiting_manufacturer"), "resolved")
    reopen_ticket(actor=desk.agent, ticket=ticket)
    assert ticket.state == "open"
    put(put(ticket, "waiting_internal"), "resolved")
    after_customer_message(ticket, at=now())
    assert Ticket.objects.get(pk=ticket.pk).state == "waiting_internal"


def test_state_to_reopen_to_is_chosen_on_the_page(desk, client_as):
    client = client_as(desk.owner)
    assert client.post(PAGE, {**TYPED, "reopens_to": "before"}).status_code == 302
    assert desk_rules().reopens_to == "before"
    assert AuditEntry.objects.get(action="desk_rules.save").after["reopens_to"] == "before"
    assert '<option value="before" selected>' in client.get(PAGE).content.decode()
    assert client.post(PAGE, {**TYPED, "reopens_to": "merged"}).status_code == 422
    assert desk_rules().reopens_to == "before"


@pytest.mark.parametrize(("days", "reopens"), [(2, False), (4, True)])
def test_answer_after_three_days_reopens_where_the_shop_says_so(desk, rahima, days, reopens):
    ticket = aged(desk, rahima, days=3)
    save_desk_rules(actor=desk.owner, **rules(reopen_days=days))
    target = target_for_reply(ticket, at=now(), subject="Again", text="Broken again")
    after_customer_message(target, at=now())
    ticket.refresh_from_db()
    assert (target.pk == ticket.pk, ticket.state == "open") == (reopens, reopens)


def test_job_closes_by_the_rule_and_not_at_all_without_one(desk, rahima):
    old, older = aged(desk, rahima, days=8), aged(desk, rahima, days=20)
    save_desk_rules(actor=desk.owner, **rules(closes_after_days=None))
    assert close_resolved_tickets.func() == 0
    save_desk_rules(actor=desk.owner, **rules(closes_after_days=14))
    assert close_resolved_tickets.func() == 1
    assert [Ticket.objects.get(pk=one.pk).state for one in (old, older)] == ["resolved", "closed"]


def test_page_of_a_solved_ticket_names_the_day_until_which_it_opens_again(desk, rahima, client_as):
    from halkhata.foundation.core.templatetags.halkhata import localdt

    ticket = aged(desk, rahima, days=1)
    save_desk_rules(actor=desk.owner, **rules(reopen_days=20, closes_after_days=20))
    page = client_as(desk.agent).get(reverse("tickets:detail", args=[ticket.number])).content.decode()
    assert f"opens it again until {localdt(ticket.resolved_at + timedelta(days=20), 'short')}" in page


def test_public_form_takes_as_many_from_one_customer_as_the_shop_says(desk):
    save_desk_rules(actor=desk.owner, **rules(form_per_customer=2))
    for number in range(2):
        open_from_web_form(token=f"t{number}", text="Broken", email="kamal@example.com")
    with pytest.raises(Conflict) as refused:
        open_from_web_form(token="t3", text="Broken", email="kamal@example.com")
    assert refused.value.code == "too_many"
