"""Changing the law of the house for disputes."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.models import DisputeSettings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError

RANGES = {"update_hours": (4, 720), "evidence_days": (1, 60), "appeal_days": (1, 90), "check_days": (1, 365)}
_COLUMNS = (*RANGES, "panel_size", "three_above", "allow_override", "publish_summary")


def save_law(*, actor: User, version: int | None = None, **values: Any) -> DisputeSettings:
    """Change rules; what is not named stays. Raises PermissionRefused, Conflict, DomainError at its field."""
    require(actor, "settings.edit")
    for name, (least, most) in RANGES.items():
        if name in values and not least <= int(values[name]) <= most:
            raise DomainError(
                "out_of_range",
                _("Between %(least)s and %(most)s.") % {"least": least, "most": most},
                field=name,
            )
    if values.get("panel_size", 1) not in {1, 3}:
        raise DomainError("bad_size", _("A panel has one member or three."), field="panel_size")
    above = values.get("three_above")
    if above is not None and Decimal(above) < 0:
        raise DomainError("bad_amount", _("Write an amount of money."), field="three_above")
    with transaction.atomic():
        law = DisputeSettings.objects.select_for_update().filter(pk=1).first() or DisputeSettings(version=0)
        if version is not None and law.version not in {0, version}:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            )
        before = {name: getattr(law, name) for name in _COLUMNS}
        for name in _COLUMNS:
            if name in values:
                setattr(law, name, values[name])
        law.version += 1
        law.save()
        after = {name: getattr(law, name) for name in _COLUMNS}
        record(actor=actor, action="dispute.law", record=law, before=before, after=after)
    return law
