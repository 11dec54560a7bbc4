"""The chain through the outbox: resolved, asked, follow-ups, answered, made good; each step once (issue, section 7)."""

from datetime import timedelta
from unittest import mock

import pytest

from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services import asking
from halkhata.desks.feedback.services.answering import record_answer
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import close_ticket, reopen_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION
from halkhata.engines.messaging.models import Delivery, Template
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.calendars import next_working_time
from halkhata.engines.work.services.tasks import complete_task
from halkhata.foundation.core import clock, outbox
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import EventDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _template(db):
    for language in ("bn", "en"):
        Template.objects.update_or_create(
            code="feedback", team=None, channel="email", language=language,
            defaults={"subject": "How was it?", "body": "Please answer: {{ link }}", "is_active": True},
        )  # fmt: skip


@pytest.fixture
def no_smtp():
    """Jobs that would talk to a mail server stay in the queue: this is about what is made, not what is sent."""
    with mock.patch("halkhata.foundation.core.jobs.worker.Worker._claim", return_value=[]):
        yield


@pytest.fixture
def tokens(monkeypatch):
    """Every token that leaves in a mail, in order."""
    made = []
    real = asking.secrets.token_urlsafe

    def remember(size):
        made.append(real(size))
        return made[-1]

    monkeypatch.setattr(asking.secrets, "token_urlsafe", remember)
    return made


def resolve(desk, ticket, **values):
    return resolve_ticket(
        actor=desk.agent2, ticket=ticket, category=Category.objects.get(code="product-fault"), told_at=clock.now(),
        **{**RESOLUTION, "delay_reason": "staff_short", **values},
    )  # fmt: skip


def follow_ups(ticket):
    return WorkItem.objects.filter(parent_id=ticket.pk, kind="follow_up").order_by("planned_at")


def test_whole_chain_runs_once(desk, ticket, no_smtp, tokens):
    resolution = resolve(desk, ticket)
    run_until_quiet()
    invitation = SurveyInvitation.objects.get()
    assert (invitation.item_id, invitation.agent, invitation.customer) == (ticket.pk, ticket.owner, ticket.customer)
    mail = Delivery.objects.get(cause=f"survey:{invitation.pk}")
    assert f"/c/s/{tokens[0]}/" in mail.message.text
    assert invitation.token_hash == asking.token_hash(tokens[0])
    # In opening hours: test_working_hours.py has the exact times.
    assert [(task.owner, task.planned_at) for task in follow_ups(ticket)] == [
        (ticket.owner, next_working_time(ticket.branch, resolution.resolved_at + timedelta(days=days)))
        for days in (3, 7)
    ]
    # The owner reads Bengali: so does the number.
    assert all("ক-১০০১" in task.subject for task in follow_ups(ticket))
    before = clock.now()
    record_answer(token=tokens[0], score=1, comment="Nobody came")
    run_until_quiet()
    recovery = WorkItem.objects.get(kind="recovery")
    assert (recovery.owner, recovery.parent_id, recovery.priority) == (ticket.owner, ticket.pk, "high")
    assert before < recovery.planned_at <= clock.now() + timedelta(hours=48)


@pytest.mark.parametrize(("score", "recoveries"), [(1, 1), (2, 1), (3, 0), (4, 0), (5, 0)])
def test_two_or_less_opens_a_recovery_item(desk, ticket, no_smtp, tokens, score, recoveries):
    resolve(desk, ticket)
    run_until_quiet()
    record_answer(token=tokens[0], score=score)
    run_until_quiet()
    assert WorkItem.objects.filter(kind="recovery").count() == recoveries


def counts():
    return (
        SurveyInvitation.objects.count(),
        Delivery.objects.filter(cause__startswith="survey:").count(),
        WorkItem.objects.filter(kind="follow_up").count(),
        WorkItem.objects.filter(kind="follow_up", state="new").count(),
        WorkItem.objects.filter(kind="recovery").count(),
        SurveyResponse.objects.count(),
    )


def test_every_delivery_told_again_changes_nothing(desk, ticket, no_smtp, tokens):
    resolve(desk, ticket)
    run_until_quiet()
    record_answer(token=tokens[0], score=2)
    run_until_quiet()
    assert counts() == (1, 1, 2, 2, 1, 1)
    for _ in range(2):
        told = EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0, next_try_at=clock.now())
        assert told >= 4
        run_until_quiet()
        assert counts() == (1, 1, 2, 2, 1, 1)
    assert not EventDelivery.objects.exclude(state=EventDelivery.DONE).exists()


STEPS = [
    "halkhata.oversight.automation.reactions.ask_customer_after_resolution.send_automatic",
    "halkhata.oversight.automation.reactions.plan_follow_ups_after_resolution.plan_task",
    "halkhata.oversight.automation.reactions.open_recovery_for_bad_answer.plan_task",
]


