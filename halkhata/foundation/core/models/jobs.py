"""Background jobs and the timetable's memory."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One enqueued task (the Django Tasks API's TaskResult, kept in the database).

    A worker holds a job by a lease that it renews; a job whose lease ran out goes back to ``ready``. Jobs therefore run
    at least once and must be idempotent.
    """

    READY, RUNNING, DONE, DEAD = "ready", "running", "done", "dead"
    STATES = [(READY, "ready"), (RUNNING, "running"), (DONE, "done"), (DEAD, "dead")]

    id = models.CharField(primary_key=True, max_length=32)
    task = models.CharField(max_length=200)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    # While a job with a key waits, enqueueing the same key again adds nothing.
    dedupe_key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default=READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=6)
    run_after = models.DateTimeField()
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    errors = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=Q(state="ready") & ~Q(dedupe_key=""),
                name="core_job_one_waiting_per_key",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="core_job_running_has_lease"
            ),
        ]
        indexes = [
            models.Index(fields=["-priority", "run_after", "id"], condition=Q(state="ready"), name="core_job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="core_job_running"),
            models.Index(fields=["finished_at"], condition=Q(state="done"), name="core_job_done"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.id} ({self.state})"


class ScheduleLine(models.Model):
    """The last due time of one line of config/schedule.py that was fired.

    A conditional UPDATE moves ``last_due_at`` forward, so of two schedulers only one fires a due time.
    """

    name = models.CharField(primary_key=True, max_length=80)
    last_due_at = models.DateTimeField()
    fired_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.last_due_at:%Y-%m-%d %H:%M}"
