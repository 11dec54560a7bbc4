"""What was handed to gateways, and what they report of it."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.sms.choices import CarryState, Fault, ReportSays, ReportState
from halkhata.engines.sms.models.gateways import Gateway
from halkhata.foundation.core.clock import now


class SmsDelivery(models.Model):
    """One text with one gateway, committed before the gateway is called. Without a text it is a try of the staff's."""

    text = models.OneToOneField(
        TextMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="sms_delivery"
    )
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="deliveries")
    # Ours: keeps it single where the gateway keeps keys, and names it in reports. 20 signs, as the strictest allows.
    key = models.CharField(max_length=20, unique=True)
    # The gateway's own; "" until it has said one.
    provider_id = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=9, choices=CarryState.choices, default=CarryState.ASKED)
    fault = models.CharField(max_length=11, choices=Fault.choices, blank=True)
    # The gateway's code and words.
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    # Asking what became of it: how often so far, and when again.
    asks = models.PositiveSmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CarryState.values), name="sms_delivery_state"),
            models.CheckConstraint(condition=Q(fault__in=Fault.values), name="sms_delivery_fault"),
            models.CheckConstraint(
                condition=~Q(state__in=["delivered"]) | Q(reported_at__isnull=False), name="sms_delivered_has_time"
            ),
            models.UniqueConstraint(
                fields=["gateway", "provider_id"], condition=~Q(provider_id=""), name="sms_provider_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="sms_deliveries_to_ask"),
            models.Index(fields=["gateway", "-id"], name="sms_deliveries_of_gateway"),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names no number.
        return f"{self.key} {self.state}"


class SmsReport(models.Model):
    """A delivery report as it came, kept before anything is made of it. ``body`` is emptied once it was taken."""

    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="reports")
    # Of all its fields: the same report again is one row.
    digest = models.CharField(max_length=64)
    delivery = models.ForeignKey(SmsDelivery, null=True, blank=True, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    says = models.CharField(max_length=10, choices=ReportSays.choices, blank=True)
    # The gateway's own word.
    word = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=ReportState.choices)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="sms_report_state"),
            models.CheckConstraint(condition=Q(says__in=ReportSays.values), name="sms_report_says"),
            models.CheckConstraint(
                condition=~Q(state="taken") | (Q(delivery__isnull=False) & Q(body="")), name="sms_taken_has_text"
            ),
            models.UniqueConstraint(fields=["gateway", "digest"], name="sms_report_once"),
        ]
        indexes = [
            models.Index(fields=["gateway", "provider_id"], condition=Q(state="waiting"), name="sms_reports_waiting"),
            models.Index(fields=["at"], name="sms_reports_old"),
        ]

    def __str__(self) -> str:
        return f"{self.says} {self.state}"