@pytest.mark.parametrize("step", STEPS)
def test_handler_that_breaks_off_after_its_work_leaves_nothing_and_succeeds_later(desk, ticket, no_smtp, tokens, step):
    """The step does its work and then dies, twice: all of it is undone each time, and the third try does it once."""
    from django.utils.module_loading import import_string

    real = import_string(step)
    failures = []

    def dies(**values):
        result = real(**values)
        if len(failures) < 2:
            failures.append(step)
            raise RuntimeError("power cut")
        return result

    with mock.patch(step, dies):
        resolve(desk, ticket)
        _run_through_failures()
        if tokens:
            record_answer(token=tokens[-1], score=1)
        _run_through_failures()
    assert len(failures) == 2
    assert counts() == (1, 1, 2, 2, 1, 1)


def _run_through_failures():
    for _ in range(4):
        run_until_quiet()
        EventDelivery.objects.filter(state=EventDelivery.PENDING).update(next_try_at=clock.now())


def test_reopening_cancels_the_calls_and_the_next_resolving_plans_new_ones(desk, ticket, no_smtp, tokens):
    resolve(desk, ticket)
    run_until_quiet()
    reopen_ticket(actor=desk.agent, ticket=ticket)
    run_until_quiet()
    assert [task.state for task in follow_ups(ticket)] == ["cancelled", "cancelled"]
    resolve(desk, ticket, remedy="replaced")
    run_until_quiet()
    assert sorted(task.state for task in follow_ups(ticket)) == ["cancelled", "cancelled", "new", "new"]
    # The same person was asked a moment ago (US-18).
    assert SurveyInvitation.objects.count() == 1


def test_customer_without_an_address_is_called_but_not_asked(desk, ticket, no_smtp):
    ticket.customer.contact_points.filter(kind="email").delete()
    type(ticket.conversation).objects.update(customer_address="")
    resolve(desk, ticket)
    run_until_quiet()
    assert counts()[:4] == (0, 0, 2, 2)


def test_resolving_undone_before_anybody_heard_of_it_asks_and_plans_nothing(desk, ticket, no_smtp):
    resolve(desk, ticket)
    reopen_ticket(actor=desk.agent, ticket=ticket)
    run_until_quiet()
    assert counts()[:4] == (0, 0, 0, 0)


def test_events_that_arrive_in_the_wrong_order_leave_the_right_calls(desk, ticket, no_smtp):
    resolve(desk, ticket)
    run_until_quiet()
    reopen_ticket(actor=desk.agent, ticket=ticket)
    late = list(EventDelivery.objects.filter(state=EventDelivery.PENDING).values_list("pk", flat=True))
    EventDelivery.objects.filter(pk__in=late).update(next_try_at=clock.now() + timedelta(hours=1))
    resolve(desk, ticket)
    run_until_quiet()
    EventDelivery.objects.filter(pk__in=late).update(next_try_at=clock.now())
    run_until_quiet()
    standing = ticket.resolutions.get(undone_at=None)
    new = follow_ups(ticket).filter(state="new")
    assert [task.cause for task in new] == [f"resolution:{standing.pk}:day-3", f"resolution:{standing.pk}:day-7"]
    assert follow_ups(ticket).filter(state="cancelled").count() == 2


def test_call_that_finds_it_unsolved_opens_the_ticket_again(desk, ticket, no_smtp):
    resolve(desk, ticket)
    run_until_quiet()
    call = follow_ups(ticket).first()
    complete_task(actor=call.owner, item=call, outcome="not_solved", note="It is warm again")
    run_until_quiet()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.reopen_count) == ("open", 1)
    assert [task.state for task in follow_ups(ticket)] == ["done", "cancelled"]


def test_call_after_closing_that_finds_it_unsolved_opens_a_linked_ticket(desk, ticket, no_smtp):
    resolve(desk, ticket)
    run_until_quiet()
    close_ticket(actor=desk.agent, ticket=ticket)
    call = follow_ups(ticket).first()
    complete_task(actor=call.owner, item=call, outcome="not_solved", note="It is warm again")
    run_until_quiet()
    ticket.refresh_from_db()
    follower = Ticket.objects.get(follows=ticket)
    assert (ticket.state, follower.owner, follower.description) == ("closed", ticket.owner, "It is warm again")
    EventDelivery.objects.update(state=EventDelivery.PENDING, attempts=0, next_try_at=clock.now())
    with mock.patch.object(outbox, "logger"):
        run_until_quiet()
    assert Ticket.objects.filter(follows=ticket).count() == 1


def test_call_that_finds_it_solved_leaves_the_ticket_alone(desk, ticket, no_smtp):
    resolve(desk, ticket)
    run_until_quiet()
    call = follow_ups(ticket).first()
    complete_task(actor=call.owner, item=call, outcome="solved")
    run_until_quiet()
    ticket.refresh_from_db()
    assert (ticket.state, Ticket.objects.count()) == ("resolved", 1)


def test_recovery_goes_to_somebody_else_when_the_agent_has_left(desk, ticket, no_smtp, tokens):
    resolve(desk, ticket)
    run_until_quiet()
    gone = ticket.owner
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    record_answer(token=tokens[0], score=1)
    run_until_quiet()
    recovery = WorkItem.objects.get(kind="recovery")
    assert recovery.owner != gone
    assert recovery.owner.is_active
