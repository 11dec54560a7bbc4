"""Answering the customer, and notes among ourselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import FLAG_OF_STATE, TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.states import allowed_states, refreshed
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services import conversations
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.files.models import StoredFile


def answer_ticket(
    *,
    actor: User,
    ticket: Ticket,
    text: str,
    next_state: str | None = None,
    version: int | None = None,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Send a public answer and put the ticket into ``next_state`` (none: a new ticket becomes open).

    Raises Conflict, and sends nothing, when somebody changed the ticket since ``version``, when it is closed, or when
    it cannot go into ``next_state``.
    """
    policies.require(actor, "ticket.reply", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        message = conversations.send_reply(actor=actor, item=locked, text=text, files=files, at=at)
        locked.refresh_from_db()
        state = next_state or (TicketState.OPEN if locked.state == TicketState.NEW else None)
        if state and state != locked.state:
            if state not in allowed_states(locked):
                raise Conflict("step_not_allowed", _("The ticket cannot go into this state."), field="next_state")
            change_state(actor=actor, item=locked, state=state, state_flag=FLAG_OF_STATE[TicketState(state)], at=at)
    refreshed(ticket)
    return message


def add_internal_note(
    *, actor: User, ticket: Ticket, text: str, files: Sequence[StoredFile] = (), at: datetime | None = None
) -> Message:
    """Write a note that only staff see. It satisfies no promise (A51.6)."""
    policies.require(actor, "ticket.note", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        message = conversations.add_note(actor=actor, item=locked, text=text, files=files, at=at)
    refreshed(ticket)
    return message


def log_ticket_call(
    *, actor: User, ticket: Ticket, outbound: bool, answered: bool, text: str, at: datetime | None = None
) -> Message:
    """Write down a phone call. One we made and the customer took is an answer; a call of the customer's is a message.

    The customer's call ends the waiting for the customer. It does not reopen a resolved ticket: whoever spoke with the
    customer knows whether that was the wish, and has a button for it. Raises Conflict for a closed ticket.
    """
    policies.require(actor, "ticket.reply", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        message = conversations.log_call(
            actor=actor, item=locked, outbound=outbound, answered=answered, text=text, at=at
        )
        locked.refresh_from_db()
        answered_first = locked.state == TicketState.NEW and outbound and answered
        heard_from = locked.state == TicketState.WAITING_CUSTOMER and not outbound
        if answered_first or heard_from:
            change_state(
                actor=actor, item=locked, state=TicketState.OPEN, state_flag=FLAG_OF_STATE[TicketState.OPEN], at=at
            )
    refreshed(ticket)
    return message
