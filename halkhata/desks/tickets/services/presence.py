"""Who has a ticket open just now: one row for each person and ticket, written again every few seconds (A52.18, F17)."""

from datetime import timedelta

from halkhata.desks.tickets.models import TicketPresence
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

# The page gives a sign of life every 15 seconds; after two missed ones somebody is gone.
FORGOTTEN_AFTER = timedelta(seconds=40)


def note_presence(*, user: User, ticket_id: int, is_writing: bool) -> list[TicketPresence]:
    """Write down that ``user`` looks at the ticket, and return the others who do: one upsert, one read."""
    at = now()
    TicketPresence.objects.bulk_create(
        [TicketPresence(ticket_id=ticket_id, user=user, seen_at=at, is_writing=is_writing)],
        update_conflicts=True,
        unique_fields=["ticket", "user"],
        update_fields=["seen_at", "is_writing"],
    )
    return list(
        TicketPresence.objects.filter(ticket_id=ticket_id, seen_at__gt=at - FORGOTTEN_AFTER)
        .exclude(user=user)
        .select_related("user")
        .order_by("-is_writing", "user_id")
    )


def leave(*, user: User, ticket_id: int) -> None:
    """The page is closed or hidden: nobody needs to wait until it is forgotten."""
    TicketPresence.objects.filter(ticket_id=ticket_id, user=user).delete()


def forget_absent() -> int:
    """Remove the rows of those who are gone. Returns how many."""
    return TicketPresence.objects.filter(seen_at__lt=now() - FORGOTTEN_AFTER).delete()[0]
