"""Whether somebody waits for us to put something right: nothing that advertises goes to them meanwhile (A54.2)."""

from collections.abc import Collection

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.choices import StateFlag


def has_open_complaint(ids: Collection[int]) -> bool:
    """Whether one of these rows of a customer has a complaint that is not resolved."""
    complaints = Ticket.objects.filter(customer_id__in=ids, ticket_kind=TicketKind.COMPLAINT)
    return complaints.filter(merged_into__isnull=True).exclude(state_flag=StateFlag.RESOLVED).exists()
