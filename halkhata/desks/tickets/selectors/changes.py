"""What somebody else changed while a page was open, in words (A52.18, F17)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.choices import Priority, WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.accounts.models import User

MOST_SHOWN = 10


def newest_change_id(ticket: Ticket) -> int:
    """The id of the newest line of the ticket's history: what ``changes_since`` counts from."""
    known: int | None = getattr(ticket, "hint_event", None)
    if known is not None:
        return known
    return WorkEvent.objects.filter(item_id=ticket.pk).order_by("-pk").values_list("pk", flat=True).first() or 0


def changes_since(ticket: Ticket, seen: int) -> list[dict[str, Any]]:
    """The lines of history after the one with the id ``seen``, oldest first: ``at``, ``who``, ``what``."""
    rows = list(WorkEvent.objects.filter(item_id=ticket.pk, pk__gt=seen).order_by("pk")[:MOST_SHOWN])
    names = _names(rows)
    return [
        {"at": row.at, "who": names.get(row.actor_id_then or 0, row.actor_label), "what": _said(row)} for row in rows
    ]


def _names(rows: Iterable[WorkEvent]) -> dict[int, str]:
    ids = {row.actor_id_then for row in rows if row.actor_id_then}
    return {user.pk: user.name for user in User.objects.filter(pk__in=ids)} if ids else {}


def _said(row: WorkEvent) -> Any:
    to = str(row.data.get("to", ""))
    label: Any = row.kind_label
    if to in TicketState.values and row.kind != WorkEventKind.PRIORITY_CHANGED:
        return _("%(what)s: %(to)s") % {"what": label, "to": TicketState(to).label}
    if row.kind == WorkEventKind.PRIORITY_CHANGED and to in Priority.values:
        return _("%(what)s: %(to)s") % {"what": label, "to": Priority(to).label}
    return _("%(what)s: %(to)s") % {"what": label, "to": to} if to else label
