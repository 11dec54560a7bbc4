"""Job cards: a unit from the gate to the gate (A53.7, US-14)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import CancelReason, JobState, PartState, PhotoWhen
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Product, Unit


class ServiceJobQuerySet(VisibleQuerySet["ServiceJob"]):
    """Job cards, with the record scope of every work item."""


class ServiceJob(WorkItem):
    """A job card: a work item about one unit, with the service desk's own state machine."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="jobs")
    # Code of the product's kind as it was: promises and checklists go by it.
    category_code = models.CharField(max_length=40, blank=True)
    # The customer's own words.
    complaint = models.TextField()
    reading = models.PositiveIntegerField(null=True, blank=True)
    # What was left with the unit: "charger", "key" ….
    accessories = models.JSONField(default=list, blank=True)
    # How it looked: scratches, dents.
    condition_note = models.TextField(blank=True)
    diagnosis = models.TextField(blank=True)
    technician = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="bench_jobs")
    # What the warranty said at intake: {"state", "sentence"}.
    verdict = models.JSONField(default=dict, blank=True)
    currency = models.CharField(max_length=3)
    cancel_reason = models.CharField(max_length=14, choices=CancelReason.choices, blank=True)
    cancel_note = models.CharField(max_length=300, blank=True)
    # Raised with each change of the lines; an approval names the one it is of.
    lines_version = models.PositiveIntegerField(default=0)

    objects = ServiceJobQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(complaint=""), name="service_job_has_complaint"),
            models.CheckConstraint(condition=~Q(currency=""), name="service_job_has_currency"),
        ]

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(JobState(self.state).label)


class JobPhoto(models.Model):
    """A photo of the unit: as it came, on the bench, as it left."""

    job = models.ForeignKey(ServiceJob, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    taken_when = models.CharField(max_length=5, choices=PhotoWhen.choices, default=PhotoWhen.IN)
    note = models.CharField(max_length=120, blank=True)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["job", "file"], name="service_photo_once_per_job")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.file_id}"


class PartRequest(models.Model):
    """A part that is not here: asked for, with the day it should come (US-34)."""

    job = models.ForeignKey(ServiceJob, on_delete=models.CASCADE, related_name="part_requests")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("part"), max_length=200)
    quantity = models.PositiveSmallIntegerField(default=1)
    # From whom, and their order number.
    supplier = models.CharField(_("asked from"), max_length=120, blank=True)
    order_ref = models.CharField(_("order number"), max_length=60, blank=True)
    eta_on = models.DateField(_("expected on"))
    state = models.CharField(max_length=9, choices=PartState.choices, default=PartState.OPEN)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The expected day for which advisor and customer were told that it has passed.
    late_told_for = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["eta_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="service_part_has_name"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="service_part_quantity"),
            models.CheckConstraint(condition=Q(state__in=PartState.values), name="service_part_state"),
            models.CheckConstraint(
                condition=Q(state=PartState.OPEN, ended_at__isnull=True)
                | (~Q(state=PartState.OPEN) & Q(ended_at__isnull=False)),
                name="service_part_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["eta_on", "id"], condition=Q(state="open"), name="service_parts_awaited"),
        ]

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"


class ServiceRules(models.Model):
    """The one row of rules a shop sets for its service desk; there is none until somebody changes a rule."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # States at which the customer gets a message (US-14 AC 3).
    told_states = models.JSONField(default=list)
    # How long an estimate holds.
    estimate_days = models.PositiveSmallIntegerField(default=7)
    # How long before the promised time the unit should be ready.
    buffer_hours = models.PositiveSmallIntegerField(default=4)
    asks_satisfaction = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="service_rules_is_one_row"),
            models.CheckConstraint(
                condition=Q(estimate_days__gte=1, estimate_days__lte=60), name="service_rules_estimate"
            ),
            models.CheckConstraint(condition=Q(buffer_hours__lte=240), name="service_rules_buffer"),
        ]

    def __str__(self) -> str:
        return str(_("Rules of the service desk"))


# At the end: their tables name what stands above.
from halkhata.desks.service.models_booking import BookingPhoto, BookingRule, JobBooking  # noqa: E402
from halkhata.desks.service.models_handover import Handover, JobCode  # noqa: E402
from halkhata.desks.service.models_money import Estimate, JobLine  # noqa: E402

__all__ = [
    "BookingPhoto",
    "BookingRule",
    "Estimate",
    "Handover",
    "JobBooking",
    "JobCode",
    "JobLine",
    "JobPhoto",
    "PartRequest",
    "ServiceJob",
    "ServiceJobQuerySet",
    "ServiceRules",
]
