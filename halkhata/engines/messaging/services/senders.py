"""Who wrote a mail: the customer, or one of the staff."""

from typing import Any

from django.db import connection

from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Mailbox
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects
from halkhata.records.customers.choices import ContactKind, PreferredChannel
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, find_by_contact, find_or_create_sender
from halkhata.records.customers.services.locking import lock_values


def sender_of(*, actor: Any, parsed: ParsedMail, language: str, branch: Branch, mailbox: Mailbox | None) -> Customer:
    """The customer with the mail's sender address, else a new one; in the caller's transaction.

    Somebody new who writes to an invented mailbox is invented, too, so that clearing the demo takes them along; who is
    known stays what they are. Raises DomainError "invalid_email".
    """
    if mailbox is not None and mailbox.is_demo:
        address = parse_email(parsed.from_address).value
        # The same lock as find_or_create_sender takes: two mails of a stranger at once make one customer.
        lock_values([f"{ContactKind.EMAIL}:{address}"])
        if find_by_contact(ContactKind.EMAIL, address) is None:
            return create_customer(
                actor=actor,
                name_bn="" if "@" in parsed.from_name else parsed.from_name,
                emails=[address],
                language=language,
                branch=branch,
                preferred_channel=PreferredChannel.EMAIL.value,
                is_demo=True,
            )
    return find_or_create_sender(
        actor=actor, address=parsed.from_address, name=parsed.from_name, language=language, branch=branch
    )


def staff_of(address: str) -> User | None:
    """The member of staff who has this e-mail address."""
    found = kept_objects(
        "staff of an address",
        lambda: User.objects.filter(is_active=True, email__iexact=SOME_TEXT).exclude(email="")[:1],
        {SOME_TEXT: connection.ops.prep_for_iexact_query(address)},
    )
    return found[0] if found else None
