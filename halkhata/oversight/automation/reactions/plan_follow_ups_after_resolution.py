"""Ticket resolved -> calls on the third and the seventh day: is it still solved? (A52.15)"""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.events import TicketReopened, TicketResolved
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import cancel_tasks, plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.events import on

DAYS = (3, 7)


@on(TicketResolved)
def plan_follow_ups_after_resolution(event: TicketResolved) -> None:
    """One task per day and resolving, for the ticket's owner."""
    item = WorkItem.objects.select_related("customer", "branch", "team").get(pk=event.ticket_id)
    owner = User.objects.select_related("role", "branch").get(pk=event.owner_id)
    for days in DAYS:
        with translation.override(owner.language):
            subject = _("Ask whether it is still solved: %(number)s, day %(days)s") % {
                "number": item.number,
                "days": days,
            }
        plan_task(
            actor=SYSTEM,
            kind="follow_up",
            subject=subject,
            customer=item.customer,
            parent=item,
            branch=item.branch,
            team=item.team,
            owner=owner,
            planned_at=event.resolved_at + timedelta(days=days),
            cause=f"resolution:{event.resolution_id}:day-{days}",
            is_demo=item.is_demo,
        )


@on(TicketReopened)
def cancel_follow_ups_after_reopening(event: TicketReopened) -> None:
    """What is open again needs no call to ask whether it is solved; the next resolving plans new ones."""
    cancel_tasks(actor=SYSTEM, parent_id=event.ticket_id, kind="follow_up")
