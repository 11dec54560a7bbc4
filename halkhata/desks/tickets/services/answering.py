"""Answering the customer, and notes among ourselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import FLAG_OF_STATE, TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.unseen import public_messages_after
from halkhata.desks.tickets.services.attaching import check_fits_mail
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.states import allowed_states, refreshed
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message, MessageAttachment
from halkhata.engines.messaging.services import conversations, public_notes, text_replies
from halkhata.engines.messaging.texting.segments import sms_form
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile


def answer_ticket(
    *,
    actor: User,
    ticket: Ticket,
    text: str,
    next_state: str | None = None,
    seen: int | None = None,
    state_seen: str = "",
    to: str = "",
    cc: Sequence[str] = (),
    by_text: str = "",
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Send a public answer and put the ticket into ``next_state`` (none: a new ticket becomes open).

    It goes to the customer by mail, or ``to`` somebody else who takes part, with copies to ``cc``; with ``by_text`` by
    SMS to this number of the customer's instead, and then without files.

    Whatever else of the ticket somebody changed meanwhile, the answer goes out. Two things stop it, and nothing is
    sent: Conflict ``newer_message`` when a public message came after the one with the id ``seen`` (the newest the
    writer could see; 0 for none), and Conflict ``state_changed`` when the ticket is to be put into another state and is
    no longer in ``state_seen``. The same answer sent twice from one page is sent once.

    Raises Conflict for a closed ticket and for a state it cannot go into, DomainError when the files are too large for
    a mail or there is no address.
    """
    policies.require(actor, "ticket.reply", ticket)
    check_fits_mail(files)
    if by_text and files:
        raise DomainError("no_files", _("Files cannot go by SMS. Send them by e-mail."), field="attachments")
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        if seen is not None:
            newer = list(public_messages_after(locked, seen))
            twin = next((message for message in newer if _is_same(message, actor, text)), None)
            if twin is not None:
                return twin
            if newer:
                raise Conflict(
                    "newer_message", _("Something new has come in. Nothing was sent yet: please read it first.")
                )
        if next_state and next_state != locked.state:
            if state_seen and state_seen != locked.state:
                raise Conflict(
                    "state_changed",
                    _("Meanwhile the ticket became “%(state)s”. Nothing was sent yet: please look at it again.")
                    % {"state": locked.state_label},
                    field="next_state",
                )
            if next_state not in allowed_states(locked):
                raise Conflict("step_not_allowed", _("The ticket cannot go into this state."), field="next_state")
        if by_text:
            message, _sent = text_replies.send_text_reply(actor=actor, item=locked, number=by_text, text=text, at=at)
        else:
            message = conversations.send_reply(actor=actor, item=locked, text=text, to=to, cc=cc, files=files, at=at)
        locked.refresh_from_db()
        state = next_state or (TicketState.OPEN if locked.state == TicketState.NEW else None)
        if state and state != locked.state:
            change_state(actor=actor, item=locked, state=state, state_flag=FLAG_OF_STATE[TicketState(state)], at=at)
    refreshed(ticket)
    return message


def _is_same(message: Message, actor: User, text: str, direction: Direction = Direction.OUTBOUND) -> bool:
    """Whether this is the very answer, sent a moment ago by a second press of the button."""
    return (
        message.direction == direction
        and message.author_id == actor.pk
        and message.text in {clean_text(text, multiline=True), sms_form(text)}
    )


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


def add_public_note(
    *,
    actor: User,
    ticket: Ticket,
    text: str,
    seen: int | None = None,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Write a note that the customer reads on their own page; it is sent to nobody and leaves the state alone.

    It speaks to the customer, so it asks for the right to answer. ``seen`` as in ``answer_ticket``: what came in
    meanwhile holds it back, and the same note pressed twice is written once. Raises Conflict (``closed``,
    ``newer_message``), PermissionRefused, NotFound, DomainError.
    """
    policies.require(actor, "ticket.reply", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        newer = [] if seen is None else list(public_messages_after(locked, seen))
        twin = next((one for one in newer if _is_same(one, actor, text, Direction.NOTE)), None)
        if twin is not None:
            return twin
        if newer:
            raise Conflict("newer_message", _("Something new has come in. Nothing was sent yet: please read it first."))
        message = public_notes.add_public_note(actor=actor, item=locked, text=text, files=files, at=at)
    refreshed(ticket)
    return message


def log_ticket_call(
    *,
    actor: User,
    ticket: Ticket,
    outbound: bool,
    answered: bool,
    text: str,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
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
        # A call brings no files of its own; a memo shown at the counter while it was written down does.
        MessageAttachment.objects.bulk_create(MessageAttachment(message=message, file=file) for file in files)
        locked.refresh_from_db()
        answered_first = locked.state == TicketState.NEW and outbound and answered
        heard_from = locked.state == TicketState.WAITING_CUSTOMER and not outbound
        if answered_first or heard_from:
            change_state(
                actor=actor, item=locked, state=TicketState.OPEN, state_flag=FLAG_OF_STATE[TicketState.OPEN], at=at
            )
    refreshed(ticket)
    return message
