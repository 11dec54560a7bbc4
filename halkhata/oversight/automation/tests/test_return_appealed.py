"""An appealed refusal becomes a dispute; the pages of jobs and returns lead to one, too."""

from typing import Any

import pytest

from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.desks.returns.choices import Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.approving import answer_appeal, appeal_return, reject_return
from halkhata.desks.returns.tests.conftest import ask, make_desk, sell
from halkhata.desks.service.services.opening import open_job
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import OutboxEvent
from halkhata.foundation.core.outbox import deliver_due
from halkhata.records.catalog.days import day_of
from tests.support.fixtures_shop import make_role, make_user

WORDS = "It never fell.\nThe photo shows it."


@pytest.fixture
def counter(shop: Any) -> Any:
    return make_desk(shop)


@pytest.fixture
def refused(counter: Any) -> ReturnRequest:
    """A return that was refused, for a unit that was sold."""
    request = ask(counter, sell(counter), wish="replacement")
    reject_return(actor=SYSTEM, request=request, reason="The case is cracked")
    request.refresh_from_db()
    return request


def test_appeal_opens_a_dispute_in_the_words_of_the_customer(counter, refused):
    appeal_return(actor=counter.owner, request=refused, text=WORDS)
    while deliver_due():
        pass
    dispute = Dispute.objects.get()
    assert (dispute.about_id, dispute.unit_id, dispute.customer_id, dispute.branch_id) == (
        refused.pk, refused.unit_id, counter.buyer.pk, counter.branch.pk,
    )  # fmt: skip
    assert (dispute.ground, dispute.statement, dispute.subject, dispute.wish, dispute.state) == (
        "return_refused", WORDS, "It never fell.", "replace", "opened",
    )  # fmt: skip
    assert (dispute.channel, dispute.cause_on, dispute.team_id) == ("counter", day_of(now()), refused.team_id)
    # The appeal itself is answered all the same.
    answer_appeal(actor=counter.owner, request=refused, granted=False, answer="The photo shows the crack")
    refused.refresh_from_db()
    assert (refused.stage, Dispute.objects.count()) == (Stage.CLOSED, 1)


def test_same_event_twice_and_a_dispute_that_is_open_make_no_second(counter, refused):
    own = open_dispute(
        actor=counter.owner, customer=counter.buyer, branch=counter.branch, about=refused, ground="return_refused",
        statement="By phone", wish="refund", channel="phone", cause_on=day_of(now()),
    )  # fmt: skip
    appeal_return(actor=counter.owner, request=refused, text=WORDS)
    while deliver_due():
        pass
    assert list(Dispute.objects.values_list("pk", "statement")) == [(own.pk, "By phone")]


def test_appeal_granted_before_its_event_was_handled_opens_nothing(counter, refused):
    appeal_return(actor=counter.owner, request=refused, text=WORDS)
    answer_appeal(actor=counter.owner, request=refused, granted=True, answer="You are right")
    while deliver_due():
        pass
    assert not Dispute.objects.exists()
    assert not OutboxEvent.objects.filter(name="dispute.opened").exists()


def test_pages_of_job_and_return_offer_a_dispute_to_who_may_open_one(counter, refused, client_as):
    job = open_job(
        actor=counter.owner, unit=refused.unit, customer=counter.buyer, branch=counter.branch, complaint="No cold"
    )
    looker = make_user(
        "looker", branch=counter.branch,
        role=make_role("looker", level=1, scope="all", permissions=("customer.view", "job.view", "return.view")),
    )  # fmt: skip
    for address, number in ((f"/jobs/{job.number}/", job.number), (f"/returns/{refused.number}/", refused.number)):
        link = f'href="/disputes/new/?about={number}"'
        page = client_as(counter.owner, "en").get(address).content.decode()
        assert (page.count(link), "Open a dispute" in page) == (1, True)
        assert client_as(counter.owner, "en").get(f"/disputes/new/?about={number}").status_code == 200
        assert "/disputes/new/" not in client_as(looker, "en").get(address).content.decode()
