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
from typing import Any

from django.db import Error as DatabaseError
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F
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
    """One process that works through events and jobs. ``run`` returns after SIGTERM or SIGINT, between two of them."""

    def __init__(self, *, queues: list[str] | None = None, batch: int = 10) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{random.getrandbits(32):08x}"
        self.queues = queues
        self.batch = batch
        self._stopping = threading.Event()
        self._ended = threading.Event()
        # Ids of the jobs of the present batch: the heart beats for these and for no others.
        self._held: set[str] = set()
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
        try:
            while not self._stopping.is_set():
                try:
                    close_old_connections()
                    busy = self.work_once()
                    if not busy and not self._stopping.is_set():
                        self._waiter.wait(1.0)
                except DatabaseError:
                    logger.exception("the database does not answer; trying again in 2 s")
                    connection.close()
                    self._stopping.wait(2)
        finally:
            # The heart beats until the last piece of work is done, or its lease would run out under it.
            self._ended.set()
            heart.join(2)

    def work_once(self) -> int:
        """One round: reap dead leases, deliver due events, run a batch of jobs. Returns how much was done."""
        reap_expired_leases()
        done = deliver_due(limit=self.batch)
        claimed = self._claim()
        self._held = {job.pk for job in claimed}
        try:
            for job in claimed:
                if self._stopping.is_set():
                    self._give_back(job)
                else:
                    self._run(job)
                    done += 1
                self._held.discard(job.pk)
        finally:
            # Left over only when the database failed: without the heart's beat their leases run out.
            self._held = set()
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
                ready.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).order_by(
                    "-priority", "run_after", "id"
                )[: self.batch]
            )
            at = now()
            for job in jobs:
                job.state = Job.RUNNING
                job.locked_by = self.name
                job.lease_until = at + LEASE
            Job.objects.bulk_update(jobs, ["state", "locked_by", "lease_until"])
        return jobs

    def _give_back(self, job: Job) -> None:
        _make_ready(job, locked_by=self.name)

    def _run(self, job: Job) -> None:
        # A try is counted when it begins, not when the batch is claimed: a job that kills its process must not use up
        # the tries of those that waited behind it. No row: the lease ran out and somebody else has the job.
        at = now()
        if not Job.objects.filter(pk=job.pk, locked_by=self.name, state=Job.RUNNING).update(
            attempts=F("attempts") + 1, started_at=at, lease_until=at + LEASE
        ):
            return
        job.attempts += 1
        try:
            task = import_string(job.task)
            value = normalize_json(task.func(*job.args, **job.kwargs))
        except Exception as error:
            # Also when the database failed: a job that always breaks its statement must not be tried for ever. When it
            # is truly away, writing the failure fails too, and the lease brings the job back.
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
        if job.attempts >= job.max_attempts:
            Job.objects.filter(pk=job.pk, locked_by=self.name, state=Job.RUNNING).update(
                state=Job.DEAD, finished_at=now(), errors=errors, lease_until=None, locked_by=""
            )
            return
        delay = min(3600, 2**job.attempts) * random.uniform(0.8, 1.2)  # noqa: S311
        _make_ready(job, locked_by=self.name, run_after=now() + timedelta(seconds=delay), errors=errors)

    def _heartbeat(self) -> None:
        while not self._ended.wait(LEASE.total_seconds() / 3):
            try:
                if held := list(self._held):
                    Job.objects.filter(pk__in=held, locked_by=self.name, state=Job.RUNNING).update(
                        lease_until=now() + LEASE
                    )
            except DatabaseError:
                logger.warning("heartbeat missed: the database does not answer")
            finally:
                connection.close()


def _make_ready(job: Job, *, locked_by: str, **changes: Any) -> int:
    """Put a held job back in line. Returns how many rows moved: 0 when its lease is no longer ``locked_by``'s.

    While it ran, a twin with the same key may have been enqueued. The twin stands for both then, and this one ends:
    two waiting jobs with one key are what the key forbids.
    """
    held = Job.objects.filter(pk=job.pk, locked_by=locked_by, state=Job.RUNNING)
    try:
        with transaction.atomic():
            return held.update(state=Job.READY, locked_by="", lease_until=None, **changes)
    except IntegrityError:
        changes.pop("run_after", None)
        return held.update(
            state=Job.DONE,
            finished_at=now(),
            lease_until=None,
            result={"left_to_waiting_twin": job.dedupe_key},
            **changes,
        )


def reap_expired_leases() -> int:
    """Give jobs of dead workers back; those that used up their tries are dead. Returns how many were moved."""
    expired = Job.objects.filter(state=Job.RUNNING, lease_until__lt=now())
    if not expired.exists():
        return 0
    moved = 0
    for job in expired:
        if job.attempts >= job.max_attempts:
            moved += Job.objects.filter(pk=job.pk, state=Job.RUNNING, lease_until__lt=now()).update(
                state=Job.DEAD, finished_at=now(), locked_by="", lease_until=None
            )
        else:
            moved += _make_ready(job, locked_by=job.locked_by)
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
