"""Asking, answering once, and the numbers with their definitions (A55.3, A55.6)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.selectors.csat import Csat, csat_summary
from halkhata.desks.feedback.services.answering import invitation_for, record_answer
from halkhata.desks.feedback.services.asking import csat_survey, invite_customer, token_hash
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.services.roles import create_ready_roles
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asks_after_every_resolving(db):
    """Most of these tests ask one person several times; test_survey_settings.py tells of the pause between."""
    csat_survey()
    Survey.objects.update(throttle_days=0)


@pytest.fixture
def item(shop):
    customer = create_customer(actor=shop.agent, name_en="Rahima Test", emails=["rahima@example.com"], language="en")
    return make_item(shop, customer)


def make_item(shop, customer, number="K-1001", owner=None, branch=None):
    at = now()
    return WorkItem.objects.create(
        number=number, kind="complaint", subject="The fridge does not cool", customer=customer,
        branch=branch or shop.branch, team=shop.team, owner=owner or shop.agent, channel="email", opened_at=at,
        last_activity_at=at, last_update_at=at,
    )  # fmt: skip


def invite(item, cause="resolution:1"):
    with transaction.atomic():
        return invite_customer(item=item, customer=item.customer, agent=item.owner, cause=cause, language="en")


def answer(item, score, cause, comment=""):
    return record_answer(token=invite(item, cause)[1], score=score, comment=comment)


def test_only_the_hash_of_the_token_is_kept(item):
    invitation, token = invite(item)
    assert invitation.token_hash == token_hash(token) != token
    assert len(token) >= 32
    assert invitation_for(token) == invitation


def test_same_cause_asks_once_and_a_survey_that_is_off_never(item):
    assert invite(item) is not None
    assert invite(item) is None
    type(csat_survey()).objects.update(is_active=False)
    assert invite(item, "resolution:2") is None
    assert SurveyInvitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_inviting_outside_a_transaction_is_refused(item):
    with pytest.raises(transaction.TransactionManagementError):
        invite_customer(item=item, customer=item.customer, agent=item.owner, cause="x", language="en")


def test_answer_is_kept_once_with_its_event_and_timeline(item):
    _, token = invite(item)
    response = record_answer(token=token, score=2, comment="  Nobody\u200b came ")
    assert (response.score, response.comment) == (2, "Nobody came")
    event = OutboxEvent.objects.get(name="survey.answered")
    assert (event.payload["score"], event.payload["threshold"], event.payload["agent_id"]) == (2, 2, item.owner_id)
    assert Activity.objects.get(verb="survey.answered").data == {"score": 2, "number": "K-1001"}
    with pytest.raises(Conflict) as refused:
        record_answer(token=token, score=5)
    assert refused.value.code == "answered_already"
    assert (SurveyResponse.objects.get().score, OutboxEvent.objects.filter(name="survey.answered").count()) == (2, 1)


@pytest.mark.parametrize("score", [0, 6, -1, None, "3", 2.5, True])
def test_score_outside_one_to_five_is_refused_and_the_link_stays_good(item, score):
    _, token = invite(item)
    with pytest.raises(DomainError) as refused:
        record_answer(token=token, score=score)
    assert refused.value.field == "score"
    assert not SurveyResponse.objects.exists()
    record_answer(token=token, score=3)


def test_wrong_and_expired_links_are_answered_alike(item):
    invitation, token = invite(item)
    SurveyInvitation.objects.filter(pk=invitation.pk).update(
        created_at=now() - timedelta(days=15), expires_at=now() - timedelta(seconds=1)
    )
    for bad in (token, token[:-1], token.upper(), "", "x" * 5000):
        with pytest.raises(NotFound) as refused:
            record_answer(token=bad, score=5)
        assert refused.value.code == "survey_gone"
    assert not SurveyResponse.objects.exists()


def test_link_lives_fourteen_days(item):
    invitation, _ = invite(item)
    assert invitation.expires_at - invitation.created_at == timedelta(days=14)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_store_one_answer(item):
    _, token = invite(item)
    outcomes = []
    barrier = threading.Barrier(2)

    def work(score):
        try:
            barrier.wait(10)
            record_answer(token=token, score=score)
            outcomes.append("stored")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[score]) for score in (1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused", "stored"]
    assert SurveyResponse.objects.count() == 1


def test_numbers_are_mean_count_and_top_two_boxes(shop, item):
    for number, score in enumerate([5, 4, 4, 3, 2, 1]):
        answer(item, score, f"resolution:{number}")
    invite(item, "resolution:unanswered")
    assert csat_summary(shop.lead, now() - timedelta(days=1)) == Csat(
        asked=7, answered=6, mean=3.17, top_box=50.0, bad=2
    )
    assert csat_summary(shop.lead, now() - timedelta(days=1)).answer_rate == pytest.approx(85.714, abs=0.001)


def test_without_answers_there_is_no_mean(shop):
    empty = csat_summary(shop.agent, now() - timedelta(days=1))
    assert (empty.mean, empty.top_box, empty.answered, empty.answer_rate) == (None, None, 0, None)


def test_answers_about_other_branches_are_neither_counted_nor_listed(shop, item, client_as):
    other = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=other.pk).update(path=f"/{other.pk}/")
    far = make_item(shop, item.customer, "K-1002", owner=shop.owner, branch=other)
    WorkItem.objects.filter(pk=far.pk).update(team=None)
    answer(item, 5, "resolution:1", "Near")
    answer(far, 1, "resolution:2", "Far away")
    assert csat_summary(shop.lead, now() - timedelta(days=1)).answered == 1
    text = client_as(shop.lead).get(reverse("feedback:answers")).content.decode()
    assert "Near" in text
    assert "Far away" not in text
    assert csat_summary(shop.owner, now() - timedelta(days=1)).answered == 2


def test_page_lists_filters_and_keeps_numbers_and_rows_together(shop, item, client_as):
    for number, score in enumerate([5, 5, 3, 1]):
        answer(item, score, f"resolution:{number}", "So slow" if score == 1 else "")
    client = client_as(shop.lead)
    for query, rows, mean in (("", 4, 3.5), ("score=good", 2, 5.0), ("score=bad", 1, 1.0), ("comment=1", 1, 1.0),
                              (f"agent={shop.agent2.pk}", 0, None)):  # fmt: skip
        page = client.get(reverse("feedback:answers") + "?" + query)
        assert (len(page.context["page"].items), page.context["csat"].mean) == (rows, mean), query
    text = client.get(reverse("feedback:answers")).content.decode()
    assert "Answers of 4 or 5, as a share of all 4 answers." in text
    assert "So slow" in text


def test_what_a_bad_answer_is_follows_the_shops_setting(shop, item, client_as):
    for number, score in enumerate([5, 4, 3, 2, 1]):
        answer(item, score, f"resolution:{number}")
    for bad, said, groups in (
        (2, "Answers of 2 or less.", {"bad": "1–2", "middle": "3", "good": "4–5"}),
        (1, "Answers of 1.", {"bad": "1", "middle": "2–3", "good": "4–5"}),
        (3, "Answers of 3 or less.", {"bad": "1–3", "good": "4–5"}),
        (4, "Answers of 4 or less.", {"bad": "1–4", "good": "5"}),
    ):
        Survey.objects.update(recovery_threshold=bad)
        page = client_as(shop.lead).get(reverse("feedback:answers"))
        assert (page.context["csat"].bad, dict(page.context["score_choices"])) == (bad, groups)
        assert said in page.content.decode()
        listed = client_as(shop.lead).get(reverse("feedback:answers") + "?score=bad").context["page"].items
        assert len(listed) == bad


def test_without_the_right_to_reports_the_answers_are_those_about_oneself(shop, item, client_as):
    shop.agent.role.permissions = [*shop.agent.role.permissions, "feedback.view"]
    shop.agent.role.save()
    answer(item, 5, "resolution:1", "About Rafi")
    answer(make_item(shop, item.customer, "K-1002", owner=shop.agent2), 1, "resolution:2", "About Mitu")
    page = client_as(shop.agent).get(reverse("feedback:answers"))
    text = page.content.decode()
    assert "About Rafi" in text
    assert "About Mitu" not in text
    assert (page.context["csat"].asked, page.context["csat"].answered, page.context["csat"].mean) == (1, 1, 5.0)
    assert "What customers said about tickets you handled" in text
    assert 'name="agent"' not in text
    both = client_as(shop.lead).get(reverse("feedback:answers"))
    assert (both.context["csat"].asked, both.context["csat"].answered) == (2, 2)


def test_every_ready_role_that_saw_answers_still_sees_some(db, shop, item, client_as):
    answer(item, 4, "resolution:1")
    for code, role in create_ready_roles().items():
        if "feedback.view" not in role.permissions:
            continue
        shop.agent.role = role
        shop.agent.save()
        page = client_as(User.objects.get(pk=shop.agent.pk)).get(reverse("feedback:answers"))
        assert (page.status_code, len(page.context["page"].items)) == (200, 1), code


def test_page_is_for_those_who_may_see_feedback(shop, client_as, client):
    assert client_as(shop.agent).get(reverse("feedback:answers")).status_code == 403
    assert client.get(reverse("feedback:answers")).headers["Location"].startswith("/sign-in/")


def test_empty_page_teaches(shop, client_as):
    assert "No answers yet" in client_as(shop.lead).get(reverse("feedback:answers")).content.decode()
