"""What a customer is told must be somebody's work: a task for the time that was named (US-03)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.wording import number_for
from halkhata.foundation.audit.trail import SYSTEM


def keep_word(ticket: Ticket, until: datetime, cause: str) -> None:
    """Plan that the customer hears from us at ``until``; the same ``cause`` plans it once."""
    with translation.override(ticket.owner.language):
        subject = _("Tell the customer how it stands: %(number)s") % {"number": number_for(ticket.owner, ticket.number)}
    plan_task(
        actor=SYSTEM,
        kind="follow_up",
        subject=subject,
        customer=ticket.customer,
        parent=ticket,
        branch=ticket.branch,
        team=ticket.team,
        owner=ticket.owner,
        planned_at=until,
        cause=cause,
        is_demo=ticket.is_demo,
    )
