"""The state machine (A52.8), reopening (A52.7) and what resolving asks for (A52.15, US-11)."""

from datetime import timedelta

import pytest

from halkhata.desks.tickets.choices import TRANSITIONS, TicketState
from halkhata.desks.tickets.inbound import after_customer_message, target_for_reply
from halkhata.desks.tickets.jobs import close_resolved_tickets
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.defaults import create_default_checklist
from halkhata.desks.tickets.services.resolving import record_told, resolve_ticket
from halkhata.desks.tickets.services.states import REOPEN_WINDOW, change_ticket_state, close_ticket, reopen_ticket
from halkhata.desks.tickets.services.work import tick_line
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db

WORKING = ["open", "waiting_customer", "waiting_manufacturer", "waiting_internal"]
STATES = ["new", *WORKING, "resolved", "closed"]
# What A52.8 allows by hand, written out on its own; resolving, reopening and closing are tested below.
BY_HAND = {(a, b) for a in ["new", *WORKING] for b in WORKING if a != b}


def category(desk):
    from halkhata.desks.tickets.models import Category

    return Category.objects.get(code="product-fault")


def put(ticket, state):
    """Bring a ticket into a state by the roads there are."""
    desk_user = ticket.owner
    if state in WORKING:
        change_ticket_state(actor=desk_user, ticket=ticket, state=state)
    elif state in {"resolved", "closed"}:
        resolve_ticket(actor=desk_user, ticket=ticket, category=category(None), told_at=now(), **RESOLUTION)
        if state == "closed":
            close_ticket(actor=desk_user, ticket=ticket)
    return ticket


@pytest.mark.parametrize("to", [*STATES, "nonsense"])
@pytest.mark.parametrize("start", STATES)
def test_step_by_hand_is_allowed_or_changes_nothing(desk, ticket, digest, start, to):
    put(ticket, start)
    assert ticket.state == start
    before = digest()
    if (start, to) in BY_HAND:
        change_ticket_state(actor=desk.agent, ticket=ticket, state=to)
        assert Ticket.objects.get(pk=ticket.pk).state == to
        assert ticket.history.filter(kind="state_changed", data__to=to).exists()
    else:
        with pytest.raises(Conflict) as refused:
            change_ticket_state(actor=desk.agent, ticket=ticket, state=to)
        assert refused.value.code == "step_not_allowed"
        assert digest() == before


@pytest.mark.parametrize("start", STATES)
def test_resolving_is_allowed_from_working_states_only(desk, ticket, digest, start):
    put(ticket, start)
    before = digest()
    if start in {"resolved", "closed"}:
        with pytest.raises(Conflict):
            resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), **RESOLUTION)
        assert digest() == before
    else:
        resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), **RESOLUTION)
        assert (ticket.state, ticket.state_flag) == ("resolved", "resolved")


@pytest.mark.parametrize("start", STATES)
def test_reopening_and_closing_start_from_resolved_only(desk, ticket, digest, start):
    put(ticket, start)
    before = digest()
    for act in (reopen_ticket, close_ticket):
        if start == "resolved":
            continue
        with pytest.raises(Conflict) as refused:
            act(actor=desk.agent, ticket=ticket)
        assert refused.value.code == "not_resolved"
    if start != "resolved":
        assert digest() == before
    assert TRANSITIONS[TicketState.CLOSED] == set()


def test_waiting_for_customer_and_manufacturer_pauses_and_for_a_colleague_does_not(desk, ticket):
    for state, flag in (
        ("waiting_customer", "paused"),
        ("waiting_manufacturer", "paused"),
        ("waiting_internal", "open"),
    ):
        change_ticket_state(actor=desk.agent, ticket=ticket, state=state)
        assert ticket.state_flag == flag


@pytest.mark.parametrize("missing", ["root_cause", "action", "remedy", "category"])
def test_resolving_without_a_required_answer_changes_nothing(desk, ticket, digest, missing):
    before = digest()
    values = {**RESOLUTION, "category": category(desk), missing: None if missing == "category" else ""}
    with pytest.raises(DomainError) as refused:
        resolve_ticket(actor=desk.agent, ticket=ticket, **values)
    assert refused.value.field == missing
    assert digest() == before


@pytest.mark.parametrize("blank", ["   ", "\u200b\u200b", "\n\n"])
def test_action_of_blanks_is_no_action(desk, ticket, blank):
    with pytest.raises(DomainError) as refused:
        resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), **{**RESOLUTION, "action": blank})
    assert refused.value.code == "action_missing"


