"""Showing one masked field to somebody whose role may ask for it: each time written down, and not too often."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.privacy import UNMASK, mask_email, mask_phone

AN_HOUR = 30
ACTION = "customer.unmask"
ADDRESS, NOTE = "address", "note"


def unmask_field(*, actor: User, customer: Customer, field: str, reason: str = "") -> str:
    """The whole value of ``field``: "contact-<id>", "address" or "note" of a customer the actor sees.

    Raises PermissionRefused; NotFound for a field that is not there; DomainError ``too_many_unmasked`` after AN_HOUR.
    """
    require(actor, UNMASK)
    value, masked = _value(customer, field)
    write_down_unmasking(actor=actor, record_shown=customer, field=field, shown=masked, reason=reason)
    return value


def write_down_unmasking(*, actor: User, record_shown: Model, field: str, shown: str, reason: str = "") -> None:
    """Note in the audit trail that ``actor`` is now shown something private of this record; ``shown`` names it masked.

    Raises PermissionRefused; DomainError ``too_many_unmasked`` after AN_HOUR.
    """
    require(actor, UNMASK)
    with transaction.atomic():
        # The lock lets the count of this hour be believed: those who ask at once wait for each other.
        User.objects.select_for_update().get(pk=actor.pk)
        recent = AuditEntry.objects.filter(actor_id=actor.pk, action=ACTION, at__gt=now() - timedelta(hours=1))
        if recent.count() >= AN_HOUR:
            raise DomainError(
                "too_many_unmasked",
                _("You have looked at many fields within the hour. Wait a while, or ask the owner."),
            )
        record(
            actor=actor,
            action=ACTION,
            record=record_shown,
            after={"field": field, "shown": shown},
            note=clean_text(reason, max_length=200),
        )


def _value(customer: Customer, field: str) -> tuple[str, str]:
    """The whole value, and how the audit trail may name it."""
    missing = NotFound("no_such_field", _("There is no such field."))
    if field == NOTE and customer.note:
        return customer.note, "•••"
    if field == ADDRESS:
        address = customer.addresses.order_by("id").first()
        if address is None:
            raise missing
        return str(address), "•••"
    kind, _dash, number = field.partition("-")
    if kind != "contact" or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise missing
    point = customer.contact_points.filter(pk=int(number)).first()
    if point is None:
        raise missing
    return point.value, mask_phone(point.value) if point.kind == "phone" else mask_email(point.value)
