"""What can be done to every kind of work, with the desk's own rights in front: owner, priority, manager, checklist."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.events import TicketPromiseMoved
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.work.models import ChecklistItem
from halkhata.engines.work.selectors.promise_text import answer_due
from halkhata.engines.work.services import checklists, items
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text


def assign_ticket(*, actor: User, ticket: Ticket, owner: User, reason: str = "", version: int | None = None) -> Ticket:
    """Give the ticket to somebody, or take it oneself. Raises PermissionRefused, NotFound, Conflict."""
    policies.require(actor, "ticket.edit", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        items.assign_item(actor=actor, item=locked, owner=owner, reason=clean_text(reason, max_length=200))
    return refreshed(ticket)


def set_ticket_priority(
    *, actor: User, ticket: Ticket, priority: str, reason: str = "", version: int | None = None
) -> Ticket:
    """Set the priority by hand. Raises PermissionRefused, NotFound, Conflict, DomainError ``bad_priority``."""
    policies.require(actor, "ticket.edit", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        before = answer_due(locked)
        items.change_priority(actor=actor, item=locked, priority=priority, reason=clean_text(reason, max_length=200))
        after = answer_due(locked)
        if before is not None and after is not None and after > before:
            publish(
                TicketPromiseMoved(ticket_id=locked.pk, number=locked.number, promised_before=before, promised_at=after)
            )
    return refreshed(ticket)


def demand_manager(*, actor: User, ticket: Ticket) -> Ticket:
    """The customer asks for the manager: the escalation matrix takes its steps at once (A52.11).

    Raises PermissionRefused without the right to escalate, NotFound outside the actor's scope.
    """
    policies.require(actor, "work.escalate", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        items.demand_manager(actor=actor, item=locked)
    return refreshed(ticket)


def tick_line(*, actor: User, ticket: Ticket, line_id: int, done: bool) -> ChecklistItem:
    """Tick a line of the ticket's checklist off, or take the tick back. Raises NotFound for another item's line."""
    policies.require(actor, "ticket.edit", ticket)
    line = ChecklistItem.objects.select_related("item").filter(pk=line_id, item_id=ticket.pk).first()
    if line is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return checklists.tick(actor=actor, line=line, done=done)
