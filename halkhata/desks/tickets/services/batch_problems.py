"""One problem, many tickets: a parent with children, resolved together (A52.14)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import ENDED, TicketKind
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.item_history import lock_items, update_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader

MOST_CHILDREN = 200


def set_parent(*, actor: User, ticket: Ticket, parent: Ticket | None, version: int | None = None) -> Ticket:
    """Hang the ticket under the one that stands for the whole problem, or take it out (``parent`` None).

    There is one level: a child has no children. Raises PermissionRefused, NotFound; Conflict ``changed_meanwhile``,
    ``merged``, ``own_parent``, ``parent_is_child``, ``has_children``, ``too_many``.
    """
    policies.require(actor, "ticket.edit", ticket)
    if parent is not None:
        policies.require(actor, "ticket.edit", parent)
        if parent.pk == ticket.pk:
            raise Conflict("own_parent", _("A ticket cannot stand above itself."), field="parent")
    with transaction.atomic():
        lock_items([one.pk for one in (ticket, parent) if one is not None])
        locked = lock_ticket(ticket.pk, version=version)
        if parent is not None:
            above = lock_ticket(parent.pk)
            if above.parent_id is not None:
                raise Conflict(
                    "parent_is_child",
                    _("That ticket belongs to a larger problem itself. Choose the one above it."),
                    field="parent",
                )
            if _children(locked.pk).exists():
                raise Conflict(
                    "has_children",
                    _("Other tickets belong to this one. It cannot belong to another at the same time."),
                    field="parent",
                )
            if _children(above.pk).count() >= MOST_CHILDREN:
                raise Conflict("too_many", _("So many tickets belong to it already."), field="parent")
        after = parent.pk if parent is not None else None
        if locked.parent_id != after:
            before = locked.parent.number if locked.parent is not None else None
            update_item(locked, parent_id=after)
            record(
                actor=actor,
                action="ticket.parent",
                record=locked,
                before={"parent": before},
                after={"parent": parent.number if parent is not None else None},
            )
    return refreshed(ticket)


def resolve_with_children(
    *, actor: User, ticket: Ticket, children: Collection[str], **values: Any
) -> tuple[Resolution, list[Resolution]]:
    """Resolve a ticket and those of its open children whose numbers are given, with the same words, all or none.

    Each child gets its own resolution and its customer a letter of their own. Who was told on the phone is said of the
    parent's customer only. Raises what ``resolve_ticket`` raises; for a child DomainError at ``children`` with its
    number.
    """
    with transaction.atomic():
        wanted = set(children)
        rows = list(
            Ticket.objects.visible_to(actor)
            .filter(parent_id=ticket.pk, number__in=wanted, kind__in=TicketKind.values)
            .exclude(state__in=ENDED)
            .order_by("pk")
        )
        if {row.number for row in rows} != wanted:
            raise Conflict(
                "children_changed",
                _("One of these tickets has ended or belongs elsewhere by now. Please look again."),
                field="children",
            )
        lock_items([ticket.pk, *(row.pk for row in rows)])
        resolution = resolve_ticket(actor=actor, ticket=ticket, **values)
        names = ("root_cause", "action", "remedy", "delay_reason", "delay_note", "at")
        shared: dict[str, Any] = {name: values[name] for name in names if values.get(name)}
        resolved = []
        for row in rows:
            try:
                resolved.append(
                    resolve_ticket(actor=actor, ticket=row, category=row.category or ticket.category, **shared)
                )
            except DomainError as error:
                reader = current_reader()
                number = format_ref(row.number, language=reader.language, digits=reader.digits)
                kind = Conflict if isinstance(error, Conflict) else DomainError
                raise kind(
                    error.code, _("%(number)s: %(why)s") % {"number": number, "why": error.message}, field="children"
                ) from error
    return resolution, resolved


def _children(item_id: int) -> Any:
    return WorkItem.objects.filter(parent_id=item_id, kind__in=TicketKind.values)
