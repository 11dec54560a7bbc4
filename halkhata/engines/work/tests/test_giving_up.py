"""The third call that nobody answers ends a follow-up; a recovery is never given up by itself (US-18)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.services.tasks import plan_task, replan_task
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(shop):
    def make(kind="follow_up"):
        return plan_task(
            actor=None, kind=kind, subject="Is it all right now?", customer=None, parent=None, branch=shop.branch,
            team=shop.team, owner=shop.agent, planned_at=now() + timedelta(hours=1), cause="",
        )  # fmt: skip

    return make


def put_off(shop, task, outcome, note=""):
    return replan_task(
        actor=shop.agent, item=task, planned_at=now() + timedelta(days=1), outcome=outcome, note=note
    )  # fmt: skip


def test_third_call_without_an_answer_ends_the_follow_up_with_that_outcome(shop, plan):
    task = plan()
    for _ in range(2):
        assert put_off(shop, task, Outcome.NO_ANSWER).state_flag == StateFlag.OPEN
    put_off(shop, task, Outcome.NO_ANSWER, note="Rang ten times")
    task.refresh_from_db()
    assert (task.state_flag, task.state, task.outcome, task.outcome_note) == (
        StateFlag.RESOLVED, "done", "no_answer", "Rang ten times",
    )  # fmt: skip
    event = OutboxEvent.objects.get(name="task.completed")
    assert event.payload["outcome"] == "no_answer"


def test_call_later_is_no_try_without_an_answer(shop, plan):
    task = plan()
    for outcome in (Outcome.NO_ANSWER, Outcome.CALL_LATER, Outcome.CALL_LATER, Outcome.NO_ANSWER):
        assert put_off(shop, task, outcome).state_flag == StateFlag.OPEN
    assert put_off(shop, task, Outcome.NO_ANSWER).state_flag == StateFlag.RESOLVED


def test_recovery_comes_back_however_often_nobody_answers(shop, plan):
    task = plan("recovery")
    for _ in range(5):
        assert put_off(shop, task, Outcome.NO_ANSWER).state_flag == StateFlag.OPEN


def test_page_says_that_it_does_not_come_back(shop, plan, client_as):
    task, client = plan(), client_as(shop.agent)
    for said in ("comes back on the list", "comes back on the list", "for the third time"):
        page = client.post(
            reverse("work:task_result", args=[task.number]), {"outcome": "no_answer", "again": "days"}, follow=True
        )
        assert said in page.content.decode()
