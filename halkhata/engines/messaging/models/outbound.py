"""Outgoing messages and addresses we must not write to."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.choices import BlockReason, OutboundState, SuppressionKind
from halkhata.engines.messaging.models.conversations import Message
from halkhata.engines.messaging.models.mailboxes import Mailbox
from halkhata.records.privacy.choices import Purpose


class Delivery(models.Model):
    """One message on its way to one address. Made in the transaction of its cause, with a unique cause.

    queued -> sending -> sent | failed | in_doubt. A delivery whose worker died while sending becomes ``in_doubt`` and
    waits for a person: blind repetition would send twice (docs/adr/0007).
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    to_address = models.CharField(max_length=254)
    # "ticket:<id>:received", "message:<id>": the same cause can never send twice.
    cause = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=OutboundState.choices, default=OutboundState.QUEUED)
    block_reason = models.CharField(max_length=12, choices=BlockReason.choices, blank=True)
    is_automatic = models.BooleanField(default=False)
    # What for: asked again at the moment of sending, whether the customer still allows it (records/privacy).
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.SERVICE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # A code of services/mail_errors.py, which pages put into words; beside it what the server said.
    error_code = models.CharField(max_length=40, blank=True)
    last_error = models.TextField(blank=True)
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    # Since when it counts among what the customer got this week (services/send_checks.py); empty while it has not gone.
    counted_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # What belongs to a matter of the customer's own never counts.
            models.CheckConstraint(
                condition=Q(counted_at__isnull=True) | ~Q(purpose="service"), name="messaging_service_is_not_counted"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="messaging_sent_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="messaging_sending_has_lease"
            ),
            # The hard block: demo data cannot even stand in the queue.
            models.CheckConstraint(
                condition=Q(is_demo=False) | Q(state__in=["blocked", "sent", "failed", "in_doubt"]),
                name="messaging_demo_is_never_queued",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="messaging_delivery_queued"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="messaging_delivery_sending"),
            # Each box of the outbox, newest first; the navigation counts those in trouble.
            models.Index(fields=["state", "-id"], name="messaging_delivery_state"),
            models.Index(
                fields=["to_address", "-queued_at"], condition=Q(is_automatic=True), name="messaging_auto_rate"
            ),
            # How many automatic mails the whole shop has sent within the hour.
            models.Index(fields=["queued_at"], condition=Q(is_automatic=True), name="messaging_auto_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} -> {self.to_address} ({self.state})"


class Suppression(models.Model):
    """An address that nothing is sent to any more, and why. Lifting it takes the row away (audited)."""

    address = models.EmailField(unique=True)
    kind = models.CharField(max_length=8, choices=SuppressionKind.choices, default=SuppressionKind.BOUNCED)
    # What the other mail server said, as it said it.
    reason = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-since", "-id"]

    def __str__(self) -> str:
        return self.address


class SoftBounce(models.Model):
    """A mail of ours that the other side could not take for the time being (status 4.x.x, RFC 3463): counted once."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="soft_bounce")
    address = models.CharField(max_length=254)
    status = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="messaging_soft_bounces")]

    def __str__(self) -> str:
        return f"{self.address} {self.status}"
