"""Registrations: somebody says that they bought this unit on that day, and shows a bill."""

from typing import Self

from django.db import models
from django.db.models import Q

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Product, Unit, unit_scope
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.choices import Channel, EvidenceState, RejectReason


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Conditions on many registrations."""

    def visible_to(self, user: User) -> Self:
        """Those of the branches in the user's record scope."""
        return self.filter(unit_scope(user))

    def waiting(self) -> Self:
        """Papers that nobody has checked."""
        return self.filter(state=EvidenceState.UNVERIFIED)


class Registration(models.Model):
    """One registration with its evidence. The unit is named as soon as it is known to the shop."""

    number = models.CharField(max_length=24, unique=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product_text = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=64)
    serial_folded = models.CharField(max_length=64, db_index=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="warranty_registrations"
    )
    person_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    bought_on = models.DateField()
    sold_by = models.CharField(max_length=120, blank=True)
    invoice_no = models.CharField(max_length=60, blank=True)
    photo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=EvidenceState.choices, default=EvidenceState.UNVERIFIED)
    reject_reason = models.CharField(max_length=12, choices=RejectReason.choices, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    # The work item that asks staff to look at it, and when the number was proved by a one-time code.
    work_number = models.CharField(max_length=24, blank=True, db_index=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    # The same form sent twice is one registration.
    key = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="warranty_registration_channel"),
            models.CheckConstraint(condition=Q(state__in=EvidenceState.values), name="warranty_registration_state"),
            models.CheckConstraint(condition=~Q(serial=""), name="warranty_registration_serial"),
            models.CheckConstraint(
                condition=(Q(state="rejected") & Q(reject_reason__in=RejectReason.values))
                | (~Q(state="rejected") & Q(reject_reason="")),
                name="warranty_registration_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(unit__isnull=False), name="warranty_registration_has_unit"
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="warranty_registration_key_once"),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="warranty_registration_queue"),
        ]

    def __str__(self) -> str:
        return self.number
