"""Taking down what a caller, or somebody at the counter, says (US-07), and calls with what they led to (A52.21)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.call_models import Call, CallDirection, CallState, Consent, Disposition
from halkhata.desks.tickets.choices import Impact, TicketKind, Urgency
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.answering import log_ticket_call
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.routing import team_for
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

# Written to the audit trail when staff say that a known number belongs to somebody else as well.
ANOTHER_PERSON = "caller says: another person with the same number"


def customer_of_caller(
    *, actor: User, name: str, phone: str, is_another_person: bool = False, serial: str = ""
) -> Customer | None:
    """The new customer a caller becomes; None for a caller who gives no number (the name stays on the ticket).

    Raises DomainError "possible_duplicate" with ``matches`` when the number is known, or the unit of ``serial`` is
    somebody's, and it is not said to be another person's, and PhoneError for a number that is none.
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
        serials=[serial],
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
            written = WorkItem.objects.exclude(cause="").filter(cause=cause).values("pk")
            known = Ticket.objects.visible_to(actor).filter(pk__in=written).first()
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


@transaction.atomic
def log_call(
    *,
    actor: User,
    ticket: Ticket,
    outbound: bool,
    answered: bool,
    text: str,
    number: str = "",
    disposition: Disposition | None = None,
    minutes: int | None = None,
    recording_url: str = "",
    consent: str = Consent.NOT_ASKED,
    call: Call | None = None,
    at: datetime | None = None,
) -> Message:
    """Write a call down on a ticket: a line of its conversation, and what the shop wants to know of each call.

    ``call``: one that a telephone system told of; who called, when, how long and whether it was answered are then as
    the system says. Only an answered call of ours counts as an answer. Raises what ``log_ticket_call`` raises;
    DomainError ``no_consent`` for a recording that the customer was not told of, ``bad_recording``, ``bad_minutes``;
    Conflict ``joined_already`` when the call stands on a ticket already.
    """
    url = checked_recording(recording_url, consent)
    if minutes is not None and not 0 <= minutes <= 24 * 60:
        raise DomainError("bad_minutes", _("A call lasts from 0 to 1440 minutes."), field="minutes")
    if call is not None:
        call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if call.message_id is not None:
            raise Conflict("joined_already", _("This call stands on a ticket already."))
        outbound = call.direction == CallDirection.OUTBOUND
        # A call that is still going on is being answered at this moment.
        answered = call.answered or call.state == CallState.TALKING
        at = min(call.started_at, now())
    message = log_ticket_call(actor=actor, ticket=ticket, outbound=outbound, answered=answered, text=text, at=at)
    if call is None:
        seconds = minutes * 60 if minutes is not None and answered else None
        call = Call(
            direction=CallDirection.OUTBOUND if outbound else CallDirection.INBOUND,
            state=CallState.ENDED,
            answered=answered,
            seconds=seconds,
            started_at=message.at,
            ended_at=message.at + timedelta(seconds=seconds or 0),
            number=number[:40],
            user=actor,
            branch=ticket.branch,
        )
    call.customer = call.customer or ticket.customer
    call.item = ticket
    call.message = message
    call.disposition = disposition
    call.note = message.text
    call.consent = consent or call.consent
    if url:
        call.recording_url = url
    elif call.consent not in RECORDABLE:
        call.recording_url = ""
    call.user = call.user or actor
    call.save()
    record(actor=actor, action="call.joined", record=call, after=call_state(call))
    return message


RECORDABLE = frozenset({Consent.TOLD, Consent.AGREED})


def checked_recording(url: str, consent: str) -> str:
    """The address of a recording. Raises DomainError ``no_consent``, ``bad_recording``, ``bad_consent``."""
    if consent not in Consent.values:
        raise DomainError("bad_consent", _("Choose from the list."), field="consent")
    url = clean_text(url)
    if not url:
        return ""
    if len(url) > 500 or not url.startswith(("https://", "http://")) or any(sign.isspace() for sign in url):
        raise DomainError("bad_recording", _("The address of a recording begins with https://."), field="recording_url")
    if consent not in RECORDABLE:
        raise DomainError(
            "no_consent",
            _("Without the customer being told or agreeing no recording is kept."),
            field="recording_url",
        )
    return url


def call_state(call: Call) -> dict[str, object]:
    """What the audit trail keeps of a call. The number stays out: it is the customer's."""
    return {
        "direction": call.direction,
        "answered": call.answered,
        "seconds": call.seconds,
        "item": call.item_id,
        "disposition": call.disposition.code if call.disposition else "",
        "consent": call.consent,
        "recorded": bool(call.recording_url),
    }
