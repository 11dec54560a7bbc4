"""A case outside the house, and the customer's own way in."""

from django.db import models
from django.db.models import F, Q

from halkhata.desks.disputes.choices import OutsideState
from halkhata.desks.disputes.models.disputes import Dispute
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import ContactPoint


class OutsideCase(models.Model):
    """A complaint at an office, a court or the company (US-30). Seen by few."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="outside_cases")
    case_number = models.CharField(max_length=60)
    office = models.CharField(max_length=160)
    hearing_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=5, choices=OutsideState.choices, default=OutsideState.OPEN)
    note = models.TextField(blank=True)
    result = models.TextField(blank=True)
    fine = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(case_number=""), name="disputes_case_has_number"),
            models.CheckConstraint(condition=~Q(office=""), name="disputes_case_has_office"),
            models.UniqueConstraint(fields=["office", "case_number"], name="disputes_case_once"),
            models.CheckConstraint(
                condition=~Q(state="ended") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="disputes_ended_case_has_result",
            ),
            models.CheckConstraint(
                condition=Q(fine__isnull=True) | (Q(fine__gte=0) & ~Q(currency="")), name="disputes_fine_has_currency"
            ),
        ]
        indexes = [models.Index(fields=["hearing_at"], condition=Q(state="open"), name="disputes_hearing")]

    def __str__(self) -> str:
        return f"{self.office} {self.case_number}"

    @property
    def is_demo(self) -> bool:
        """Invented with its dispute."""
        return self.dispute.is_demo


class Visit(models.Model):
    """Somebody asked for a code to open a dispute by phone number; then one session of half an hour.

    A row is written whether number and dispute belong together or not; only then there is a code.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="visits")
    contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    phone_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    session_hash = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("requested_at")), name="disputes_visit_expires_later"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | (~Q(code_hash="") & ~Q(session_hash="")),
                name="disputes_used_code_opened_it",
            ),
            models.UniqueConstraint(
                fields=["session_hash"], condition=~Q(session_hash=""), name="disputes_visit_session_once"
            ),
        ]
        indexes = [
            models.Index(fields=["browser_hash", "-id"], name="disputes_visit_browser"),
            models.Index(fields=["phone_hash", "-requested_at"], name="disputes_visit_phone"),
            models.Index(fields=["address_hash", "-requested_at"], name="disputes_visit_address"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.requested_at:%Y-%m-%d %H:%M}"
