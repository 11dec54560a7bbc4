"""The shop itself: its names, how it is reached, its trade, and what holds for people who have chosen nothing else."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Digits, Language
from halkhata.foundation.accounts.events import TradeChanged
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.policies import can_edit_shop
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text

FIELDS = (
    "shop_name_bn",
    "shop_name_en",
    "phone",
    "address",
    "email",
    "trade",
    "default_language",
    "digits",
    "time_zone",
)
_CHOICES = {
    "trade": [code for code, _label in Installation.TRADES],
    "default_language": Language.values,
    "digits": Digits.values,
}


def both_names(install: Installation) -> tuple[str, str]:
    """Name in Bengali and in English; an install set up with one name has it under the script it is written in."""
    if install.shop_name_bn or install.shop_name_en:
        return install.shop_name_bn, install.shop_name_en
    is_bengali = any("\u0980" <= letter <= "\u09ff" for letter in install.shop_name)
    return (install.shop_name, "") if is_bengali else ("", install.shop_name)


def save_shop(*, actor: User, values: dict[str, Any], version: int | None = None) -> Installation:
    """Change what stands on the shop's page; ``values`` has FIELDS or some of them.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, PhoneError, DomainError ``no_name``, ``bad_email``,
    ``bad_choice``, ``unknown_zone``.
    """
    if not can_edit_shop(actor):
        raise PermissionRefused(
            "permission_refused", _("Only whoever may change settings of all branches may do this.")
        )
    with transaction.atomic():
        install, _made = Installation.objects.select_for_update().get_or_create(pk=1)
        if version is not None and install.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed the shop's page meanwhile. Please look at it again.")
            )
        before = _state(install)
        _apply(install, values)
        after = _state(install)
        if after == before:
            return install
        install.version += 1
        install.save()
        record(actor=actor, action="installation.change", record=install, before=before, after=after)
        if before["trade"] != after["trade"]:
            publish(TradeChanged(trade=install.trade, changed_at=now()))
    return install


def _apply(install: Installation, values: dict[str, Any]) -> None:
    install.shop_name_bn, install.shop_name_en = both_names(install)
    for name, length in (("shop_name_bn", 120), ("shop_name_en", 120), ("address", 255)):
        if name in values:
            setattr(install, name, clean_text(values[name], max_length=length))
    if not install.shop_name_bn and not install.shop_name_en:
        raise DomainError("no_name", _("Give the shop a name."), field="shop_name_bn")
    if "phone" in values:
        install.phone = parse_phone(values["phone"]).e164 if clean_text(values["phone"]) else ""
    if "email" in values:
        install.email = _address(values["email"])
    for name, allowed in _CHOICES.items():
        if name in values:
            if values[name] not in allowed:
                raise DomainError("bad_choice", _("Choose one from the list."), field=name)
            setattr(install, name, values[name])
    if "time_zone" in values:
        if values["time_zone"] not in available_timezones():
            raise DomainError("unknown_zone", _("This time zone is not known."), field="time_zone")
        install.time_zone = values["time_zone"]
    own, other = install.shop_name_en, install.shop_name_bn
    if install.language == "bn":
        own, other = other, own
    install.shop_name = own or other


def _address(typed: str) -> str:
    text = clean_text(typed, max_length=254).lower()
    if text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise DomainError("bad_email", _("This is not an e-mail address."), field="email") from error
    return text


def _state(install: Installation) -> dict[str, Any]:
    return {name: getattr(install, name) for name in FIELDS}
