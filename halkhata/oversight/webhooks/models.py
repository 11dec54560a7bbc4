"""Where outgoing webhooks go, and each call that is to be made (A56.20)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.oversight.webhooks.choices import DeliveryState, OffReason


class WebhookEndpoint(models.Model):
    """An address that hears of chosen events, as far as its owner may see their records."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("what it is for"), max_length=120, blank=True)
    events = models.JSONField(_("events"), default=list)
    # Only what happens in this branch and under it; none: wherever the owner may look.
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Sealed (core/secret_box.py); after a rotation the former one signs as well, until its time is up.
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    off_reason = models.CharField(max_length=10, choices=OffReason.choices, blank=True)
    # Since when no call was answered well; None while it works.
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # A server that does not answer is asked again only then, whatever waits for it.
    paused_until = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(url=""), name="webhooks_endpoint_has_url"),
            models.CheckConstraint(condition=~Q(secret=""), name="webhooks_endpoint_has_secret"),
            models.CheckConstraint(
                condition=Q(is_active=True, off_reason="") | (Q(is_active=False) & ~Q(off_reason="")),
                name="webhooks_endpoint_off_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookDelivery(models.Model):
    """One event for one endpoint. ``body`` is sent byte for byte alike at each try, under the same ``webhook_id``."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    webhook_id = models.CharField(max_length=40, unique=True)
    # The outbox's number of the event then; the outbox is pruned, so no foreign key.
    event_id = models.BigIntegerField()
    event = models.CharField(max_length=80)
    # What the event is about, for the check at the moment of sending; 0: none.
    item_id = models.BigIntegerField(default=0)
    customer_id = models.BigIntegerField(default=0)
    body = models.TextField()
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Counts from here; a replay begins anew.
    first_due_at = models.DateTimeField(default=now)
    next_try_at = models.DateTimeField(default=now)
    locked_by = models.CharField(max_length=64, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhooks_delivery_once_per_event"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhooks_delivery_state"),
            models.CheckConstraint(
                condition=Q(state="pending", finished_at__isnull=True)
                | (~Q(state="pending") & Q(finished_at__isnull=False)),
                name="webhooks_delivery_end_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_try_at", "id"], condition=Q(state="pending"), name="webhooks_delivery_due"
            ),
            models.Index(fields=["endpoint", "state", "-id"], name="webhooks_delivery_list"),
            models.Index(fields=["finished_at"], condition=~Q(state="pending"), name="webhooks_delivery_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.event} -> {self.endpoint_id} ({self.state})"
