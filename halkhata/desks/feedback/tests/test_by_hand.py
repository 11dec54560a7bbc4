"""A score said on the phone: put down at the contact, once, within the survey's days (US-18 AC 2, AC 4)."""

from datetime import timedelta

import pytest
from django.db import transaction

from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.asking import csat_survey, invite_customer
from halkhata.desks.feedback.services.by_hand import record_score
from halkhata.desks.feedback.tests.test_feedback import make_item
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(shop):
    csat_survey()
    customer = create_customer(actor=shop.agent, name_en="Rahima Test", phones=["01100000031"], language="en")
    return make_item(shop, customer)


def contact(item, cause="contact:1"):
    return plan_task(
        actor=SYSTEM, kind="follow_up", subject="Ask", customer=item.customer, parent=item, branch=item.branch,
        team=item.team, owner=item.owner, planned_at=now() + timedelta(days=1), cause=cause,
    )  # fmt: skip


def test_score_is_kept_and_the_contact_is_done(item):
    task = contact(item)
    record_score(actor=item.owner, task=task, score=4, comment="Quick")
    response = SurveyResponse.objects.get()
    assert (response.score, response.comment, response.invitation.item) == (4, "Quick", item)
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "reached")
    assert AuditEntry.objects.get(action="survey.answer").actor_label == item.owner.audit_label


def test_open_question_is_answered_by_the_call(item):
    with transaction.atomic():
        invite_customer(item=item, customer=item.customer, agent=item.owner, cause="link", language="en")
    record_score(actor=item.owner, task=contact(item), score=5)
    assert SurveyInvitation.objects.count() == 1
    assert SurveyResponse.objects.get().invitation.cause == "link"


def test_second_score_within_the_days_is_refused(item):
    record_score(actor=item.owner, task=contact(item), score=5)
    task = contact(item, "contact:2")
    with pytest.raises(Conflict, match="asked_lately"):
        record_score(actor=item.owner, task=task, score=1)
    task.refresh_from_db()
    assert (SurveyResponse.objects.count(), task.state) == (1, "new")


def test_others_and_odd_scores_change_nothing(item, shop):
    task = contact(item)
    stranger = make_user(
        "stranger", branch=shop.branch, role=make_role("str", level=1, scope="own", permissions=("work.view",))
    )
    with pytest.raises(PermissionRefused):
        record_score(actor=stranger, task=task, score=3)
    for score in (0, 6, True):
        with pytest.raises(DomainError):
            record_score(actor=item.owner, task=task, score=score)
    lonely = plan_task(
        actor=SYSTEM, kind="follow_up", subject="Ask", customer=item.customer, parent=None, branch=item.branch,
        team=None, owner=item.owner, planned_at=now() + timedelta(days=1), cause="lonely",
    )  # fmt: skip
    with pytest.raises(NotFound):
        record_score(actor=item.owner, task=lonely, score=3)
    task.refresh_from_db()
    assert (SurveyInvitation.objects.count(), task.state) == (0, "new")


def test_card_stands_at_the_contact_until_it_is_done(item, client_as):
    task, client = contact(item), client_as(item.owner)
    address = f"/feedback/score/?about={task.number}"
    assert b"/feedback/score/" in client.get(f"/work/tasks/{task.number}/").content
    assert b'name="score"' in client.get(f"{address}&part=1").content
    assert client.post(address, {}).status_code == 422
    answer = client.post(address, {"score": "2", "comment": "Late"})
    assert (answer.status_code, answer.url) == (302, f"/work/tasks/{task.number}/")
    assert client.get(f"{address}&part=1").content == b""
    assert SurveyResponse.objects.get().score == 2
    assert client.get("/feedback/score/?about=F-999999").status_code == 404
    assert client.get("/feedback/score/?about=F-999999&part=1").content == b""
