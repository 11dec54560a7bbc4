"""Merging tickets, and undoing it (A52.14). What happens to the rows: engines/work/services/merging.py and ADR 0014."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.events import TicketMerged, TicketUnmerged
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.merging import UNDO_WITHIN
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.messaging.services.following import send_followed_back
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import ItemMerge, WorkItem
from halkhata.engines.work.selectors.merged import merge_of
from halkhata.engines.work.services.item_history import lock_items
from halkhata.engines.work.services.merging import merge_items, unmerge_item
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.records.customers.services.activities import record_activity


def merge_tickets(
    *,
    actor: Actor | None,
    ticket: Ticket,
    into: Ticket,
    other_customer_is_right: bool = False,
    reason: str = "",
    version: int | None = None,
    into_version: int | None = None,
) -> ItemMerge:
    """Merge ``ticket`` into ``into``, which takes its messages, its mail and its earlier promise along.

    Raises PermissionRefused, NotFound; Conflict ``changed_meanwhile``, ``merged`` (one of them already is), ``closed``,
    ``survivor_is_over`` (an open ticket cannot become part of one that has ended), ``merge_same``; DomainError
    ``other_customer`` when the customers differ and ``other_customer_is_right`` does not say that this is meant.
    """
    for one in (ticket, into):
        policies.require(actor, "ticket.edit", one)
    if ticket.pk == into.pk:
        raise Conflict("merge_same", _("A ticket cannot be merged into itself."), field="into")
    with transaction.atomic():
        # In one order, so that two who merge the same pair the other way round wait for each other.
        lock_items([ticket.pk, into.pk])
        source, target = lock_ticket(ticket.pk, version=version), lock_ticket(into.pk, version=into_version)
        if TicketState.CLOSED in {source.state, target.state}:
            raise Conflict("closed", _("A closed ticket stays as it is: it cannot be merged."), field="into")
        if target.state_flag == StateFlag.RESOLVED and source.state_flag != StateFlag.RESOLVED:
            raise Conflict(
                "survivor_is_over",
                _("This ticket is solved already. Open it again first, or merge the other way round."),
                field="into",
            )
        if source.customer_id != target.customer_id and not other_customer_is_right:
            raise DomainError(
                "other_customer",
                _("The two tickets belong to different customers. Say that this is meant."),
                field="other_customer_is_right",
            )
        merge = merge_items(actor=actor, item=source, survivor=target, reason=reason)
        for one in (source, target):
            one.refresh_from_db()
        record_activity(
            customer=source.customer,
            verb="ticket.merged",
            data={"number": source.number, "into": target.number},
            url=f"/tickets/{target.number}/",
            actor=actor,
        )
        if target.owner_id != getattr(actor, "pk", None):
            notify(
                user=target.owner,
                verb="ticket.merged",
                item=target,
                data={"number": source.number, "into": target.number},
                cause=f"merge:{merge.pk}",
            )
        publish(TicketMerged(ticket_id=source.pk, number=source.number, into_id=target.pk, into_number=target.number))
    for one in (ticket, into):
        refreshed(one)
    return merge


def unmerge_ticket(*, actor: Actor | None, ticket: Ticket, version: int | None = None) -> Ticket:
    """Undo the merge of ``ticket``: it and the survivor are as they were before.

    What was said since stays with the survivor, except the mail that was written for this ticket. Raises
    PermissionRefused, NotFound; Conflict ``not_merged``, ``undo_too_late`` after UNDO_WITHIN, ``changed_meanwhile``.
    """
    merge = merge_of(ticket.pk)
    policies.require(actor, "ticket.edit", ticket)
    if merge is None:
        raise Conflict("not_merged", _("This ticket is not merged into another one."))
    survivor = Ticket.objects.get(pk=merge.survivor_id)
    policies.require(actor, "ticket.edit", survivor)
    if now() > merge.at + UNDO_WITHIN:
        raise Conflict("undo_too_late", _("A merge can be undone for 30 days; this one is older."))
    with transaction.atomic():
        root_id = WorkItem.objects.values_list("merged_into_id", flat=True).get(pk=ticket.pk)
        held = lock_items([pk for pk in (ticket.pk, survivor.pk, root_id) if pk])
        if version is not None and held[ticket.pk].version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            )
        unmerge_item(actor=actor, merge=merge)
        fresh = WorkItem.objects.select_related("customer", "branch", "team", "owner").in_bulk(
            [pk for pk in (ticket.pk, survivor.pk, root_id) if pk]
        )
        source, root = fresh[ticket.pk], fresh[root_id]
        send_followed_back(actor=actor, item=source, survivor=root)
        record_activity(
            customer=source.customer,
            verb="ticket.unmerged",
            data={"number": source.number, "from": survivor.number},
            url=f"/tickets/{source.number}/",
            actor=actor,
        )
        if isinstance(actor, User) and source.owner_id != actor.pk:
            notify(
                user=source.owner,
                verb="ticket.unmerged",
                item=source,
                data={"number": source.number, "from": survivor.number},
                cause=f"unmerge:{merge.pk}",
            )
        publish(
            TicketUnmerged(ticket_id=source.pk, number=source.number, from_id=survivor.pk, from_number=survivor.number)
        )
    return refreshed(ticket)