def test_customer_told_in_the_future_is_refused(desk, ticket, digest):
    before = digest()
    with pytest.raises(DomainError) as refused:
        resolve_ticket(
            actor=desk.agent, ticket=ticket, category=category(desk), told_at=now() + timedelta(minutes=5), **RESOLUTION
        )
    assert refused.value.field == "told_at"
    assert digest() == before


def test_customer_told_before_the_ticket_was_opened_is_refused(desk, ticket, digest):
    before = digest()
    with pytest.raises(DomainError) as refused:
        resolve_ticket(
            actor=desk.agent, ticket=ticket, category=category(desk), told_at=now() - timedelta(hours=1), **RESOLUTION
        )
    assert (refused.value.code, digest()) == ("told_too_early", before)


def test_telling_the_customer_keeps_the_promise_of_an_answer(desk, rahima):
    told, untold = make_ticket(desk, rahima), make_ticket(desk, rahima)
    resolve_ticket(actor=desk.agent, ticket=told, category=category(desk), told_at=now(), **RESOLUTION)
    resolve_ticket(actor=desk.agent, ticket=untold, category=category(desk), **RESOLUTION)
    assert told.clocks.get(metric="first").state == "met"
    assert untold.clocks.get(metric="first").state == "running"
    record_told(actor=desk.agent, ticket=untold, told_at=now(), told_how="phone")
    assert untold.clocks.get(metric="first").state == "met"


def test_category_of_the_ticket_is_enough_for_resolving(desk, rahima):
    ticket = make_ticket(desk, rahima, category=category(desk))
    resolve_ticket(actor=desk.agent, ticket=ticket, **RESOLUTION)
    assert ticket.state == "resolved"


def test_ticket_whose_customer_was_not_told_cannot_be_closed_until_it_is_written_down(desk, ticket):
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), **RESOLUTION)
    with pytest.raises(DomainError) as refused:
        close_ticket(actor=desk.agent, ticket=ticket)
    assert refused.value.code == "not_told"
    record_told(actor=desk.agent2, ticket=ticket, told_at=now(), told_how="phone")
    close_ticket(actor=desk.agent, ticket=ticket)
    told = Resolution.objects.get(ticket=ticket)
    assert (ticket.state, told.told_by, told.told_how) == ("closed", desk.agent2, "phone")


def test_open_checklist_line_holds_the_ticket_back(desk, rahima):
    create_default_checklist()
    ticket = make_ticket(desk, rahima)
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), told_at=now(), **RESOLUTION)
    required = list(ticket.checklist.filter(is_required=True))
    assert len(required) == 3
    for line in required:
        with pytest.raises(DomainError) as refused:
            close_ticket(actor=desk.agent, ticket=ticket)
        assert refused.value.code == "checklist_open"
        tick_line(actor=desk.agent, ticket=ticket, line_id=line.pk, done=True)
    close_ticket(actor=desk.agent, ticket=ticket)
    # The line that is not required stays open, and that is fine.
    assert (ticket.state, ticket.checklist.filter(done_at=None).count()) == ("closed", 1)


@pytest.mark.parametrize(
    ("late", "reopens"), [(timedelta(0), True), (timedelta(microseconds=1), False), (timedelta(days=-3), True)]
)
def test_answer_within_seven_days_reopens_and_later_opens_a_linked_ticket(desk, ticket, late, reopens):
    resolved_at = now() - timedelta(days=30)
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=resolved_at - timedelta(days=1))
    resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), at=resolved_at, **RESOLUTION)
    at = resolved_at + REOPEN_WINDOW + late
    target = target_for_reply(ticket, at=at, subject="Again", text="It is broken again")
    after_customer_message(target, at=at)
    ticket.refresh_from_db()
    if reopens:
        assert target.pk == ticket.pk
        assert (ticket.state, ticket.reopen_count) == ("open", 1)
        assert ticket.resolutions.get().undone_at == at
        assert ticket.history.filter(kind="reopened").count() == 1
    else:
        follower = Ticket.objects.get(follows=ticket)
        assert target.pk == follower.pk
        assert (ticket.state, ticket.reopen_count, follower.state) == ("resolved", 0, "new")
        assert (follower.customer, follower.team, follower.serial) == (ticket.customer, ticket.team, ticket.serial)


