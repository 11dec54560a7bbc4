"""The escalation matrix and what it did (A52.11)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Metric, Priority
from halkhata.engines.work.models.items import WorkItem
from halkhata.engines.work.models.sla import SlaClock
from halkhata.foundation.accounts.models import User


class EscalationRule(models.Model):
    """One cell of the matrix: at this priority, when this happens, this level is told."""

    LEVELS = [(1, _("Agent")), (2, _("Team lead")), (3, _("Branch manager")), (4, _("Head office"))]

    # Empty: every kind, category, priority; 0: every customer, else the id of a segment (on a higher floor).
    kind = models.CharField(max_length=20, blank=True)
    # Code of a desk's category; one that is part of it counts, too.
    category = models.CharField(max_length=40, blank=True, default="", db_default="")
    priority = models.CharField(max_length=8, choices=Priority.choices, blank=True)
    segment = models.PositiveBigIntegerField(default=0, db_default=0)
    metric = models.CharField(max_length=10, choices=Metric.choices, blank=True)
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    trigger = models.CharField(max_length=8, choices=EscalationTrigger.choices)
    # Per cent of the promised time, number of reopens, or days; unused for breach and demand.
    threshold = models.PositiveIntegerField(default=0)
    notify = models.BooleanField(default=True)
    reassign = models.BooleanField(default=False)
    raise_priority = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["level", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="work_escalation_level"),
            models.UniqueConstraint(
                fields=["kind", "category", "priority", "segment", "metric", "level", "trigger", "threshold"],
                name="work_escalation_rule_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.trigger} {self.threshold}"

    @property
    def specificity(self) -> int:
        """How much the row asks for: of two rows for one step the more specific is taken."""
        return sum(map(bool, (self.kind, self.category, self.priority, self.segment, self.metric)))


class EscalationFiring(models.Model):
    """A step that was taken. The unique key makes each step happen once, whatever is restarted (S5)."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="escalations")
    rule = models.ForeignKey(EscalationRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="firings")
    clock = models.ForeignKey(SlaClock, null=True, blank=True, on_delete=models.CASCADE, related_name="escalations")
    # What makes this step unique: "<trigger>:<metric>:<cycle>:<threshold>".
    step = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    told_label = models.CharField(max_length=150, blank=True)
    told = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The rung of the ladder the told person stands on: higher than ``level`` when those below are away.
    rung = models.PositiveSmallIntegerField(default=0)
    # By when somebody must have confirmed it, else it moves up by itself (A52.12); None: nobody has to.
    confirm_by = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # When the time to confirm was over and dealt with: moved up, or the work had ended.
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "step", "level"], name="work_escalation_step_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirm_by__isnull=False), name="work_escalation_confirmed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirm_by", "id"],
                condition=Q(confirm_by__isnull=False, confirmed_at__isnull=True, lapsed_at__isnull=True),
                name="work_escalation_lapsing",
            ),
            models.Index(
                fields=["told", "item"],
                condition=Q(confirm_by__isnull=False, confirmed_at__isnull=True),
                name="work_escalation_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step} level {self.level}"


class EscalationLevel(models.Model):
    """How long whoever is told on one rung has to confirm before it moves up (A52.12). No row: nobody has to."""

    level = models.PositiveSmallIntegerField(unique=True, choices=EscalationRule.LEVELS)
    # Minutes of the working time that the promise of the piece of work counts.
    confirm_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="work_level_of_ladder"),
            models.CheckConstraint(
                condition=Q(confirm_minutes__isnull=True) | Q(confirm_minutes__gt=0), name="work_level_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.confirm_minutes}"
