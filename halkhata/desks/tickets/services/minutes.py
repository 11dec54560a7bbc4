"""Minutes of work on a ticket: who may write them down, and who may take a line back (A52.13)."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.models import WorkMinutes
from halkhata.engines.work.services.minutes import take_minutes_back, write_minutes
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import PermissionRefused


def write_ticket_minutes(
    *, actor: User, ticket: Ticket, minutes: int, what: str, worked_on: date | None = None
) -> WorkMinutes:
    """Write down one's own minutes. Also on a closed ticket: the work was done. Raises as ``write_minutes``."""
    policies.require(actor, "ticket.note", ticket)
    return write_minutes(actor=actor, item=ticket, minutes=minutes, what=what, worked_on=worked_on)


def take_ticket_minutes_back(*, actor: User, ticket: Ticket, line_id: int) -> WorkMinutes:
    """Take back a line of one's own; another person's needs the right to give work to others.

    Raises PermissionRefused ``not_your_minutes`` and as ``take_minutes_back``.
    """
    policies.require(actor, "ticket.note", ticket)
    with transaction.atomic():
        line = take_minutes_back(actor=actor, item=ticket, line_id=line_id)
        assert line.takes_back is not None
        if line.takes_back.actor_id_then != actor.pk and not actor.may("ticket.assign"):
            raise PermissionRefused("not_your_minutes", _("Somebody else wrote this line."), permission="ticket.assign")
    return line
