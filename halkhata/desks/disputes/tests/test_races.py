"""Many at the same moment: one dispute about an item, one answer to an offer, one chain without a gap."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from halkhata.desks.disputes.models import DecisionRecord, Dispute, Offer, Remedy
from halkhata.desks.disputes.services import opening
from halkhata.desks.disputes.services.chain import add_link, broken_links
from halkhata.desks.disputes.services.offers import answer_offer, make_offer
from halkhata.desks.disputes.tests.conftest import make_dispute
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def all_at_once(act: Callable[[int], Any], count: int = AT_ONCE) -> list[str | None]:
    """Codes of what was refused, None for what went through."""
    gate = threading.Barrier(count)

    def one(index: int) -> str | None:
        try:
            gate.wait(20)
            act(index)
        except DomainError as error:
            return error.code
        except IntegrityError:
            return "integrity"
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def _again(desk: Any, customer: Any, item: Any) -> Any:
    officer = User.objects.select_related("role", "branch").get(pk=desk.officer.pk)
    return make_dispute(desk, customer, WorkItem.objects.get(pk=item.pk), actor=officer, owner=officer)


def test_of_many_who_open_a_dispute_about_one_item_one_gets_through(desk: Any, rahima: Any, linked: Any) -> None:
    answers = all_at_once(lambda _index: _again(desk, rahima, linked))
    assert answers.count(None) == 1
    assert set(answers) == {None, "disputed_already"}
    assert Dispute.objects.count() == 1


def test_without_the_look_under_the_lock_several_disputes_stand(
    desk: Any, rahima: Any, linked: Any, monkeypatch: Any
) -> None:
    """The twin: the guard off."""
    monkeypatch.setattr(opening, "_refuse_second", lambda _about: None)
    all_at_once(lambda _index: _again(desk, rahima, linked), 4)
    assert Dispute.objects.count() > 1


def test_of_many_answers_to_an_offer_one_counts(desk: Any, dispute: Any) -> None:
    offer = make_offer(
        actor=desk.officer, dispute=dispute, remedy="refund", text="All of it", amount="900",
        valid_until=now() + timedelta(days=2),
    )  # fmt: skip
    answers = all_at_once(
        lambda index: answer_offer(
            actor=SYSTEM, offer=Offer.objects.select_related("dispute").get(pk=offer.pk), accepts=index % 2 == 0,
            by="customer",
        )
    )  # fmt: skip
    assert answers.count(None) == 1
    assert set(answers) == {None, "offer_over"}
    offer.refresh_from_db()
    assert Remedy.objects.count() == (1 if offer.state == "accepted" else 0)


def _link(dispute: Any, index: int) -> None:
    with transaction.atomic():
        add_link(actor=SYSTEM, dispute=dispute, kind="correction", payload={"index": index})


def test_lines_of_the_record_written_at_once_stand_in_one_row(dispute: Any) -> None:
    assert all_at_once(lambda index: _link(dispute, index)) == [None] * AT_ONCE
    assert list(DecisionRecord.objects.order_by("n").values_list("n", flat=True)) == list(range(1, AT_ONCE + 1))
    assert broken_links() == []
