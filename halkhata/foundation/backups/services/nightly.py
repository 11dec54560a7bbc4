"""The night's round: back up, remove what is too old, verify the newest, and once a week restore it on trial."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from halkhata.foundation.backups.models import BackupRun, BackupSettings
from halkhata.foundation.backups.places import backup_is_running
from halkhata.foundation.backups.selectors.standing import last_tested
from halkhata.foundation.backups.services.back_up import MadeBackup, back_up
from halkhata.foundation.backups.services.keeping import start_apart
from halkhata.foundation.backups.services.key_store import own_secret
from halkhata.foundation.backups.services.own_row import own_row
from halkhata.foundation.backups.services.retention import remove_old
from halkhata.foundation.backups.services.trying import try_restore
from halkhata.foundation.backups.services.verifying import verify_run
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Installation

RETRY_AFTER = timedelta(hours=1)
TRIES = 4
# A little less than a week, so that the round of the same weekday does it.
TRIAL_EVERY = timedelta(days=6, hours=12)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What the night's round did."""

    made: MadeBackup
    removed: int
    verified: bool
    tried: bool | None


def begin_if_due() -> bool:
    """Start the round as a process of its own when it is due and none is at work. Returns whether it was started."""
    row = own_row()
    if not row.is_on or not is_due(row, now()) or backup_is_running():
        return False
    start_apart("backup", "--nightly")
    return True


def is_due(row: BackupSettings, at: datetime) -> bool:
    """Whether the latest night has had no good round yet. A night without power is made up for in the morning.

    After a failure it is tried again an hour later, four times in all; a fresh install waits for its first night.
    """
    zone = ZoneInfo(Installation.current().time_zone)
    local = at.astimezone(zone)
    due = local.replace(hour=row.hour, minute=0, second=0, microsecond=0)
    if due > local:
        due -= timedelta(days=1)
    if due < row.made_at:
        return False
    tries = list(BackupRun.objects.filter(kind=BackupRun.NIGHTLY, started_at__gte=due).order_by("-started_at")[:TRIES])
    if not tries:
        return True
    if any(run.ok for run in tries) or len(tries) >= TRIES:
        return False
    return at - tries[0].started_at >= RETRY_AFTER


def run_round() -> Round:
    """Do the whole round. Raises BackupRefused when no backup could be made: then nothing old is removed either."""
    made = back_up(kind=BackupRun.NIGHTLY)
    secret = own_secret().secret
    verified = verify_run(made.run, secret)
    tried: bool | None = None
    last = last_tested()
    if verified and (last is None or now() - last > TRIAL_EVERY):
        tried = try_restore(made.run, secret)
    # Only once the newest has proved good may an older one go.
    removed = remove_old() if verified else 0
    return Round(made=made, removed=removed, verified=verified, tried=tried)
