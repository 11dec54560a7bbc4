"""The outbox: facts that happened, and who still has to hear of each."""

from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """One domain event, written in the transaction that made it true. Values as they were then, never references."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    caused_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="effects")
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="core_event_name")]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class EventDelivery(models.Model):
    """One (event, handler) pair. The unique constraint is what makes a redelivery run nothing twice."""

    PENDING, DONE, PARKED = "pending", "done", "parked"
    STATES = [(PENDING, "pending"), (DONE, "done"), (PARKED, "parked")]

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=160)
    state = models.CharField(max_length=8, choices=STATES, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="core_delivery_once_per_handler"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="core_delivery_done_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="pending"), name="core_delivery_pending"),
            models.Index(fields=["id"], condition=Q(state="parked"), name="core_delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} -> {self.handler} ({self.state})"
