"""The record of what personal data are used for (Art. 30, E.9)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.privacy.choices import LegalBasis
from halkhata.records.privacy.models import ProcessingActivity
from halkhata.records.privacy.policies import require_privacy

TEXTS = ("name", "why", "people", "data_kinds", "recipients", "abroad", "kept_for", "protection")


@transaction.atomic
def save_activity(
    *, actor: Any, activity: ProcessingActivity | None = None, version: int | None = None, **values: Any
) -> ProcessingActivity:
    """Make or change one line. Raises PermissionRefused, Conflict ``changed_meanwhile``, DomainError ``needs_text``."""
    require_privacy(actor)
    row = ProcessingActivity(changed_at=now())
    if activity is not None:
        row = ProcessingActivity.objects.select_for_update().get(pk=activity.pk)
        if version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody changed this record while you were writing. Look at what is there now, then save again."),
                current=row,
            )
        row.version += 1
    for name in TEXTS:
        if name in values:
            longest = getattr(row._meta.get_field(name), "max_length", None) or 4000
            setattr(row, name, clean_text(values[name], multiline=name == "why", max_length=longest))
    row.basis = values.get("basis", row.basis)
    row.is_active = bool(values.get("is_active", row.is_active))
    if row.basis not in LegalBasis.values:
        raise DomainError("bad_basis", _("Choose the ground."), field="basis")
    for name in ("name", "why", "people", "data_kinds"):
        if not getattr(row, name):
            raise DomainError("needs_text", _("This is needed."), field=name)
    row.changed_at = now()
    row.save()
    record(actor=actor, action="privacy.activity", record=row, after={"basis": row.basis, "in_use": row.is_active})
    return row
