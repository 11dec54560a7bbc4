"""The page behind the link: looking changes nothing, the answer counts once, no script and no cookie needed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.services.calling import open_for_caller
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(shop):
    """The address in the mail to a customer who reads English."""
    return make_link(shop, "en")


def make_link(shop, language):
    customer = create_customer(actor=shop.agent, name_en="Rahima Test", emails=[f"rahima-{language}@example.com"])
    ticket = open_for_caller(actor=shop.agent, customer=customer, text="The fridge does not cool")
    with transaction.atomic():
        _, token = invite_customer(
            item=ticket, customer=customer, agent=ticket.owner, cause=f"test:{language}", language=language
        )
    return f"/c/s/{token}/"


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing(visitor, link):
    events = OutboxEvent.objects.count()
    for address in (link, f"{link}?score=1", link):
        page = visitor.get(address)
        assert page.status_code == 200
    visitor.head(link)
    assert (SurveyResponse.objects.count(), OutboxEvent.objects.count()) == (0, events)
    text = page.content.decode()
    assert "How satisfied are you" in text
    assert "K-1001" in text
    assert "<script" not in text
    assert "csrfmiddlewaretoken" not in text
    assert not page.cookies
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert len(page.content) < 20_000


def test_score_pressed_in_the_mail_is_chosen_but_not_sent(visitor, link):
    assert 'value="4" checked' in visitor.get(f"{link}?score=4").content.decode()
    assert "checked" not in visitor.get(link).content.decode()


@pytest.mark.parametrize(
    ("score", "says"), [(1, "will call you"), (2, "will call you"), (3, "for your answer"), (5, "for your answer")]
)
def test_answer_is_stored_and_a_bad_one_is_promised_a_call(visitor, link, score, says):
    page = visitor.post(link, {"score": score, "comment": "Fine"})
    assert says in page.content.decode()
    assert (SurveyResponse.objects.get().score, SurveyResponse.objects.get().comment) == (score, "Fine")


def test_second_answer_is_thanked_and_not_stored(visitor, link):
    visitor.post(link, {"score": 4})
    for page in (visitor.post(link, {"score": 1}), visitor.get(link)):
        assert "answered already" in page.content.decode()
    assert SurveyResponse.objects.get().score == 4


@pytest.mark.parametrize("score", ["", "0", "6", "five", "২"])
def test_answer_without_a_score_keeps_the_comment(visitor, link, score):
    page = visitor.post(link, {"score": score, "comment": "Come sooner"})
    assert page.status_code == 422
    assert "Come sooner</textarea>" in page.content.decode()
    assert "score_error" in page.content.decode()
    assert not SurveyResponse.objects.exists()


def test_expired_and_wrong_links_say_so_without_a_word_about_the_ticket(visitor, link):
    SurveyInvitation.objects.update(created_at=now() - timedelta(days=20), expires_at=now() - timedelta(days=6))
    for address in (link, "/c/s/nonsense/"):
        for page in (visitor.get(address), visitor.post(address, {"score": 5})):
            assert page.status_code == 404
            assert "K-1001" not in page.content.decode()
            assert "fridge" not in page.content.decode()
    assert not SurveyResponse.objects.exists()


def test_page_speaks_the_language_of_the_invitation_unless_switched(visitor, shop):
    bengali = make_link(shop, "bn")
    text = visitor.get(bengali).content.decode()
    assert '<html lang="bn"' in text
    assert "সন্তুষ্ট" in text
    assert "ক-১০০১" in text
    assert '<html lang="en"' in visitor.get(f"{bengali}?lang=en").content.decode()
