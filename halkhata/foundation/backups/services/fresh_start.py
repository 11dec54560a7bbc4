"""What becomes of this app's own rows, and of open sessions, when the data of an earlier instant are back."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import F

from halkhata.foundation.backups.models import BackupRun


def settle_own_runs(taken_at: datetime) -> int:
    """The run that made the archive is in it unfinished: it ended well, or there would be no archive."""
    own = BackupRun.objects.filter(ended_at__isnull=True)
    return own.update(ended_at=F("started_at"), ok=False, error="restored_from")


def close_sessions(taken_at: datetime) -> int:
    """Everybody signs in again: a session that was ended after that instant must not live again."""
    return Session.objects.all().delete()[0]
