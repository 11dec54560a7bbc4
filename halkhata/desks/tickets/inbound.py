"""How inbound mail opens tickets and comes back to them."""

from datetime import datetime
from typing import Any

from halkhata.desks.tickets.choices import FLAG_OF_STATE, TicketKind, TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.states import may_reopen, reopen_ticket
from halkhata.engines.messaging.registry import InboundDesk, inbound_desks
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.audit.trail import SYSTEM


def open_for_message(
    *,
    actor: Any,
    kind: str,
    customer: Any,
    branch: Any,
    team: Any,
    channel: str,
    subject: str,
    text: str,
    acknowledge: bool,
    opened_at: datetime | None = None,
    may_belong_to: WorkItem | None = None,
    follows: WorkItem | None = None,
    is_demo: bool = False,
) -> WorkItem:
    """Open a ticket for a mail. A mail without words still gets a ticket: its attachments may say it all."""
    from django.utils.translation import gettext as _

    return open_ticket(
        actor=actor,
        kind=kind,
        subject=subject or _("Mail without a subject"),
        description=text,
        customer=customer,
        channel=channel,
        branch=branch,
        team=team,
        opened_at=opened_at,
        acknowledge=acknowledge,
        may_belong_to=may_belong_to,
        follows=Ticket.objects.filter(pk=follows.pk).first() if follows else None,
        is_demo=is_demo,
    )


def target_for_reply(item: WorkItem, *, at: datetime, subject: str, text: str, acknowledge: bool = True) -> WorkItem:
    """The ticket itself while it may take the answer; after the reopen window a linked new ticket (A52.7)."""
    ticket = Ticket.objects.select_related("customer", "branch", "team", "category").get(pk=item.pk)
    if ticket.merged_into_id is not None:
        item = WorkItem.objects.get(pk=ticket.merged_into_id)
        return target_for_reply(item, at=at, subject=subject, text=text, acknowledge=acknowledge)
    if ticket.state not in {TicketState.RESOLVED, TicketState.CLOSED} or may_reopen(ticket, at):
        return ticket
    return open_ticket(
        actor=SYSTEM,
        kind=ticket.ticket_kind,
        subject=subject or ticket.subject,
        description=text,
        customer=ticket.customer,
        channel=ticket.channel,
        branch=ticket.branch,
        team=ticket.team,
        category=ticket.category,
        impact=ticket.impact,
        urgency=ticket.urgency,
        serial=ticket.serial,
        follows=ticket,
        opened_at=at,
        acknowledge=acknowledge,
        is_demo=ticket.is_demo,
    )


def after_customer_message(item: WorkItem, *, at: datetime) -> None:
    """The customer has written: a resolved ticket opens again, one that waited for the customer goes on."""
    ticket = Ticket.objects.get(pk=item.pk)
    if may_reopen(ticket, at):
        reopen_ticket(actor=SYSTEM, ticket=ticket, by_customer=True, at=at)
    elif ticket.state == TicketState.WAITING_CUSTOMER:
        change_state(
            actor=SYSTEM, item=ticket, state=TicketState.OPEN, state_flag=FLAG_OF_STATE[TicketState.OPEN], at=at
        )


DESK = InboundDesk(
    open_item=open_for_message, target_for_reply=target_for_reply, after_customer_message=after_customer_message
)


def register() -> None:
    """Offer this desk to the messaging engine; called when the app is ready."""
    for kind in TicketKind.values:
        inbound_desks.register(kind, DESK)
