"""Senders whose mail is set aside as it comes in."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import BlockedSender, Mailbox
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.emails import parse_email


def is_blocked(address: str) -> bool:
    """Whether mail from this address is set aside."""
    return bool(address) and BlockedSender.objects.filter(address=address.strip().lower()).exists()


@transaction.atomic
def block_sender(*, actor: User, address: str, reason: str) -> BlockedSender:
    """Set aside what this address sends from now on. Blocked twice, the first reason stays.

    Raises PermissionRefused, DomainError ``invalid_email``, ``own_address``, ``reason_missing``.
    """
    require(actor, "messaging.quarantine")
    value = parse_email(address).value
    words = clean_text(reason, max_length=200)
    if not words:
        raise DomainError("reason_missing", _("Say in a few words why."), field="reason")
    if Mailbox.objects.filter(address=value).exists():
        raise DomainError("own_address", _("This is the shop's own address."), field="address")
    row, made = BlockedSender.objects.get_or_create(
        address=value, defaults={"reason": words, "since": now(), "blocked_by": actor.audit_label}
    )
    if made:
        record(actor=actor, action="sender.block", record=row, after={"address": value, "reason": words})
    return row


@transaction.atomic
def unblock_sender(*, actor: User, row: BlockedSender) -> None:
    """Take in mail of this address again; what was set aside stays so."""
    require(actor, "messaging.quarantine")
    record(actor=actor, action="sender.unblock", record=row, before={"address": row.address, "reason": row.reason})
    row.delete()
