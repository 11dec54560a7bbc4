"""Everything the operations page shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from croniter import croniter
from django.conf import settings
from django.utils.module_loading import import_string

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.selectors.channel_health import ChannelHealth, channel_health
from halkhata.foundation.backups.models import BackupRun, Restoration
from halkhata.foundation.backups.selectors.standing import (
    LATE,
    TRIAL_LATE,
    TRIAL_VERY_LATE,
    VERY_LATE,
    colour,
    last_good,
    last_tested,
)
from halkhata.foundation.backups.words import trouble_words
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job, ScheduleLine
from halkhata.oversight.operations.selectors.figures import (
    EventFigures,
    JobFigures,
    MailFigures,
    SpaceFigures,
    event_figures,
    job_figures,
    mail_figures,
    space_figures,
)
from halkhata.oversight.operations.selectors.liveness import SILENCE, is_recent, last_firing, last_work
from halkhata.oversight.operations.words import line_words

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class TimetableRow:
    """One line of the timetable: when it last fired, when it is due again."""

    words: Any
    last: datetime | None
    next: datetime
    tone: str


@dataclass(frozen=True, kw_only=True)
class BackupStanding:
    """Ages of what should happen regularly, each with its colour."""

    last: datetime | None
    last_tone: str
    tested: datetime | None
    tested_tone: str
    latest: BackupRun | None
    trouble: Any


@dataclass(frozen=True, kw_only=True)
class Board:
    """The whole page."""

    worker_at: datetime | None
    worker_well: bool
    scheduler_at: datetime | None
    scheduler_well: bool
    jobs: JobFigures
    job_age: float
    dead: list[Job]
    events: EventFigures
    event_age: float
    parked: list[EventDelivery]
    mail: MailFigures
    mailboxes: list[ChannelHealth]
    timetable: list[TimetableRow]
    space: SpaceFigures
    backup: BackupStanding
    held: Restoration | None


def board() -> Board:
    """Read it all."""
    at = now()
    jobs, events = job_figures(), event_figures()
    worker_at, scheduler_at = last_work(), last_firing()
    return Board(
        worker_at=worker_at,
        worker_well=is_recent(worker_at),
        scheduler_at=scheduler_at,
        scheduler_well=is_recent(scheduler_at),
        jobs=jobs,
        job_age=_seconds(at, jobs.oldest_due),
        dead=list(Job.objects.filter(state=Job.DEAD).order_by("-finished_at", "id")[:SHOWN]),
        events=events,
        event_age=_seconds(at, events.oldest_due),
        parked=list(
            EventDelivery.objects.filter(state=EventDelivery.PARKED).select_related("event").order_by("-id")[:SHOWN]
        ),
        mail=mail_figures(),
        mailboxes=channel_health(Mailbox.objects.filter(is_active=True)),
        timetable=_timetable(at),
        space=space_figures(),
        backup=_backup_standing(),
        held=Restoration.objects.filter(released_at__isnull=True).order_by("-id").first(),
    )


def _timetable(at: datetime) -> list[TimetableRow]:
    fired = {line.name: line.fired_at for line in ScheduleLine.objects.all()}
    return [_row(line, fired.get(line.name), at) for line in import_string(settings.TIMETABLE)]


def _row(line: Any, last: datetime | None, at: datetime) -> TimetableRow:
    # Late: a due time passed more than a minute ago, and the line has not fired since.
    due = croniter(line.cron, at - SILENCE).get_prev(datetime)
    late = last is None or last < due
    following = croniter(line.cron, at).get_next(datetime)
    return TimetableRow(words=line_words(line.name), last=last, next=following, tone="bad" if late else "good")


def _backup_standing() -> BackupStanding:
    last, tested = last_good(), last_tested()
    latest = BackupRun.objects.order_by("-started_at").first()
    return BackupStanding(
        last=last,
        last_tone=colour(last, late=LATE, very_late=VERY_LATE),
        tested=tested,
        tested_tone=colour(tested, late=TRIAL_LATE, very_late=TRIAL_VERY_LATE),
        latest=latest,
        trouble=trouble_words(latest) if latest else "",
    )


def _seconds(at: datetime, since: datetime | None) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
