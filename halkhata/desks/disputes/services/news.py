"""News for the customer at a fixed interval: each one a planned piece of work, with its due time (A60.2)."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.disputes.choices import NEWS
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import cancel_tasks, complete_task, plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.wording import number_for
from halkhata.foundation.audit.trail import SYSTEM, Actor


def plan_next_news(*, actor: User, dispute: Dispute, at: datetime) -> datetime:
    """The news that were due are given; plan the next. Call with the dispute held. Returns when they are due."""
    due = at + timedelta(hours=house_law().update_hours)
    given = WorkItem.objects.filter(parent=dispute.pk, kind=NEWS).exclude(state_flag=StateFlag.RESOLVED)
    for item in given.order_by("pk"):
        complete_task(actor=SYSTEM, item=item, outcome=Outcome.REACHED)
    owner = dispute.owner
    with translation.override(owner.language):
        subject = _("News for the customer: %(number)s") % {"number": number_for(owner, dispute.number)}
    plan_task(
        actor=actor, kind=NEWS, subject=subject,
        customer=dispute.customer, parent=dispute, branch=dispute.branch, team=dispute.team, owner=owner,
        planned_at=due, cause=f"dispute:{dispute.pk}:news:{due.isoformat()}", is_demo=dispute.is_demo,
    )  # fmt: skip
    Dispute.objects.filter(pk=dispute.pk).update(next_update_at=due)
    return due


def end_news(*, actor: Actor | None, dispute: Dispute) -> None:
    """The dispute is over: nothing is due any more."""
    cancel_tasks(actor=actor or SYSTEM, parent_id=dispute.pk, kind=NEWS)
    Dispute.objects.filter(pk=dispute.pk).update(next_update_at=None)
