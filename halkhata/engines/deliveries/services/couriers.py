"""The shop's couriers, the secrets of their systems, and the rules about silence (A56.21)."""

import base64
import re
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier, TrackingRules
from halkhata.engines.deliveries.parcel_models import PLACE_OF_NUMBER
from halkhata.engines.deliveries.selectors.rules import tracking_rules
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core import secret_box
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text

# How secrets begin in the Standard Webhooks specification.
BEGINNING = "whsec_"
_PURPOSE = "halkhata.deliveries.couriers"
_ADDRESS = re.compile(r"https?://[^\s/?#{}@]+(?:[/?#][!-~]*)?")
MOST_SILENT_DAYS = 60


@transaction.atomic
def save_courier(
    *,
    actor: User,
    courier: Courier | None,
    name_bn: str,
    name_en: str,
    phone: str = "",
    tracking_address: str = "",
    is_active: bool = True,
) -> Courier:
    """Add a courier or change one. Raises PermissionRefused; DomainError ``no_name``, ``bad_address``; PhoneError."""
    _require(actor)
    names = {"name_bn": clean_text(name_bn, max_length=120), "name_en": clean_text(name_en, max_length=120)}
    if not any(names.values()):
        raise DomainError("no_name", _("Write a name in at least one language."), field="name_bn")
    address = _address(tracking_address)
    typed = clean_text(phone, max_length=40)
    number = parse_phone(typed, region=actor.branch.country).e164 if typed else ""
    row = courier or Courier(key=secrets.token_hex(8), created_at=now())
    before = _state(row) if courier is not None else None
    row.name_bn, row.name_en = names["name_bn"], names["name_en"]
    row.phone, row.tracking_address, row.is_active = number, address, is_active
    row.save()
    record(actor=actor, action="courier.save", record=row, before=before, after=_state(row))
    return row


@transaction.atomic
def new_courier_secret(*, actor: User, courier: Courier) -> str:
    """A fresh secret for the courier's system, shown once; an older one opens nothing. Raises PermissionRefused."""
    _require(actor)
    secret = BEGINNING + base64.b64encode(secrets.token_bytes(32)).decode()
    courier.secret = secret_box.seal(secret, purpose=_PURPOSE)
    courier.save(update_fields=["secret"])
    record(actor=actor, action="courier.secret", record=courier)
    return secret


def secret_of(courier: Courier) -> str:
    """The secret as the courier's system has it; "" when there is none, or the install's own has changed since."""
    return secret_box.unseal(courier.secret, purpose=_PURPOSE) if courier.secret else ""


def courier_of(key: str) -> Courier:
    """The courier in use that has this key. Raises NotFound."""
    found = Courier.objects.filter(key=key, is_active=True).first()
    if found is None:
        raise NotFound("courier_not_found", _("There is no such courier."))
    return found


@transaction.atomic
def save_tracking_rules(*, actor: User, silent_days: int) -> TrackingRules:
    """After how many days without news a parcel counts as silent; 0: never. Raises PermissionRefused, DomainError."""
    _require(actor)
    if not 0 <= silent_days <= MOST_SILENT_DAYS:
        raise DomainError("out_of_bounds", _("From 0 to 60 days."), field="silent_days")
    before = tracking_rules().silent_days
    row, _made = TrackingRules.objects.update_or_create(pk=1, defaults={"silent_days": silent_days})
    record(
        actor=actor, action="tracking_rules.save", record=row,
        before={"silent_days": before}, after={"silent_days": silent_days},
    )  # fmt: skip
    return row


def _address(typed: str) -> str:
    address = clean_text(typed, max_length=300)
    if address and (not _ADDRESS.fullmatch(address) or address.count(PLACE_OF_NUMBER) != 1):
        raise DomainError(
            "bad_address",
            _("An address that begins with https:// and has {number} once, where the parcel's number goes."),
            field="tracking_address",
        )
    return address


def _state(row: Courier) -> dict[str, object]:
    return {
        "name": row.name_en or row.name_bn, "phone": row.phone, "address": row.tracking_address, "in_use": row.is_active
    }  # fmt: skip


def _require(actor: User) -> None:
    if not actor.may("settings.edit"):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission="settings.edit")
