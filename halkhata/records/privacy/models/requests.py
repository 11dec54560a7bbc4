"""Requests about one's data, erasures and legal holds."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import (
    ConsentSource,
    RequestKind,
    RequestState,
)


class DataRequest(models.Model):
    """Somebody asks about their data. Answered within a month, or after an extension within three (Art. 12(3), N9)."""

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=13, choices=RequestKind.choices)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="data_requests", db_index=False
    )
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    received_at = models.DateTimeField()
    received_how = models.CharField(max_length=8, choices=ConsentSource.choices, default=ConsentSource.COUNTER)
    what = models.TextField(blank=True)
    # How we know that the person is who they say.
    identity_check = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="privacy_request_kind"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="privacy_request_state"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="privacy_ended_request_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="privacy_refusal_has_reason"),
            models.CheckConstraint(condition=Q(due_at__gt=F("received_at")), name="privacy_request_due_later"),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True) | ~Q(extension_reason=""), name="privacy_extension_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="privacy_request_due"),
            models.Index(fields=["-received_at", "-id"], name="privacy_request_recent"),
            models.Index(fields=["customer", "-received_at"], name="privacy_request_customer"),
        ]

    def __str__(self) -> str:
        return self.number


class Erasure(models.Model):
    """That a person's data were erased, when and how much: without a word about who it was."""

    # No foreign key: the row says something about a number, whatever becomes of the customer's row.
    customer_id_then = models.BigIntegerField(unique=True)
    request = models.ForeignKey(DataRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasures")
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=150, blank=True)
    # How many rows of each table: {"messaging.message": 12, …}.
    counts = models.JSONField(default=dict)
    # When nothing was left in files, logs and the database's own free space, either.
    scrubbed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="privacy_erasure_recent")]

    def __str__(self) -> str:
        return f"{self.customer_id_then} {self.at:%Y-%m-%d}"


class LegalHold(models.Model):
    """Nothing of this customer is erased while a dispute or an authority needs it (A60.10, E.9)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="legal_holds", db_index=False)
    reason = models.CharField(_("why"), max_length=300)
    placed_at = models.DateTimeField()
    placed_label = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="privacy_hold_has_reason"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="privacy_one_standing_hold"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("placed_at")), name="privacy_hold_ends_later"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="privacy_hold_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.placed_at:%Y-%m-%d}"
