"""The one row of choices."""

from typing import Any

from django.db import transaction

from halkhata.foundation.audit.trail import record
from halkhata.records.privacy.models import PrivacySettings
from halkhata.records.privacy.policies import require_privacy


def privacy_settings() -> PrivacySettings:
    """The row, or an unsaved default."""
    return PrivacySettings.objects.filter(pk=1).first() or PrivacySettings()


@transaction.atomic
def save_settings(*, actor: Any, double_opt_in: bool) -> PrivacySettings:
    """Change the choices. Raises PermissionRefused."""
    require_privacy(actor)
    row, _made = PrivacySettings.objects.select_for_update().get_or_create(pk=1)
    before = row.double_opt_in
    row.double_opt_in = double_opt_in
    row.version += 1
    row.save()
    record(
        actor=actor, action="privacy.settings", record=row,
        before={"double_opt_in": before}, after={"double_opt_in": double_opt_in},
    )  # fmt: skip
    return row
