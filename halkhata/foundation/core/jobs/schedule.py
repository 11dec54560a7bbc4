"""The scheduler: fires the lines of config/schedule.py, each due time once."""

import logging
import signal
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

from croniter import croniter
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.utils.module_loading import import_string

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.models import ScheduleLine

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timetable: name, cron expression in UTC (a sixth field counts seconds), dotted path of a task."""

    name: str
    cron: str
    task: str


def fire_due(lines: list[Line], at: datetime | None = None) -> list[str]:
    """Enqueue every line whose latest due time has not been fired yet. Returns the names fired.

    A night without a scheduler is made up once, not once per missed run: only the latest due time counts.
    """
    moment = at or now()
    fired = []
    for line in lines:
        due = croniter(line.cron, moment + timedelta(microseconds=1)).get_prev(datetime)
        if ScheduleLine.objects.filter(name=line.name, last_due_at__gte=due).exists():
            continue
        try:
            task = import_string(line.task)
        except ImportError:
            # A line that cannot be read must not silence the others; halkhata check names it.
            logger.exception("the timetable's line %s names no task: %s", line.name, line.task)
            continue
        with transaction.atomic():
            if not _take(line.name, due, moment):
                continue  # another scheduler was quicker
            enqueue_once(task, f"schedule:{line.name}")
        fired.append(line.name)
    return fired


def _take(name: str, due: datetime, moment: datetime) -> bool:
    """Move the line's memory forward to ``due``; False when that was done already."""
    if ScheduleLine.objects.filter(name=name, last_due_at__lt=due).update(last_due_at=due, fired_at=moment):
        return True
    _, made = ScheduleLine.objects.get_or_create(name=name, defaults={"last_due_at": due, "fired_at": moment})
    return made


class Scheduler:
    """A process that looks at the timetable every second."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self._stopping = threading.Event()

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Return from ``run`` at the next second."""
        self._stopping.set()

    def run(self, *, install_signals: bool = True) -> None:
        """Fire due lines until SIGTERM or SIGINT."""
        if install_signals:
            signal.signal(signal.SIGTERM, self.stop)
            signal.signal(signal.SIGINT, self.stop)
        while not self._stopping.is_set():
            try:
                close_old_connections()
                fire_due(self.lines)
            except DatabaseError:
                logger.exception("the database does not answer; trying again in 2 s")
                connection.close()
                self._stopping.wait(1)
            self._stopping.wait(1)
