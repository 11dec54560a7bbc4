"""Segments: which customers fit conditions, kept by events (A54.3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Named, User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer


class SegmentState(models.TextChoices):
    """Whether the members are those of today's conditions."""

    BUILDING = "building", _("Being counted")
    READY = "ready", _("Up to date")
    GOING = "going", _("Being removed")


class SegmentQuerySet(models.QuerySet["Segment"]):
    """Segments."""

    def there(self) -> "SegmentQuerySet":
        """Those that nobody has removed."""
        return self.exclude(state=SegmentState.GOING)


class Segment(Named):
    """A name and conditions. Its members are written down, so that a list is read and not computed."""

    conditions = models.JSONField()
    state = models.CharField(max_length=8, choices=SegmentState.choices, default=SegmentState.BUILDING)
    # Raised with each building: what an older one wrote and a newer one did not is no member.
    generation = models.PositiveIntegerField(default=1)
    member_count = models.PositiveIntegerField(default=0)
    # Up to which day "the last 30 days" have been followed.
    followed_on = models.DateField(null=True, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="segments_segment_has_name"),
            models.CheckConstraint(condition=Q(state__in=SegmentState.values), name="segments_segment_state"),
        ]


class SegmentMember(models.Model):
    """A customer is in a segment."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="members", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="segment_members")
    generation = models.PositiveIntegerField()
    since = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="segments_member_once")]
        indexes = [
            models.Index(fields=["segment", "generation"], name="segments_member_generation"),
            models.Index(fields=["segment", "-customer"], name="segments_member_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"


class SegmentDoubt(models.Model):
    """A customer changed while a segment was being built: the builder looks at them once more before it is done."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="doubts", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="segments_doubt_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}?"
