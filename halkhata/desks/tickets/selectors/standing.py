"""Whether what an event told still holds when it is acted on."""

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Resolution, Ticket


def resolution_stands(resolution_id: int) -> bool:
    """Whether this resolution exists and has not been undone by a reopen."""
    return Resolution.objects.filter(pk=resolution_id, undone_at__isnull=True).exists()


def is_resolved(ticket_id: int) -> bool:
    """Whether the ticket is resolved or closed now."""
    return Ticket.objects.filter(pk=ticket_id, state__in=(TicketState.RESOLVED, TicketState.CLOSED)).exists()