def test_answer_to_a_closed_ticket_opens_a_linked_one_even_on_the_same_day(desk, ticket):
    put(ticket, "closed")
    target = target_for_reply(ticket, at=now(), subject="", text="Still broken")
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert (target.follows_id, target.subject) == (ticket.pk, ticket.subject)


@pytest.mark.parametrize("may_confirm", [True, False])
def test_follow_up_of_a_mail_that_must_not_be_answered_automatically_is_not_acknowledged(desk, ticket, may_confirm):
    put(ticket, "closed")
    target_for_reply(ticket, at=now(), subject="", text="Still broken", acknowledge=may_confirm)
    told = OutboxEvent.objects.filter(name="ticket.opened").order_by("pk").last()
    assert told.payload["acknowledge"] is may_confirm


def test_customer_message_ends_the_waiting_for_the_customer_only(desk, ticket):
    put(ticket, "waiting_manufacturer")
    after_customer_message(ticket, at=now())
    assert Ticket.objects.get(pk=ticket.pk).state == "waiting_manufacturer"
    put(ticket, "waiting_customer")
    after_customer_message(ticket, at=now())
    assert Ticket.objects.get(pk=ticket.pk).state == "open"


def test_reopened_ticket_can_be_resolved_again_with_its_own_form(desk, ticket):
    put(ticket, "resolved")
    reopen_ticket(actor=desk.agent, ticket=ticket)
    resolve_ticket(actor=desk.agent, ticket=ticket, **{**RESOLUTION, "remedy": "replaced"})
    assert [r.remedy for r in ticket.resolutions.order_by("pk")] == ["repaired", "replaced"]
    assert ticket.resolutions.filter(undone_at=None).get().remedy == "replaced"


def test_old_version_changes_nothing(desk, ticket, digest):
    stale = ticket.version
    change_ticket_state(actor=desk.agent2, ticket=Ticket.objects.get(pk=ticket.pk), state="waiting_internal")
    before = digest()
    for act in (
        lambda: change_ticket_state(actor=desk.agent, ticket=ticket, state="open", version=stale),
        lambda: resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), version=stale, **RESOLUTION),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "changed_meanwhile"
    assert digest() == before


def strip(user, *permissions):
    user.role.permissions = [name for name in user.role.permissions if name not in permissions]
    user.role.save()


def test_role_without_the_right_changes_nothing(desk, ticket, digest):
    strip(desk.agent, "ticket.edit", "ticket.resolve")
    before = digest()
    for act in (
        lambda: change_ticket_state(actor=desk.agent, ticket=ticket, state="open"),
        lambda: resolve_ticket(actor=desk.agent, ticket=ticket, category=category(desk), **RESOLUTION),
        lambda: close_ticket(actor=desk.agent, ticket=ticket),
        lambda: reopen_ticket(actor=desk.agent, ticket=ticket),
    ):
        with pytest.raises(PermissionRefused):
            act()
    assert digest() == before


def aged(desk, customer, *, days, told=True):
    ticket = make_ticket(desk, customer)
    at = now() - timedelta(days=days)
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=at - timedelta(days=1))
    ticket.refresh_from_db()
    resolve_ticket(
        actor=desk.agent, ticket=ticket, category=category(desk), at=at, told_at=at if told else None, **RESOLUTION
    )
    return ticket


def test_job_closes_what_is_old_told_and_complete_and_nothing_else(desk, rahima):
    from halkhata.engines.work.services.tasks import plan_task

    create_default_checklist()
    done, fresh, untold, unticked, to_call = (
        aged(desk, rahima, days=days, told=told)
        for days, told in ((8, True), (6, True), (8, False), (8, True), (8, True))
    )
    for ticket in (done, fresh, untold, to_call):
        for line in ticket.checklist.filter(is_required=True):
            tick_line(actor=desk.agent, ticket=ticket, line_id=line.pk, done=True)
    # A required line that is done beside an open one that is not required must not hold the ticket back.
    assert done.checklist.filter(is_required=False, done_at=None).exists()
    plan_task(
        actor=SYSTEM, kind="follow_up", subject="Call", customer=rahima, parent=to_call, branch=desk.branch,
        team=desk.team, owner=desk.agent, planned_at=now(), cause="test:call",
    )  # fmt: skip
    assert close_resolved_tickets.func() == 1
    states = {t: Ticket.objects.get(pk=t.pk).state for t in (done, fresh, untold, unticked, to_call)}
    assert list(states.values()) == ["closed", "resolved", "resolved", "resolved", "resolved"]
    assert close_resolved_tickets.func() == 0
