"""A follow-up call ends with "not solved" -> the ticket is open again, or a new one follows a closed one (US-11)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.states import reopen_ticket
from halkhata.engines.work.choices import Channel, Outcome
from halkhata.engines.work.events import TaskCompleted
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.events import on


@on(TaskCompleted)
def reopen_when_follow_up_finds_it_unsolved(event: TaskCompleted) -> None:
    """A resolved ticket opens again. Closed is final (A52.7): then a linked ticket opens for the same owner."""
    if event.kind != "follow_up" or event.outcome != Outcome.NOT_SOLVED or event.parent_id is None:
        return
    ticket = (
        Ticket.objects.select_related("customer", "branch", "team", "category", "owner")
        .filter(pk=event.parent_id)
        .first()
    )
    if ticket is None:
        return
    if ticket.merged_into_id is not None:
        ticket = Ticket.objects.select_related("customer", "branch", "team", "category", "owner").get(
            pk=ticket.merged_into_id
        )
    if ticket.state == TicketState.RESOLVED:
        reopen_ticket(actor=SYSTEM, ticket=ticket, by_customer=True)
    elif ticket.state == TicketState.CLOSED:
        _open_follow_up(ticket, event)


def _open_follow_up(ticket: Ticket, event: TaskCompleted) -> None:
    cause = f"not-solved:{event.item_id}"
    if Ticket.objects.filter(cause=cause).exists():
        return  # told again
    task = WorkItem.objects.get(pk=event.item_id)
    with translation.override(ticket.owner.language):
        subject = _("Still not solved: %(subject)s") % {"subject": ticket.subject}
    open_ticket(
        actor=SYSTEM,
        kind=ticket.ticket_kind,
        subject=subject,
        description=task.outcome_note,
        customer=ticket.customer,
        channel=Channel.PHONE,
        branch=ticket.branch,
        team=ticket.team,
        category=ticket.category,
        impact=ticket.impact,
        urgency=ticket.urgency,
        serial=ticket.serial,
        owner=ticket.owner if ticket.owner.is_active else None,
        follows=ticket,
        is_demo=ticket.is_demo,
        cause=cause,
    )
