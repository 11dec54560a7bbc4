"""News for the customer at a fixed interval: each one a planned piece of work, with its due time (A60.2)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from halkhata.desks.disputes.choices import NEWS
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import cancel_tasks, complete_task, plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader


def plan_next_news(*, actor: User, dispute: Dispute, at: datetime) -> datetime:
    """The news that were due are given; plan the next. Call with the dispute held. Returns when they are due."""
    due = at + timedelta(hours=house_law().update_hours)
    given = WorkItem.objects.filter(parent=dispute.pk, kind=NEWS).exclude(state_flag=StateFlag.RESOLVED)
    for item in given.order_by("pk"):
        complete_task(actor=SYSTEM, item=item, outcome=Outcome.REACHED)
    plan_task(
        actor=actor, kind=NEWS, subject=_("News for the customer: %(number)s") % {"number": _as_told(dispute.number)},
        customer=dispute.customer, parent=dispute, branch=dispute.branch, team=dispute.team, owner=dispute.owner,
        planned_at=due, cause=f"dispute:{dispute.pk}:news:{due.isoformat()}", is_demo=dispute.is_demo,
    )  # fmt: skip
    Dispute.objects.filter(pk=dispute.pk).update(next_update_at=due)
    return due


def _as_told(number: str) -> str:
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits)


def end_news(*, actor: Actor | None, dispute: Dispute) -> None:
    """The dispute is over: nothing is due any more."""
    cancel_tasks(actor=actor or SYSTEM, parent_id=dispute.pk, kind=NEWS)
    Dispute.objects.filter(pk=dispute.pk).update(next_update_at=None)
