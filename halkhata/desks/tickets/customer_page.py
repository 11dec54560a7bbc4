"""What a customer writes on the page of the own ticket."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.inbound import after_customer_message, target_for_reply
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.services.items import demand_manager
from halkhata.foundation.audit.trail import SystemActor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

CUSTOMER_PAGE = SystemActor("customer's page")
WINDOW = timedelta(hours=1)
MOST_AN_HOUR = 20


def take_customer_message(
    *, ticket: Ticket, text: str, files: Sequence[StoredFile] = (), not_solved: bool = False
) -> Ticket:
    """Add what the customer wrote; returns the ticket it stands on, which is a linked new one when the old has ended.

    Within the reopen window it opens a resolved ticket again (A52.7); ``not_solved`` besides goes up the ladder by the
    row for customer demand (A52.11). A photo alone says enough. Raises DomainError ``text_missing`` at ``text``,
    Conflict ``too_many``.
    """
    words = clean_text(text, multiline=True, max_length=20_000)
    if not words and not files:
        raise DomainError("text_missing", _("Please write something, or add a photo."), field="text")
    at = now()
    with transaction.atomic():
        held = lock_ticket(ticket.pk)
        _refuse_flood(held)
        target = target_for_reply(held, at=at, subject="", text=words or str(_("Photos")))
        goes_on = target.pk == held.pk
        add_customer_message(
            actor=CUSTOMER_PAGE,
            item=target,
            channel=Channel.WEB_FORM,
            text=words,
            author_label=str(held.customer) if held.customer and held.customer.name else held.caller_name,
            files=[(file, "", False) for file in files],
            at=at,
            is_first=not goes_on,
        )
        if goes_on:
            after_customer_message(target, at=at)
        if not_solved:
            demand_manager(actor=CUSTOMER_PAGE, item=target)
        record(actor=CUSTOMER_PAGE, action="follow.not_solved" if not_solved else "follow.message", record=target)
    return Ticket.objects.get(pk=target.pk)


def may_say_not_solved(ticket: Ticket) -> bool:
    """Whether "still not solved" makes sense: once we said that it is solved."""
    return ticket.state in {TicketState.RESOLVED, TicketState.CLOSED}


def _refuse_flood(ticket: Ticket) -> None:
    recent = Message.objects.filter(
        conversation__item_id=ticket.pk,
        direction=Direction.INBOUND,
        channel=Channel.WEB_FORM,
        at__gt=now() - WINDOW,
    )
    if recent.count() >= MOST_AN_HOUR:
        raise Conflict(
            "too_many", _("We have many messages from you already and will answer them. Please call if it is urgent.")
        )
