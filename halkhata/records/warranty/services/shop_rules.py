"""What the shop decides about warranties as a whole."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.warranty.models import WarrantySettings
from halkhata.records.warranty.policies import require

_NAMES = ("many_claims", "warn_days", "public_registration")


def warranty_settings() -> WarrantySettings:
    """The row, or its defaults while nobody has saved it."""
    return WarrantySettings.objects.filter(pk=1).first() or WarrantySettings()


def save_warranty_settings(*, actor: Actor | None, version: int, **values: Any) -> WarrantySettings:
    """Change them. Raises PermissionRefused, Conflict ``changed_meanwhile``, DomainError ``out_of_range``."""
    require(actor, "warranty.settings")
    if not 1 <= values.get("many_claims", 4) <= 100:
        raise DomainError("out_of_range", _("Choose a number between 1 and 100."), field="many_claims")
    if not 1 <= values.get("warn_days", 14) <= 90:
        raise DomainError("out_of_range", _("Choose between 1 and 90 days."), field="warn_days")
    with transaction.atomic():
        WarrantySettings.objects.get_or_create(pk=1)
        held = WarrantySettings.objects.select_for_update().get(pk=1)
        if held.version != version:
            raise Conflict("changed_meanwhile", _("Somebody has changed this meanwhile. Please look again."))
        before = {name: getattr(held, name) for name in _NAMES}
        for name in _NAMES:
            setattr(held, name, values.get(name, before[name]))
        held.version += 1
        held.save()
        record(
            actor=actor, action="warranty.settings", record=held, before=before,
            after={name: getattr(held, name) for name in _NAMES},
        )  # fmt: skip
    return held
