"""What could be merged with a ticket, and what is merged (A52.14)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from halkhata.desks.tickets.choices import ENDED, TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import ItemMerge
from halkhata.engines.work.selectors.merged import family, merge_of
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint

# So long a merge can be undone.
UNDO_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kin:
    """Tickets that belong to this one: merged into it, above it, below it."""

    merge: ItemMerge | None
    may_undo: bool
    survivor: Ticket | None
    merged: list[Ticket]
    parent: Ticket | None
    children: list[Ticket]

    @property
    def open_children(self) -> list[Ticket]:
        """Children that are still worked on."""
        return [child for child in self.children if child.state_flag != StateFlag.RESOLVED]


def kin_of(user: User, ticket: Ticket) -> Kin:
    """Everything that belongs to the ticket and may be seen, in one query; one more for a merged ticket."""
    near = Q(merged_into_id=ticket.pk) | Q(parent__in=family(ticket.pk))
    ids = [pk for pk in (ticket.parent_id, ticket.merged_into_id) if pk is not None]
    if not ids and not getattr(ticket, "hint_below", True) and not getattr(ticket, "hint_merged", True):
        return Kin(merge=None, may_undo=False, survivor=None, merged=[], parent=None, children=[])
    found = list(
        Ticket.objects.visible_to(user)
        .filter(near | Q(pk__in=ids))
        .exclude(pk=ticket.pk)
        .select_related("owner", "customer")
        .order_by("opened_at", "pk")
    )
    merge = merge_of(ticket.pk) if ticket.merged_into_id is not None else None
    return Kin(
        merge=merge,
        may_undo=merge is not None and now() <= merge.at + UNDO_WITHIN,
        survivor=next((one for one in found if one.pk == ticket.merged_into_id), None),
        merged=[one for one in found if one.merged_into_id == ticket.pk],
        parent=next((one for one in found if one.pk == ticket.parent_id), None),
        children=[one for one in found if one.parent_id is not None and one.pk not in ids and _is_child(one, ticket)],
    )


def _is_child(one: Ticket, ticket: Ticket) -> bool:
    return one.kind in TicketKind.values and one.merged_into_id != ticket.pk and one.merged_into_id is None


def merge_candidates(user: User, ticket: Ticket, limit: int = 8) -> list[Ticket]:
    """Open tickets this one may be a double of: of the same customer, or of somebody with the same phone number."""
    wanted = Q(pk__in=[])
    if ticket.customer_id is not None:
        phones = ContactPoint.objects.filter(customer_id=ticket.customer_id, kind=ContactKind.PHONE).values("value")
        sharing = ContactPoint.objects.filter(kind=ContactKind.PHONE, value__in=phones).values("customer_id")
        wanted |= Q(customer_id=ticket.customer_id) | Q(customer_id__in=sharing)
    if ticket.serial:
        wanted |= Q(serial=ticket.serial)
    return list(
        Ticket.objects.visible_to(user)
        .filter(wanted)
        .exclude(state__in=ENDED)
        .exclude(pk=ticket.pk)
        .select_related("owner", "customer")
        .order_by("-opened_at")[:limit]
    )


def ticket_typed(user: User, typed: str) -> Ticket | None:
    """The ticket somebody names by its number, in any spelling; None when there is none in sight."""
    number = parse_ref(typed)
    if not number:
        return None
    return (
        Ticket.objects.visible_to(user)
        .select_related("customer", "owner", "branch", "team", "category")
        .filter(number=number)
        .first()
    )


def message_count(ticket: Ticket) -> int:
    """How many messages its page shows."""
    return Message.objects.filter(conversation__item__in=family(ticket.pk)).aggregate(found=Count("pk"))["found"]
