"""A ticket of somebody who quoted another one: taken into it, or left alone (B66, B68)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.merging import merge_tickets
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.participants import add_participant
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.services.item_history import lock_items
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound


@transaction.atomic
def join_quoted(*, actor: User, ticket: Ticket) -> Ticket:
    """Take the ticket into the one that its mail quoted: the mail stands there, and its sender takes part from now on.

    Nothing of the other ticket's past is sent. Raises PermissionRefused, NotFound, Conflict ``nothing_quoted`` when
    somebody was faster, ``quoted_is_over`` for a closed ticket, and what ``merge_tickets`` raises.
    """
    policies.require(actor, "ticket.edit", ticket)
    quoted = Ticket.objects.values_list("may_belong_to_id", flat=True).get(pk=ticket.pk)
    # In one order, as every merge takes them.
    lock_items([pk for pk in (ticket.pk, quoted) if pk])
    source = lock_ticket(ticket.pk)
    target = Ticket.objects.filter(pk=quoted).first() if quoted and quoted == source.may_belong_to_id else None
    if target is None:
        raise Conflict("nothing_quoted", _("This has been settled already."))
    policies.require(actor, "ticket.edit", target)
    if target.state == TicketState.CLOSED:
        raise Conflict("quoted_is_over", _("The other ticket is closed for good: it takes nothing in any more."))
    addresses = list(
        Message.objects.filter(
            conversation__item_id=source.pk, direction=Direction.INBOUND, channel=Channel.EMAIL, is_automatic=False
        )
        .exclude(from_address="")
        .order_by("at", "pk")
        .values_list("from_address", "author_label")
    )
    merge_tickets(actor=actor, ticket=source, into=target, other_customer_is_right=True)
    for address, name in dict(addresses).items():
        try:
            add_participant(actor=actor, item=target, address=address, name=name)
        except NotFound:
            raise
        except DomainError:
            continue  # the customer's own, or no address anybody could answer to: nothing to add
    Ticket.objects.filter(pk=source.pk).update(may_belong_to=None)
    record(actor=actor, action="ticket.join", record=source, after={"into": target.number})
    return target


@transaction.atomic
def dismiss_quoted(*, actor: User, ticket: Ticket) -> None:
    """Say that the ticket has nothing to do with the one its mail quoted.

    Raises PermissionRefused, NotFound, Conflict ``nothing_quoted`` when somebody was faster.
    """
    policies.require(actor, "ticket.edit", ticket)
    source = lock_ticket(ticket.pk)
    if source.may_belong_to is None:
        raise Conflict("nothing_quoted", _("This has been settled already."))
    Ticket.objects.filter(pk=source.pk).update(may_belong_to=None)
    record(actor=actor, action="ticket.join_dismissed", record=source, before={"quoted": source.may_belong_to.number})
