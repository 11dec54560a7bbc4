"""Ticket resolved -> calls some days later, in opening hours: is it still solved? (A52.15, US-18)"""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.events import TicketReopened, TicketResolved
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.selectors.standing import is_resolved, resolution_stands
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import cancel_tasks, plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.wording import digits_for, number_for
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.working_hours import opening_from
from halkhata.records.privacy.selectors.erased import is_erased


@on(TicketResolved)
def plan_follow_ups_after_resolution(event: TicketResolved) -> None:
    """One task per day and resolving, for the ticket's owner; calls of an earlier resolving are taken back.

    Events may arrive late and out of order: a resolving that has been undone meanwhile plans nothing.
    """
    if not resolution_stands(event.resolution_id):
        return
    item = WorkItem.objects.select_related("customer", "branch", "team").get(pk=event.ticket_id)
    if is_erased(item.customer_id):
        return  # there is nobody to call any more
    owner = User.objects.select_related("role", "branch").get(pk=event.owner_id)
    if WorkItem.objects.filter(cause__startswith=_cause(event.resolution_id, "")).exists():
        return  # told again
    cancel_tasks(actor=SYSTEM, parent_id=event.ticket_id, kind="follow_up")
    for days in desk_rules().follow_up_days:
        with translation.override(owner.language):
            subject = _("Ask whether it is still solved: %(number)s, day %(days)s") % {
                "number": number_for(owner, item.number),
                "days": digits_for(owner, days),
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
            planned_at=opening_from(item.branch, event.resolved_at + timedelta(days=days)),
            cause=_cause(event.resolution_id, days),
            is_demo=item.is_demo,
        )


def _cause(resolution_id: int, days: int | str) -> str:
    return f"resolution:{resolution_id}:day-{days}"


@on(TicketReopened)
def cancel_follow_ups_after_reopening(event: TicketReopened) -> None:
    """What is open again needs no call to ask whether it is solved; the next resolving plans new ones."""
    if is_resolved(event.ticket_id):
        return  # resolved again before this arrived: those calls belong to the new resolving
    cancel_tasks(actor=SYSTEM, parent_id=event.ticket_id, kind="follow_up")
