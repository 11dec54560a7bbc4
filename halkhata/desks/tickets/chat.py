"""How tickets are answered by chat."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import FLAG_OF_STATE, TicketKind, TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.engines.chat.registry import ChatDesk, chat_desks
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.core.errors import Conflict


def hold_for_answer(*, actor: Any, item: WorkItem) -> None:
    """Lock the ticket; refuse who may not answer it, and what is closed for good."""
    ticket = lock_ticket(item.pk)
    policies.require(actor, "ticket.reply", ticket)
    if ticket.state == TicketState.CLOSED:
        raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))


def after_answer(*, actor: Any, item: WorkItem, at: datetime) -> None:
    """A new ticket that was answered is open, as after a mail."""
    ticket = Ticket.objects.get(pk=item.pk)
    if ticket.state == TicketState.NEW:
        change_state(
            actor=actor, item=ticket, state=TicketState.OPEN, state_flag=FLAG_OF_STATE[TicketState.OPEN], at=at
        )


def register() -> None:
    """Offer this desk to the chat engine; called when the app is ready."""
    for kind in TicketKind.values:
        chat_desks.register(kind, ChatDesk(hold_for_answer=hold_for_answer, after_answer=after_answer))
