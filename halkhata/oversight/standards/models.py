"""The published service standards: a draft that changes, and versions that never do (A51.10)."""

from django.db import models
from django.db.models import Q


class StandardsDraft(models.Model):
    """The one row in which the next version is written. ``texts``: section -> language -> text."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    texts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="standards_draft_is_one_row")]

    def __str__(self) -> str:
        return f"draft {self.version}"


class StandardsVersion(models.Model):
    """What was published. Append-only: customers were told this, so it stays as it was told.

    ``facts`` are the promises, hours and steps as they were set up at that moment (selectors/facts.py).
    """

    number = models.PositiveIntegerField(unique=True)
    effective_on = models.DateField()
    published_at = models.DateTimeField()
    publisher_id_then = models.BigIntegerField(null=True, blank=True)
    publisher_label = models.CharField(max_length=150, blank=True)
    texts = models.JSONField()
    facts = models.JSONField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="standards_number_from_one")]

    def __str__(self) -> str:
        return f"{self.number}"
