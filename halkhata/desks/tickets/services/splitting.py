"""Splitting messages off into a ticket of their own (A52.14): two problems in one conversation become two tickets."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.events import TicketSplit
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.selectors.splitting import movable_messages
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.messaging.models import Conversation
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.following import move_message
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.clocks import recompute
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.activities import record_activity


def split_ticket(
    *,
    actor: User,
    ticket: Ticket,
    message_ids: Collection[int],
    subject: str,
    category: Category | None = None,
    owner: User | None = None,
    acknowledge: bool = True,
    version: int | None = None,
) -> Ticket:
    """Open a new ticket with these messages, which leave this one; the two are linked.

    The new ticket's promises count from its oldest message, and what left no longer waits for an answer here. It is the
    same customer's, in the same department, with the same owner unless another is named. The message that opened the
    ticket and our own answers stay. Raises PermissionRefused, NotFound; Conflict ``closed``, ``merged``,
    ``changed_meanwhile``, ``messages_gone``; DomainError at ``messages`` or ``subject``.
    """
    policies.require(actor, "ticket.edit", ticket)
    policies.require(actor, "ticket.create")
    title = clean_text(subject, max_length=200)
    if not title:
        raise DomainError("subject_missing", _("Say in a few words what it is about."), field="subject")
    wanted = set(message_ids)
    if not wanted:
        raise DomainError("no_messages", _("Choose at least one message."), field="messages")
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        messages = [message for message in movable_messages(locked) if message.pk in wanted]
        if len(messages) != len(wanted):
            raise Conflict(
                "messages_gone", _("One of these messages cannot be split off. Please choose again."), field="messages"
            )
        first = messages[0]
        new = open_ticket(
            actor=actor,
            kind=locked.ticket_kind,
            subject=title,
            description=first.text,
            customer=locked.customer,
            channel=first.channel if first.channel in {"email", "web_form", "phone", "counter"} else locked.channel,
            branch=locked.branch,
            team=locked.team,
            category=category,
            impact=locked.impact,
            urgency=locked.urgency,
            owner=owner or (locked.owner if locked.owner.is_active else None),
            follows=locked,
            opened_at=first.at,
            is_demo=locked.is_demo,
            acknowledge=acknowledge,
        )
        _carry_address(locked, new)
        for message in messages:
            source = locked if message.conversation.item_id == locked.pk else message.conversation.item
            move_message(actor=actor, message=message, source=source, target=new)
        if any(message.conversation.item_id != locked.pk for message in messages):
            recompute(locked)  # it left by the history of a ticket that was merged into this one
        record(
            actor=actor,
            action="ticket.split",
            record=locked,
            after={"new": new.number, "messages": [message.pk for message in messages]},
        )
        record_activity(
            customer=locked.customer,
            verb="ticket.split",
            data={"number": new.number, "from": locked.number},
            url=f"/tickets/{new.number}/",
            actor=actor,
        )
        publish(TicketSplit(ticket_id=locked.pk, number=locked.number, new_id=new.pk, new_number=new.number))
    refreshed(ticket)
    return refreshed(new)


def _carry_address(ticket: Ticket, new: WorkItem) -> None:
    """The new conversation goes on with the address and the mailbox of the old one."""
    before = Conversation.objects.filter(item_id=ticket.pk).first()
    if before is None:
        return
    conversation = conversation_of(new)
    conversation.mailbox = before.mailbox or conversation.mailbox
    conversation.customer_address = before.customer_address or conversation.customer_address
    conversation.automatic_mail_stopped_at = before.automatic_mail_stopped_at
    conversation.save(update_fields=["mailbox", "customer_address", "automatic_mail_stopped_at"])
