"""Removing nightly backups that are no longer wanted: so many days, so many weeks."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from halkhata.foundation.backups.models import BackupRun
from halkhata.foundation.backups.selectors.standing import backup_settings
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Installation


def remove_old() -> int:
    """Remove the archives of nightly runs that ``wanted`` does not name. Returns how many.

    What a person made, or copied to another place, is never touched.
    """
    row = backup_settings()
    zone = ZoneInfo(Installation.current().time_zone)
    runs = list(
        BackupRun.objects.filter(kind=BackupRun.NIGHTLY, ok=True, removed_at__isnull=True).order_by("-started_at")
    )
    keep = wanted([(run.pk, run.started_at) for run in runs], days=row.keep_daily, weeks=row.keep_weekly, zone=zone)
    removed = 0
    for run in runs:
        if run.pk in keep:
            continue
        (Path(run.folder) / run.file_name).unlink(missing_ok=True)
        BackupRun.objects.filter(pk=run.pk).update(removed_at=now())
        removed += 1
    return removed


def wanted(runs: Iterable[tuple[int, datetime]], *, days: int, weeks: int, zone: ZoneInfo) -> set[int]:
    """Which of ``runs`` (id, instant; newest first) stay: the last of each of the newest ``days`` days that have one,
    and the last of each of the newest ``weeks`` weeks that have one. The newest of all always stays."""
    by_day: dict[object, int] = {}
    by_week: dict[object, int] = {}
    for pk, at in runs:
        local = at.astimezone(zone)
        by_day.setdefault(local.date(), pk)
        by_week.setdefault(local.isocalendar()[:2], pk)
    return {*list(by_day.values())[: max(1, days)], *list(by_week.values())[:weeks]}
