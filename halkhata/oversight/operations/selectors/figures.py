"""The figures of the install that a page or a monitor reads, each group in one query."""

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q

from halkhata.engines.messaging.choices import OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw
from halkhata.foundation.backups.databases import our_database
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job

# Below this attachments are refused and the database is in danger (reliability F06).
SCARCE_BYTES, SCARCE_SHARE = 1024**3, 0.05


@dataclass(frozen=True, kw_only=True)
class JobFigures:
    """Background work by state, and how long the oldest that is due has waited."""

    ready: int = 0
    running: int = 0
    dead: int = 0
    oldest_due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EventFigures:
    """Deliveries of domain events that are not done."""

    pending: int = 0
    parked: int = 0
    oldest_due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MailFigures:
    """Mail that has not gone out, or has not been understood."""

    in_doubt: int = 0
    failed: int = 0
    waiting: int = 0
    quarantined: int = 0
    unprocessed: int = 0


@dataclass(frozen=True, kw_only=True)
class SpaceFigures:
    """Bytes. ``database`` is None when the server does not say."""

    free: int
    total: int
    database: int | None = field(default=None)

    @property
    def is_scarce(self) -> bool:
        """Little enough that somebody has to do something."""
        return self.free < SCARCE_BYTES or self.free < self.total * SCARCE_SHARE


def job_figures() -> JobFigures:
    """One query. Finished jobs are not counted: there are many, and they say nothing."""
    row: dict[str, Any] = Job.objects.exclude(state=Job.DONE).aggregate(
        ready=Count("id", filter=Q(state=Job.READY)),
        running=Count("id", filter=Q(state=Job.RUNNING)),
        dead=Count("id", filter=Q(state=Job.DEAD)),
        oldest_due=Min("run_after", filter=Q(state=Job.READY, run_after__lte=now())),
    )
    return JobFigures(**row)


def event_figures() -> EventFigures:
    """One query."""
    row: dict[str, Any] = EventDelivery.objects.exclude(state=EventDelivery.DONE).aggregate(
        pending=Count("id", filter=Q(state=EventDelivery.PENDING)),
        parked=Count("id", filter=Q(state=EventDelivery.PARKED)),
        oldest_due=Min("next_try_at", filter=Q(state=EventDelivery.PENDING, next_try_at__lte=now())),
    )
    return EventFigures(**row)


def mail_figures() -> MailFigures:
    """Two queries over partial indexes."""
    out: dict[str, Any] = Delivery.objects.exclude(state__in=[OutboundState.SENT, OutboundState.BLOCKED]).aggregate(
        in_doubt=Count("id", filter=Q(state=OutboundState.IN_DOUBT)),
        failed=Count("id", filter=Q(state=OutboundState.FAILED)),
        waiting=Count("id", filter=Q(state__in=[OutboundState.QUEUED, OutboundState.SENDING])),
    )
    into: dict[str, Any] = InboundRaw.objects.filter(state__in=[RawState.QUARANTINED, RawState.STORED]).aggregate(
        quarantined=Count("id", filter=Q(state=RawState.QUARANTINED)),
        unprocessed=Count("id", filter=Q(state=RawState.STORED)),
    )
    return MailFigures(**out, **into)


def space_figures() -> SpaceFigures:
    """The disk of the data folder, and the database wherever it is."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    try:
        database: int | None = our_database().size()
    except (BackupRefused, OSError):
        database = None
    return SpaceFigures(free=disk.free, total=disk.total, database=database)
