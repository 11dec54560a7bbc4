"""Calls as pages show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from halkhata.desks.tickets.call_models import Call
from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.core.clock import now

JOINABLE_FOR = timedelta(days=2)
MOST = 5


@dataclass(frozen=True, slots=True)
class CallsOfTicket:
    """``joined``: those that stand on the ticket. ``joinable``: the customer's of the last two days that a telephone
    system told of and that stand on no ticket yet. Both newest first.
    """

    joined: list[Call]
    joinable: list[Call]


def calls_around(ticket: Ticket, at: datetime | None = None) -> CallsOfTicket:
    """The calls that belong to a ticket or could. One query, none when the ticket came with the hint that none are."""
    if getattr(ticket, "hint_calls", True) is False:
        return CallsOfTicket(joined=[], joinable=[])
    wanted = Q(item_id=ticket.pk, message__isnull=False)
    if ticket.customer_id is not None:
        wanted |= Q(
            customer_id=ticket.customer_id,
            message__isnull=True,
            system__isnull=False,
            started_at__gte=(at or now()) - JOINABLE_FOR,
        )
    rows = list(Call.objects.filter(wanted).select_related("disposition").order_by("-started_at", "-pk")[: 4 * MOST])
    return CallsOfTicket(
        joined=[call for call in rows if call.message_id is not None][: 2 * MOST],
        joinable=[call for call in rows if call.message_id is None][:MOST],
    )
