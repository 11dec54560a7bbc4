"""Promises: policies, targets, and the clocks that run on items (A51)."""

from django.db import models
from django.db.models import Q

from halkhata.engines.work.choices import ClockState, Metric, Priority
from halkhata.engines.work.models.calendars import BusinessCalendar
from halkhata.engines.work.models.items import WorkItem
from halkhata.foundation.accounts.models import Named


class SlaPolicy(Named):
    """One line of the ordered list of policies: the first whose conditions match an item wins (A51.1)."""

    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    # {"kind": ["complaint"], "priority": [...], "channel": [...], "team": [ids], "branch": [ids], "category": [codes],
    # "segment": [ids], …: codes of registry.promise_conditions}; an absent or empty key matches everything.
    conditions = models.JSONField(default=dict, blank=True)
    # Clock hours around the clock, or working time of ``calendar`` (none: the calendar of the item's branch).
    around_the_clock = models.BooleanField(default=False)
    calendar = models.ForeignKey(BusinessCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Shares of the promised time, in per cent, at which a warning goes out (A51.8).
    warn_at = models.JSONField(default=list, blank=True)
    # Minutes of the promised time that are left when a warning goes out, too.
    warn_left = models.JSONField(default=list, blank=True)
    # A first or next answer is due so many hours after its beginning at the latest, hours of the clock, whatever the
    # opening hours say: where a law says so (legal.py). None: no limit.
    ceiling_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    notes_count_as_answer = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["is_default", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="work_one_default_policy"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True), name="work_default_policy_is_active"
            ),
            models.CheckConstraint(
                condition=Q(ceiling_hours__isnull=True) | Q(ceiling_hours__gt=0), name="work_policy_ceiling_positive"
            ),
        ]


class SlaTarget(models.Model):
    """How long a policy promises for one metric at one priority, in minutes."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="targets")
    priority = models.CharField(max_length=8, choices=Priority.choices)
    metric = models.CharField(max_length=10, choices=Metric.choices)
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "priority", "metric"], name="work_target_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="work_target_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.priority} {self.metric}: {self.minutes} min"


class SlaClock(models.Model):
    """One promise on one item. Recomputed from the item's history; a breach once recorded stays (A51.5)."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=10, choices=Metric.choices)
    # Next-response cycles count 1, 2, 3 …; the other metrics have one clock.
    cycle = models.PositiveSmallIntegerField(default=1)
    policy = models.ForeignKey(SlaPolicy, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    policy_version = models.PositiveIntegerField(default=1)
    target_minutes = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    # None while paused: nobody can know when it will be due.
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    # The policy and its version when the promise was broken, whatever is changed later.
    breached_policy_version = models.PositiveIntegerField(null=True, blank=True)
    # When somebody said why it was late (models/delays.py); None for a break nobody has explained.
    explained_at = models.DateTimeField(null=True, blank=True)
    # The next instant at which something may have to happen (a warning, the breach, an escalation step).
    next_check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "metric", "cycle"], name="work_clock_once"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False), name="work_running_clock_is_due"
            ),
            models.CheckConstraint(
                condition=~Q(state="met") | Q(stopped_at__isnull=False), name="work_met_clock_stopped"
            ),
            models.CheckConstraint(
                condition=~Q(state="breached") | Q(breached_at__isnull=False), name="work_breach_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="work_clock_check"),
            models.Index(fields=["metric", "state"], name="work_clock_state"),
            # The home page counts what was answered late in the last days.
            models.Index(
                fields=["metric", "stopped_at", "item"],
                condition=Q(breached_at__isnull=False),
                name="work_clock_broken",
            ),
            # Reports count the promises that began in a span of days.
            models.Index(fields=["-started_at", "-id"], name="work_clock_began"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.metric} {self.cycle} {self.state}"


class SlaWarning(models.Model):
    """A warning that went out: once per clock and threshold (A51.8)."""

    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="warnings")
    # One of the two: per cent of the promised time that were gone, or minutes of it that were left.
    share = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes_left = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "share"], name="work_warning_once"),
            models.UniqueConstraint(fields=["clock", "minutes_left"], name="work_warning_left_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=False, minutes_left__isnull=True)
                | Q(share__isnull=True, minutes_left__isnull=False, minutes_left__gt=0),
                name="work_warning_has_threshold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.share} %" if self.share is not None else f"{self.clock_id} -{self.minutes_left}"
