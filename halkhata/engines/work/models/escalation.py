"""The escalation matrix and what it did (A52.11)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Metric, Priority
from halkhata.engines.work.models.items import WorkItem
from halkhata.engines.work.models.sla import SlaClock


class EscalationRule(models.Model):
    """One cell of the matrix: at this priority, when this happens, this level is told."""

    LEVELS = [(1, _("Agent")), (2, _("Team lead")), (3, _("Branch manager")), (4, _("Head office"))]

    # Empty: every kind, every priority.
    kind = models.CharField(max_length=20, blank=True)
    priority = models.CharField(max_length=8, choices=Priority.choices, blank=True)
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
                fields=["kind", "priority", "metric", "level", "trigger", "threshold"], name="work_escalation_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.trigger} {self.threshold}"


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "step", "level"], name="work_escalation_step_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step} level {self.level}"
