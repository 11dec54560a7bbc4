"""Work of the complaint desk that nobody waits for."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.follow_up_texts import send_due_follow_ups
from halkhata.desks.tickets.services.presence import forget_absent
from halkhata.desks.tickets.services.states import close_ticket
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import ChecklistItem, SlaClock, WorkItem
from halkhata.engines.work.selectors.kept_open import without_kept_open
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs import task


@task()
def close_resolved_tickets(limit: int = 500) -> int:
    """Close tickets that were resolved as long ago as the shop's rule says and about which nothing is left to do.

    A ticket with an open checklist line, with a follow-up call still to be made, with a broken promise nobody has
    explained, or of which nobody has written down that the customer was told, stays resolved: its owner has something
    to do. A shop may close by hand only; then
    nothing happens. Returns how many were closed.
    """
    days = desk_rules().closes_after_days
    if days is None:
        return 0
    before = now() - timedelta(days=days, minutes=1)
    of_ticket = OuterRef("pk")
    ended = (
        Ticket.objects.filter(state=TicketState.RESOLVED, resolved_at__lt=before)
        .filter(Exists(Resolution.objects.filter(ticket=of_ticket, undone_at__isnull=True, told_at__isnull=False)))
        .exclude(Exists(ChecklistItem.objects.filter(item=of_ticket, is_required=True, done_at__isnull=True)))
        .exclude(Exists(SlaClock.objects.filter(item=of_ticket, breached_at__isnull=False, explained_at__isnull=True)))
        .exclude(
            Exists(WorkItem.objects.filter(parent=of_ticket, kind="follow_up").exclude(state_flag=StateFlag.RESOLVED))
        )
    )
    # Nor one about which there is a dispute (A60.1).
    to_close = without_kept_open(ended).order_by("resolved_at")[:limit]
    closed = 0
    for ticket in to_close:
        try:
            close_ticket(actor=SYSTEM, ticket=ticket)
        except DomainError:
            continue  # changed since the query; the next run looks again
        closed += 1
    return closed


@task()
def forget_absent_people() -> int:
    """Remove who looked at a ticket and is gone. Returns how many rows went."""
    return forget_absent()


@task()
def ask_by_text() -> int:
    """Follow-ups that are due and go by SMS. Returns how many."""
    return send_due_follow_ups()
