"""Taking a complaint from the public web form: no account, no trust, nothing lost, nothing told to strangers."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.routing import branch_of_web_form, team_for
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, find_by_contact

WEB_FORM = SystemActor("web form")
WINDOW = timedelta(hours=1)


def open_from_web_form(
    *,
    token: str,
    text: str,
    name: str = "",
    phone: str = "",
    email: str = "",
    serial: str = "",
    category: Category | None = None,
    kind: str = TicketKind.COMPLAINT,
    language: str = "bn",
    files: Sequence[StoredFile] = (),
) -> Ticket:
    """Open a ticket for what somebody wrote into the form. ``token`` is the form's own: sent twice, it opens one.

    Raises DomainError with its field: text or every way to reach the person missing, a number or address that is none;
    Conflict "too_many"; DomainError "not_set_up" when there is no branch yet.
    """
    words = clean_text(text, multiline=True, max_length=20_000)
    if not words:
        raise DomainError("text_missing", gettext_lazy("Please write what happened."), field="text")
    if not clean_text(phone) and not clean_text(email):
        raise DomainError(
            "no_way_back", gettext_lazy("Please give a phone number or an e-mail address, so that we can answer."),
            field="phone",
        )  # fmt: skip
    phone, email = _checked("phone", phone), _checked("email", email)
    branch = branch_of_web_form()
    if branch is None:
        raise DomainError("not_set_up", gettext_lazy("This shop takes no complaints here yet. Please call instead."))
    cause = f"web-form:{token}"
    try:
        with transaction.atomic():
            known = Ticket.objects.filter(cause=cause).first()
            if known is not None:
                return known
            customer = _customer(name=name, phone=phone, email=email, language=language, branch=branch, serial=serial)
            _refuse_flood(customer)
            with translation.override(language):
                ticket = open_ticket(
                    actor=WEB_FORM,
                    kind=kind,
                    subject="",
                    description=words,
                    customer=customer,
                    channel=Channel.WEB_FORM,
                    branch=branch,
                    team=team_for(branch=branch, category=category),
                    category=category,
                    serial=serial,
                    caller_name=name,
                    cause=cause,
                )
                add_customer_message(
                    actor=WEB_FORM,
                    item=ticket,
                    channel=Channel.WEB_FORM,
                    text=words,
                    full_text=_as_typed(words, name=name, phone=phone, email=email, serial=serial),
                    from_address=email,
                    author_label=ticket.caller_name or phone or email,
                    files=[(file, "", False) for file in files],
                    at=ticket.opened_at,
                    is_first=True,
                )
            return ticket
    except IntegrityError:
        # The same form, sent twice at the same moment: the unique cause let one through.
        known = Ticket.objects.filter(cause=cause).first()
        if known is None:
            raise
        return known


def _checked(field: str, typed: str) -> str:
    """The number as typed, the address in its plain form; "" for an empty field. Raises DomainError at the field."""
    if not clean_text(typed):
        return ""
    try:
        return parse_phone(typed).typed if field == "phone" else parse_email(typed).value
    except DomainError as error:
        raise DomainError(error.code, error.message, field=field) from error


def _customer(*, name: str, phone: str, email: str, language: str, branch: Branch, serial: str) -> Customer:
    """Whom the ticket belongs to.

    The acknowledgement goes to the typed address, with the customer's name in it. A stranger who knows somebody's phone
    number must not learn the name that way: with an address that is not known, it is a new customer, whom staff may
    merge. Nor does a serial number lead to its owner: who that is stands in the audit trail, beside the reason.
    """
    known = find_by_contact(ContactKind.EMAIL, email) if email else find_by_contact(ContactKind.PHONE, phone)
    if known is not None:
        return known
    return create_customer(
        actor=WEB_FORM,
        name_bn=name,
        phones=[phone] if phone else [],
        emails=[email] if email else [],
        language=language,
        branch=branch,
        serials=[serial],
        confirm_duplicate="web form: the sender is not verified",
    )


def _refuse_flood(customer: Customer) -> None:
    """So many from one person within an hour are no complaints any more."""
    recent = Ticket.objects.filter(customer=customer, channel=Channel.WEB_FORM, opened_at__gt=now() - WINDOW)
    if recent.count() >= desk_rules().form_per_customer:
        raise Conflict(
            "too_many",
            gettext_lazy(
                "We have several messages from you already and will answer them. Please call us if it is urgent."
            ),
        )


def _as_typed(words: str, *, name: str, phone: str, email: str, serial: str) -> str:
    """The message with what the sender said of himself, as it was typed: nobody has checked it."""
    lines = [
        f"{label}: {value}"
        for label, value in ((_("Name"), name), (_("Phone"), phone), (_("E-mail"), email), (_("Serial number"), serial))
        if clean_text(value)
    ]
    return "\n".join([words, "", *lines])
