"""Taking hold of a ticket before changing it."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.core.errors import Conflict, NotFound


def lock_ticket(ticket_id: int, *, version: int | None = None) -> Ticket:
    """The ticket with its row locked.

    Raises Conflict when ``version`` is no longer current or the ticket was merged into another, NotFound when gone.
    """
    lock_item(ticket_id, version=version)
    ticket = (
        Ticket.objects.select_related("customer", "owner", "branch", "team", "category").filter(pk=ticket_id).first()
    )
    if ticket is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if ticket.merged_into_id is not None:
        raise Conflict("merged", _("This ticket was merged into another one. Go on there."))
    return ticket
