"""What the tests of the dispute desk start from."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from halkhata.desks.disputes.services.collecting import begin_evidence
from halkhata.desks.disputes.services.deciding import write_decision
from halkhata.desks.disputes.services.defaults import prepare_disputes
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.desks.disputes.services.panels import appoint_panel, begin_review
from halkhata.desks.disputes.services.signing import sign_decision
from halkhata.desks.disputes.services.voting import cast_vote
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.roles import create_ready_roles
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_user

TEXTS = {
    "facts_bn": "ফ্রিজ সাত দিনে বন্ধ হয়েছে।", "facts_en": "The fridge stopped after seven days.",
    "clause_bn": "ওয়ারেন্টির শর্ত ২।", "clause_en": "Warranty terms, clause 2.",
    "reasons_bn": "তিন সপ্তাহ কেউ আসেনি।", "reasons_en": "Nobody came for three weeks.",
}  # fmt: skip


def permit(user: Any, *permissions: str) -> None:
    """Give the user's role more rights."""
    Role.objects.filter(pk=user.role_id).update(permissions=[*user.role.permissions, *permissions])
    user.refresh_from_db()
    user.role.refresh_from_db()


@pytest.fixture
def desk(shop: Any) -> Any:
    """The shop, a head office with three neutral reviewers, and the promise of disputes."""
    prepare_disputes()
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=shop.branch, team=shop.team, is_default=True,
        smtp_host="127.0.0.1", smtp_port=1,
    )  # fmt: skip
    roles = create_ready_roles()
    shop.head = create_branch(actor=None, name_en="Head office")
    shop.reviewers = [make_user(f"reviewer{n}", branch=shop.head, role=roles["reviewer"]) for n in range(1, 7)]
    shop.officer = make_user("officer", branch=shop.branch, role=roles["complaint_officer"], teams=(shop.team,))
    shop.boss = make_user("boss", branch=shop.head, role=roles["head_office"])
    shop.roles = roles
    return shop


@pytest.fixture
def rahima(desk: Any) -> Any:
    """A customer with a phone number and an e-mail address."""
    return create_customer(
        actor=desk.agent, name_en="Rahima Test", phones=["01100000001"], emails=["rahima@example.com"], language="en"
    )


@pytest.fixture
def linked(desk: Any, rahima: Any) -> Any:
    """A piece of work that somebody of the shop handled: what the dispute is about."""
    return make_item(desk, rahima)


def make_item(desk: Any, customer: Any, owner: Any = None) -> Any:
    """A planned piece of work, owned by an agent of the shop."""
    return plan_task(
        actor=desk.agent, kind="follow_up", subject="Call about the fridge", customer=customer, parent=None,
        branch=desk.branch, team=desk.team, owner=owner or desk.agent, planned_at=now() + timedelta(hours=1),
        cause=f"test:{customer.pk}:{now().isoformat()}",
    )  # fmt: skip


def make_dispute(desk: Any, customer: Any, about: Any = None, **values: Any) -> Any:
    """One more dispute, owned by the officer."""
    return open_dispute(
        **{
            "actor": desk.officer, "customer": customer, "branch": desk.branch, "about": about, "owner": desk.officer,
            "team": desk.team, "ground": "product_defect", "statement": "The fridge stopped after seven days",
            "wish": "replace", "channel": "phone", "cause_on": today() - timedelta(days=8), **values,
        }
    )  # fmt: skip


@pytest.fixture
def dispute(desk: Any, rahima: Any, linked: Any) -> Any:
    """A dispute about the linked work."""
    return make_dispute(desk, rahima, linked)


def to_review(desk: Any, dispute: Any, reviewers: Any = None) -> Any:
    """Evidence, panel, review."""
    if dispute.state == "opened":
        begin_evidence(actor=desk.officer, dispute=dispute)
    appoint_panel(actor=desk.boss, dispute=dispute, reviewers=reviewers or [desk.reviewers[0]])
    begin_review(actor=desk.boss, dispute=dispute, early_why="both sides have nothing to add")
    return dispute


def decide(desk: Any, dispute: Any, reviewer: Any = None, at: Any = None, **values: Any) -> Any:
    """Write, vote, sign: by one reviewer."""
    who = reviewer or desk.reviewers[0]
    write_decision(
        actor=who, dispute=dispute,
        values={
            "finding": "upheld", "root_cause": "product_defect", "remedy": "replace",
            "deadline_on": today() + timedelta(days=7), **TEXTS, **values,
        },
    )  # fmt: skip
    cast_vote(actor=who, dispute=dispute, finding=values.get("finding", "upheld"))
    return sign_decision(actor=who, dispute=dispute, at=at)


@pytest.fixture
def digest() -> Callable[[], str]:
    """A hash over the rows a refused act must not change."""
    return rows_digest


def rows_digest() -> str:
    """One hash of every row of the desk, its history, messages, deliveries and the outbox."""
    import hashlib

    from django.apps import apps

    from halkhata.engines.messaging.models import Delivery, Message
    from halkhata.engines.work.models import Notification, SlaClock, WorkEvent, WorkItem
    from halkhata.foundation.audit.models import AuditEntry
    from halkhata.foundation.core.models import OutboxEvent
    from halkhata.records.customers.models import Activity

    text = ""
    for model in (*apps.get_app_config("disputes").get_models(), WorkItem, WorkEvent, SlaClock, Message, Delivery,
                  OutboxEvent, AuditEntry, Activity, Notification):  # fmt: skip
        text += f"{model.__name__}{list(model.objects.order_by('pk').values_list())}"
    return hashlib.sha256(text.encode()).hexdigest()
