"""The worker: delivers events and runs jobs until it is told to stop."""

import logging
import os
import random
import signal
import socket
import threading
import traceback
from datetime import timedelta
from types import FrameType

from django.db import OperationalError, close_old_connections, connection, transaction
from django.utils.module_loading import import_string
from django_tasks.utils import normalize_json

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Job
from halkhata.foundation.core.outbox import deliver_due
from halkhata.foundation.core.wakeup import Waiter, wake_workers

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
MAX_ERRORS_KEPT = 5


class Worker:
    """One process that works through events and jobs. ``run`` returns after SIGTERM or SIGINT, between two pieces of work."""

    def __init__(self, *, queues: list[str] | None = None, batch: int = 10) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{random.getrandbits(32):08x}"  # noqa: S311
        self.queues = queues
        self.batch = batch
        self._stopping = threading.Event()
        self._waiter = Waiter()

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Finish the piece of work at hand, then return from ``run``."""
        self._stopping.set()

    def run(self, *, install_signals: bool = True) -> None:
        """Work until stopped. A database that is away for a while is waited for, not died of."""
        if install_signals:
            signal.signal(signal.SIGTERM, self.stop)
            signal.signal(signal.SIGINT, self.stop)
        heart = threading.Thread(target=self._heartbeat, daemon=True)
        heart.start()
        while not self._stopping.is_set():
            try:
                close_old_connections()
                busy = self.work_once()
                if not busy and not self._stopping.is_set():
                    self._waiter.wait(1.0)
            except OperationalError:
                logger.exception("the database does not answer; trying again in 2 s")
                connection.close()
                self._stopping.wait(2)

    def work_once(self) -> int:
        """One round: reap dead leases, deliver due events, run a batch of jobs. Returns how much was done."""
        reap_expired_leases()
        done = deliver_due(limit=self.batch)
        for job in self._claim():
            if self._stopping.is_set():
                self._give_back(job)
                continue
            self._run(job)
            done += 1
        return done

    def _claim(self) -> list[Job]:
        ready = Job.objects.filter(state=Job.READY, run_after__lte=now())
        if self.queues:
            ready = ready.filter(queue__in=self.queues)
        # A plain look first: an idle SQLite worker takes no write lock.
        if not ready.exists():
            return []
        with transaction.atomic():
            jobs = list(
                ready.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
                .order_by("-priority", "run_after", "id")[: self.batch]
            )
            at = now()
            for job in jobs:
                job.state = Job.RUNNING
                job.locked_by = self.name
                job.lease_until = at + LEASE
                job.started_at = at
                job.attempts += 1
            Job.objects.bulk_update(jobs, ["state", "locked_by", "lease_until", "started_at", "attempts"])
        return jobs

    def _give_back(self, job: Job) -> None:
        Job.objects.filter(pk=job.pk, locked_by=self.name, state=Job.RUNNING).update(
            state=Job.READY, locked_by="", lease_until=None, attempts=max(0, job.attempts - 1)
        )

    def _run(self, job: Job) -> None:
        try:
            task = import_string(job.task)
            value = normalize_json(task.func(*job.args, **job.kwargs))
        except OperationalError:
            raise
        except Exception as error:
            self._failed(job, error)
            return
        # Only while the lease is still ours: another worker may have taken the job over meanwhile.
        Job.objects.filter(pk=job.pk, locked_by=self.name, state=Job.RUNNING).update(
            state=Job.DONE, finished_at=now(), result=value, lease_until=None
        )

    def _failed(self, job: Job, error: Exception) -> None:
        logger.exception("job %s %s failed (try %s)", job.task, job.pk, job.attempts)
        errors = [
            *job.errors,
            {
                "class": f"{type(error).__module__}.{type(error).__qualname__}",
                "traceback": "".join(traceback.format_exception(error))[-4000:],
            },
        ][-MAX_ERRORS_KEPT:]
        dead = job.attempts >= job.max_attempts
        delay = min(3600, 2**job.attempts) * random.uniform(0.8, 1.2)  # noqa: S311
        Job.objects.filter(pk=job.pk, locked_by=self.name, state=Job.RUNNING).update(
            state=Job.DEAD if dead else Job.READY,
            run_after=now() + timedelta(seconds=delay),
            finished_at=now() if dead else None,
            errors=errors,
            lease_until=None,
            locked_by="",
        )

    def _heartbeat(self) -> None:
        while not self._stopping.wait(LEASE.total_seconds() / 3):
            try:
                if Job.objects.filter(locked_by=self.name, state=Job.RUNNING).exists():
                    Job.objects.filter(locked_by=self.name, state=Job.RUNNING).update(lease_until=now() + LEASE)
            except OperationalError:
                logger.warning("heartbeat missed: the database does not answer")
            finally:
                connection.close()


def reap_expired_leases() -> int:
    """Give jobs of dead workers back; those that used up their tries are dead. Returns how many were moved."""
    expired = Job.objects.filter(state=Job.RUNNING, lease_until__lt=now())
    if not expired.exists():
        return 0
    moved = 0
    for job in expired:
        used_up = job.attempts >= job.max_attempts
        moved += Job.objects.filter(pk=job.pk, state=Job.RUNNING, lease_until__lt=now()).update(
            state=Job.DEAD if used_up else Job.READY,
            finished_at=now() if used_up else None,
            locked_by="",
            lease_until=None,
        )
    if moved:
        wake_workers()
    return moved


def run_until_quiet(rounds: int = 50) -> int:
    """Run events and jobs that are due now until nothing is left; for tests and one-shot commands."""
    worker = Worker()
    total = 0
    for _ in range(rounds):
        done = worker.work_once()
        if not done:
            break
        total += done
    return total
