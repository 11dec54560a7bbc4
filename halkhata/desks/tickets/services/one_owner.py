"""All open tickets of a customer into one hand: whoever keeps calling need not tell it all again (US-60)."""

from django.db import transaction

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.selectors.related import open_tickets_of
from halkhata.desks.tickets.services.work import assign_ticket
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer

REASON = "one owner for a customer who keeps coming back"


@transaction.atomic
def give_all_to_one(*, actor: User, customer: Customer, owner: User) -> int:
    """Give the customer's open tickets to one person. Returns how many changed hands.

    Raises PermissionRefused, NotFound and DomainError as ``assign_ticket`` does; then none has moved.
    """
    policies.require(actor, "ticket.assign")
    policies.require_customer(actor, customer)
    others = [ticket for ticket in open_tickets_of(actor, customer, limit=50) if ticket.owner_id != owner.pk]
    for ticket in sorted(others, key=lambda ticket: ticket.pk):
        assign_ticket(actor=actor, ticket=ticket, owner=owner, reason=REASON)
    return len(others)
