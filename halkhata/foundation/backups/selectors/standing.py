"""How things stand with the backups: questions that pages, health and the mail engine ask."""

from datetime import datetime, timedelta

from django.db.models import Max

from halkhata.foundation.backups.models import BackupRun, BackupSettings, Restoration
from halkhata.foundation.core.clock import now

# A nightly backup that failed once is amber, the second is red; a trial is due every week.
LATE, VERY_LATE = timedelta(hours=30), timedelta(hours=54)
TRIAL_LATE, TRIAL_VERY_LATE = timedelta(days=8), timedelta(days=15)


def backup_settings() -> BackupSettings:
    """The row, or an unsaved one with the defaults: whoever only reads writes nothing."""
    return BackupSettings.objects.filter(pk=1).first() or BackupSettings(made_at=now())


def outgoing_is_held() -> bool:
    """Whether mail and other messages wait because the data were restored and nobody has released them yet."""
    return Restoration.objects.filter(released_at__isnull=True).exists()


def last_good() -> datetime | None:
    """When the last good backup ended."""
    return BackupRun.objects.filter(ok=True).aggregate(at=Max("ended_at"))["at"]


def last_tested() -> datetime | None:
    """When an archive was last really restored on trial."""
    return BackupRun.objects.filter(tested_at__isnull=False).aggregate(at=Max("tested_at"))["at"]


def colour(at: datetime | None, *, late: timedelta, very_late: timedelta) -> str:
    """``good``, ``warn`` or ``bad`` for the age of what should happen regularly."""
    if at is None or now() - at > very_late:
        return "bad"
    return "warn" if now() - at > late else "good"
