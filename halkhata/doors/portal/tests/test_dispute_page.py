"""The customer's page of a dispute: a link, a phone, a code; then the file, the offer, the decision, the appeal."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from halkhata.desks.disputes.models import Dispute, Visit
from halkhata.desks.disputes.services.collecting import begin_evidence
from halkhata.desks.disputes.services.links import dispute_token
from halkhata.desks.disputes.services.offers import make_offer
from halkhata.desks.disputes.tests.conftest import (  # noqa: F401
    decide,
    desk,
    dispute,
    linked,
    rahima,
    rows_digest,
    to_review,
)
from halkhata.doors.portal.tests.conftest import PHONE
from halkhata.doors.portal.tests.following import enter
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import now


def _at(one: Any) -> str:
    return f"/c/disputes/{dispute_token(one)}/"


def _code() -> str:
    message = TextMessage.objects.filter(purpose="code").order_by("-pk").first()
    assert message is not None
    return words_of(message)[:6]


@pytest.fixture
def opened(dispute: Any) -> Client:  # noqa: F811
    """A browser that has shown the code."""
    client = Client()
    assert client.post(f"{_at(dispute)}?lang=en", {"phone": "01100000001"}).status_code == 302
    assert client.post(_at(dispute), {"code": _code()}).status_code == 302
    return client


def test_link_alone_shows_nothing_and_a_wrong_phone_answers_like_a_right_one(dispute: Any) -> None:  # noqa: F811
    client = Client()
    page = client.get(f"{_at(dispute)}?lang=en")
    assert page.status_code == 200
    assert dispute.number not in page.content.decode()
    for phone in ("01100000001", "01100000777"):
        answer = client.post(_at(dispute), {"phone": phone})
        assert (answer.status_code, answer["Location"]) == (302, f"{_at(dispute)}?step=code")
    assert TextMessage.objects.filter(purpose="code", to_address="+8801100000777").count() == 0
    assert Visit.objects.exclude(code_hash="").count() == 1
    assert client.get("/c/disputes/none-such/").status_code == 404


def test_wrong_code_opens_nothing_and_five_tries_are_all(dispute: Any) -> None:  # noqa: F811
    client = Client()
    client.post(_at(dispute), {"phone": "01100000001"})
    right = _code()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        assert client.post(_at(dispute), {"code": wrong}).status_code == 422
    assert client.post(_at(dispute), {"code": right}).status_code == 422
    assert Visit.objects.filter(used_at__isnull=False).count() == 0


def test_code_of_one_dispute_opens_no_other_customers(desk: Any, dispute: Any, opened: Client) -> None:  # noqa: F811
    from halkhata.desks.disputes.tests.conftest import make_dispute, make_item
    from halkhata.records.customers.services.customers import create_customer

    other = create_customer(actor=desk.agent, name_en="Karim Test", phones=["01100000009"])
    foreign = make_dispute(desk, other, make_item(desk, other))
    assert "The fridge stopped" in opened.get(f"{_at(dispute)}?lang=en").content.decode()
    page = opened.get(f"{_at(foreign)}?lang=en").content.decode()
    assert foreign.number not in page
    before = rows_digest()
    assert opened.post(f"{_at(foreign)}add/", {"text": "mine"}).status_code == 302
    assert rows_digest() == before


def test_customer_adds_answers_and_appeals(desk: Any, dispute: Any, opened: Client) -> None:  # noqa: F811
    begin_evidence(actor=desk.officer, dispute=dispute)
    assert opened.post(f"{_at(dispute)}add/", {"text": "I called nine times"}).status_code == 302
    assert dispute.evidence.get(origin="added:customer").text == "I called nine times"
    assert dispute.history.filter(kind="customer_message").count() == 1
    assert Notification.objects.filter(user=desk.officer, verb="dispute.added").count() == 1
    assert opened.post(f"{_at(dispute)}add/", {"text": " "}).status_code == 422
    offer = make_offer(
        actor=desk.officer, dispute=dispute, remedy="repair", text="Free repair", valid_until=now() + timedelta(days=2)
    )
    assert "Free repair" in opened.get(_at(dispute)).content.decode()
    assert opened.post(f"{_at(dispute)}answer/", {"offer": str(offer.pk), "says": "no"}).status_code == 302
    again = opened.post(f"{_at(dispute)}answer/", {"offer": str(offer.pk), "says": "yes"})
    assert again.status_code == 409
    to_review(desk, dispute)
    decide(desk, dispute)
    page = opened.get(f"{_at(dispute)}?lang=en").content.decode()
    assert "Nobody came for three weeks." in page
    assert opened.get(f"{_at(dispute)}letter.pdf")["Content-Type"] == "application/pdf"
    assert opened.post(f"{_at(dispute)}appeal/", {"text": "A repair is not enough"}).status_code == 302
    dispute.refresh_from_db()
    assert (dispute.state, dispute.round) == ("appealed", 2)
    assert opened.post(f"{_at(dispute)}appeal/", {"text": "Again"}).status_code == 409
    opened.post(f"{_at(dispute)}end/")
    assert "A repair" not in opened.get(_at(dispute)).content.decode()


def test_days_since_the_cause_are_not_shown_to_the_customer(dispute: Any, opened: Client) -> None:  # noqa: F811
    Dispute.objects.filter(pk=dispute.pk).update(cause_on=timezone.localdate() - timedelta(days=23))
    page = opened.get(f"{_at(dispute)}?lang=en").content.decode()
    assert "day 23" not in page
    assert "16121" in page


def test_summary_is_public_and_silent_about_few_cases(dispute: Any) -> None:  # noqa: F811
    page = Client().get("/c/disputes/summary/?lang=en")
    assert page.status_code == 200
    assert "Fewer than five" in page.content.decode()


def test_customer_opens_a_dispute_about_the_own_complaint_and_no_others(
    desk: Any,  # noqa: F811
    ticket: Any,
    foreign: Any,
    browser: Client,
) -> None:
    sent = {
        "statement": "Nobody came", "ground": "delay", "wish": "repair", "cause_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    before = rows_digest()
    assert browser.post(f"/c/disputes/new/{ticket.number}/", sent).status_code == 302  # to the way in
    assert rows_digest() == before
    enter(browser, ticket.number, PHONE)
    assert browser.get(f"/c/disputes/new/{ticket.number}/").status_code == 200
    assert browser.post(f"/c/disputes/new/{foreign.number}/", sent).status_code == 404
    assert browser.post(f"/c/disputes/new/{ticket.number}/", {**sent, "wish": ""}).status_code == 422
    assert Dispute.objects.count() == 0
    answer = browser.post(f"/c/disputes/new/{ticket.number}/", sent)
    made = Dispute.objects.get()
    assert (made.about_id, made.customer_id, made.by_customer) == (ticket.pk, ticket.customer_id, True)
    # The code shown for the complaint opens the dispute, too.
    assert "Nobody came" in browser.get(answer["Location"]).content.decode()
    assert browser.post(f"/c/disputes/new/{ticket.number}/", sent)["Location"] == _at(made)
    assert Dispute.objects.count() == 1
