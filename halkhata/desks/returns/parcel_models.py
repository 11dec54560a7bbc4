"""Parcels that came without a return number: they wait apart until somebody knows whose they are (A58.4)."""

from django.db import models
from django.db.models import Q

from halkhata.desks.returns.choices import ParcelState
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Unit, unit_scope


class ParcelQuerySet(models.QuerySet["Parcel"]):
    """Conditions on many parcels."""

    def visible_to(self, user: User) -> "ParcelQuerySet":
        """Those of the branches in the user's record scope."""
        return self.filter(unit_scope(user))


class Parcel(models.Model):
    """Goods that arrived and belong to no return we know of."""

    number = models.CharField(max_length=20, unique=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    # As it stands on the parcel.
    sender = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=300)
    serial = models.CharField(max_length=60, blank=True)
    # Where the serial number is one of ours.
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ParcelState.choices, default=ParcelState.WAITING)
    matched_to = models.OneToOneField(
        "returns.ReturnRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="parcel"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ParcelState.values), name="returns_parcel_state"),
            models.CheckConstraint(condition=~Q(content=""), name="returns_parcel_has_content"),
            models.CheckConstraint(
                condition=~Q(state=ParcelState.MATCHED) | Q(matched_to__isnull=False), name="returns_matched_has_return"
            ),
            models.CheckConstraint(
                condition=Q(state=ParcelState.WAITING) | Q(ended_at__isnull=False), name="returns_parcel_end_has_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "arrived_at"], name="returns_parcel_waiting")]

    def __str__(self) -> str:
        return self.number


class ParcelFile(models.Model):
    """A photo of a parcel."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="of_parcel")

    def __str__(self) -> str:
        return f"{self.parcel_id}"
