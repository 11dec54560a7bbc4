"""The one row of settings, made when somebody first needs it to be there."""

from halkhata.foundation.backups.models import BackupSettings
from halkhata.foundation.core.clock import now


def own_row() -> BackupSettings:
    """The saved row. It names this install for good, so every archive that is written asks for it here."""
    return BackupSettings.objects.get_or_create(pk=1, defaults={"made_at": now()})[0]
