"""Taking down what a caller, or somebody at the counter, says (US-07)."""

from collections.abc import Sequence

from django.db import transaction

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import Impact, TicketKind, Urgency
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.answering import log_ticket_call
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.routing import team_for
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

# Written to the audit trail when staff say that a known number belongs to somebody else as well.
ANOTHER_PERSON = "caller says: another person with the same number"


def customer_of_caller(*, actor: User, name: str, phone: str, is_another_person: bool = False) -> Customer | None:
    """The new customer a caller becomes; None for a caller who gives no number (the name stays on the ticket).

    Raises DomainError "possible_duplicate" with ``matches`` when the number is known and it is not said to be another
    person's, and PhoneError for a number that is none.
    """
    if not clean_text(phone):
        return None
    try:
        parse_phone(phone, region=actor.branch.country)
    except PhoneError as error:
        raise PhoneError(error.code, error.message, field="phone") from error
    return create_customer(
        actor=actor,
        name_bn=name,
        phones=[phone],
        confirm_duplicate=ANOTHER_PERSON if is_another_person else "",
    )


def open_for_caller(
    *,
    actor: User,
    customer: Customer | None,
    text: str,
    channel: str = Channel.PHONE,
    kind: str = TicketKind.COMPLAINT,
    category: Category | None = None,
    impact: str = Impact.MEDIUM,
    urgency: str = Urgency.MEDIUM,
    serial: str = "",
    caller_name: str = "",
    files: Sequence[StoredFile] = (),
    cause: str = "",
) -> Ticket:
    """Open a ticket in the words of the caller; the words are also the first message of its conversation.

    Raises what ``open_ticket`` raises. A ``cause`` seen before (the form was sent twice) returns that ticket.
    """
    with transaction.atomic():
        if cause:
            known = Ticket.objects.visible_to(actor).filter(cause=cause).first()
            if known is not None:
                return known
        ticket = open_ticket(
            actor=actor,
            kind=kind,
            subject="",
            description=text,
            customer=customer,
            channel=channel,
            branch=actor.branch,
            team=team_for(branch=actor.branch, category=category, taken_by=actor),
            category=category,
            impact=impact,
            urgency=urgency,
            serial=serial,
            caller_name=caller_name,
            taken_by=actor,
            cause=cause,
        )
        add_customer_message(
            actor=actor,
            item=ticket,
            channel=channel,
            text=ticket.description,
            author_label=ticket.caller_name or (str(customer) if customer else ""),
            files=[(file, "", False) for file in files],
            at=ticket.opened_at,
            is_first=True,
        )
    return ticket


def add_to_open_ticket(*, actor: User, ticket: Ticket, text: str, files: Sequence[StoredFile] = ()) -> Message:
    """The caller speaks of something we know already: it becomes a message of the customer's on that ticket."""
    policies.require(actor, "ticket.create", ticket)
    return log_ticket_call(actor=actor, ticket=ticket, outbound=False, answered=True, text=text, files=files)
