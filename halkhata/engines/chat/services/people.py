"""Who writes: the row of a person, and the customer they belong to."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.module_loading import import_string

from halkhata.engines.chat.choices import ChatKind, JoinedHow
from halkhata.engines.chat.models import ChatAccount, ChatIdentity
from halkhata.engines.chat.wire.hooks import part, text
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, find_by_contact
from halkhata.records.customers.services.locking import lock_values

CHAT = SystemActor("chat")
# By name, as the timetable names its tasks: the job imports the services, not the other way round.
NAME_TASK = "halkhata.engines.chat.jobs.ask_for_name"


def sender_of(account: ChatAccount, body: dict[str, Any]) -> dict[str, str]:
    """The ids and names of whoever an event is about: ``user_id``, ``number``, ``name``, ``username``."""
    if account.kind == ChatKind.MESSENGER:
        message = part(body, "message")
        side = "recipient" if message.get("is_echo") is True else "sender"
        return {"user_id": text(part(body, side), "id")[:140], "number": "", "name": "", "username": ""}
    message, contact = part(body, "message"), part(body, "contact")
    number = text(message, "from") or text(contact, "wa_id")
    user_id = text(message, "from_user_id") or text(contact, "user_id")
    profile = part(contact, "profile")
    return {
        "user_id": clean_text(user_id)[:140],
        "number": plus(number),
        "name": clean_text(text(profile, "name"), max_length=150),
        "username": clean_text(text(profile, "username"), max_length=80),
    }


def person_of(account: ChatAccount, *, user_id: str, number: str, name: str = "", username: str = "") -> ChatIdentity:
    """The row of whoever writes, in the caller's transaction; made on the first message.

    Raises DomainError ``nobody`` when neither id nor number is known.
    """
    if not user_id and not number:
        raise DomainError("nobody", "nobody")
    lock_values([f"chat:{account.pk}:{one}" for one in (user_id, number) if one])
    rows = ChatIdentity.objects.select_for_update(of=("self",)).filter(account=account)
    wanted = (Q(user_id=user_id) if user_id else Q(pk__in=[])) | (Q(number=number) if number else Q(pk__in=[]))
    found = list(rows.filter(wanted).order_by("pk"))
    known = next((one for one in found if user_id and one.user_id == user_id), None)
    same_number = next((one for one in found if number and one.number == number), None)
    if known is None and same_number is not None and (not user_id or not same_number.user_id):
        known = same_number
    if same_number is not None and same_number is not known:
        # Meta gives a number's next holder another id: the number is no longer theirs.
        if same_number.user_id:
            same_number.number = ""
            same_number.save(update_fields=["number"])
        else:
            number = ""
    if known is None:
        known = ChatIdentity(account=account)
    before = (known.user_id, known.number, known.name, known.username)
    known.user_id, known.number = user_id or known.user_id, number or known.number
    known.name, known.username = name or known.name, username or known.username
    if known.pk is None or before != (known.user_id, known.number, known.name, known.username):
        known.save()
    known.account = account
    return known


def customer_of(identity: ChatIdentity, *, language: str) -> Customer:
    """The customer somebody belongs to: joined already, else whoever has the number, else a new one by the name."""
    if identity.customer is not None:
        return identity.customer.merged_into or identity.customer
    account = identity.account
    number = _number(identity)
    customer = None
    if number:
        # The same lock as other ways in take: two first messages of one stranger make one customer.
        lock_values([f"{ContactKind.PHONE}:{number}"])
        customer = find_by_contact(ContactKind.PHONE, number)
    how = JoinedHow.NUMBER
    if customer is None:
        how = JoinedHow.NEW
        customer = create_customer(
            actor=CHAT,
            name_bn=identity.name or nickname(identity),
            phones=[number] if number else [],
            language=language,
            branch=account.branch,
            is_unknown=bool(number),
            is_demo=account.is_demo,
        )
    identity.customer, identity.joined_how = customer, how
    identity.save(update_fields=["customer", "joined_how"])
    if account.kind == ChatKind.MESSENGER and not identity.name and not account.is_demo:
        enqueue_once(import_string(NAME_TASK), f"chat-name:{identity.pk}", identity.pk)
    return customer


def has_written(identity: ChatIdentity, at: datetime) -> None:
    """The window opens anew; a message that comes late never moves it back."""
    rows = ChatIdentity.objects.filter(pk=identity.pk)
    rows.filter(Q(last_wrote_at__isnull=True) | Q(last_wrote_at__lt=at)).update(last_wrote_at=at)


def plus(digits: str) -> str:
    """A number as WhatsApp tells it, as E.164; "" for what is none."""
    return f"+{digits}" if digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15 else ""


def _number(identity: ChatIdentity) -> str:
    try:
        return parse_phone(identity.number).e164 if identity.number else ""
    except DomainError:
        return ""


def nickname(identity: ChatIdentity) -> str:
    """What somebody is called of whom no name is known: in the shop's language, whoever's page or job it is made in,
    for it is compared later (services/names.py)."""
    with translation.override(Installation.current().default_language):
        return identity.username or f"{identity.account.get_kind_display()} {identity.user_id[-4:]}"
