"""Handing the unit over: one-time codes, who fetched it, the gate pass (A53.7)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import CodePurpose, HandedHow
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now


class JobCode(models.Model):
    """A one-time code that was sent to the customer: for the answer to an estimate, or for fetching the unit.

    Only a keyed hash of it is kept.
    """

    job = models.ForeignKey("service.ServiceJob", on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=8, choices=CodePurpose.choices)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    # Another took its place.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=CodePurpose.values), name="service_code_purpose"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="service_code_expires_later"),
            models.UniqueConstraint(
                fields=["job", "purpose"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="service_one_open_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.purpose}"


class Handover(models.Model):
    """The unit left the house: who took it and how they showed that they may. One per job card."""

    job = models.OneToOneField("service.ServiceJob", on_delete=models.CASCADE, related_name="handover")
    gate_pass = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()
    how = models.CharField(max_length=9, choices=HandedHow.choices)
    taken_by = models.CharField(_("handed to"), max_length=120)
    relation = models.CharField(_("who that is to the customer"), max_length=120, blank=True)
    # Strokes of a drawn signature, as points between 0 and 1000; or the name that was typed instead.
    strokes = models.JSONField(default=list, blank=True)
    typed_name = models.CharField(max_length=120, blank=True)
    code = models.ForeignKey(JobCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accessories_back = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(taken_by=""), name="service_handover_to_somebody"),
            models.CheckConstraint(
                condition=Q(how=HandedHow.CODE, code__isnull=False)
                | (Q(how=HandedHow.SIGNATURE) & (~Q(typed_name="") | ~Q(strokes=[]))),
                name="service_handover_is_proved",
            ),
        ]

    def __str__(self) -> str:
        return self.gate_pass
