"""A follow-up call ends with "not solved" -> the ticket is open again (US-11)."""

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.states import reopen_ticket
from halkhata.engines.work.choices import Outcome
from halkhata.engines.work.events import TaskCompleted
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.events import on


@on(TaskCompleted)
def reopen_when_follow_up_finds_it_unsolved(event: TaskCompleted) -> None:
    """Only a resolved ticket: closed is final, and one that is open needs nothing."""
    if event.kind != "follow_up" or event.outcome != Outcome.NOT_SOLVED or event.parent_id is None:
        return
    ticket = Ticket.objects.filter(pk=event.parent_id, state=TicketState.RESOLVED).first()
    if ticket is not None:
        reopen_ticket(actor=SYSTEM, ticket=ticket, by_customer=True)
