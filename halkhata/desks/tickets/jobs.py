"""Work of the complaint desk that nobody waits for."""

from datetime import timedelta

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.states import REOPEN_WINDOW, close_ticket
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs import task


@task()
def close_resolved_tickets(limit: int = 500) -> int:
    """Close tickets that were resolved longer ago than the reopen window and whose checklist is complete.

    Returns how many were closed. A ticket with an open checklist stays resolved: its owner has something to do.
    """
    before = now() - REOPEN_WINDOW - timedelta(minutes=1)
    closed = 0
    ended = (
        Ticket.objects.filter(state=TicketState.RESOLVED, resolved_at__lt=before)
        .exclude(checklist__is_required=True, checklist__done_at__isnull=True)
        .order_by("resolved_at")[:limit]
    )
    for ticket in ended:
        try:
            close_ticket(actor=SYSTEM, ticket=ticket)
        except DomainError:
            continue
        closed += 1
    return closed
