"""Old parts: kept with a tag until the company wants them, sent on with a list (US-33 AC 4)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.models.claims import Claim
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Brand


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    """Conditions on many parcels."""

    def visible_to(self, user: User) -> "DispatchQuerySet":
        """Those with a part of a claim inside the user's record scope."""
        return self.filter(pk__in=OldPart.objects.filter(claim__in=Claim.objects.visible_to(user)).values("dispatch"))


class Dispatch(models.Model):
    """A parcel of old parts to one company: when, by which courier, under which number of theirs."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(_("sent on"))
    courier = models.CharField(_("courier"), max_length=80)
    consignment = models.CharField(_("number of the consignment"), max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(courier=""), name="claims_dispatch_has_courier")]

    def __str__(self) -> str:
        return f"{self.courier} {self.consignment}".strip()


class OldPart(models.Model):
    """A part that was taken out, with the tag that hangs on it: the claim's number and a count."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="old_parts")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("part"), max_length=200)
    serial = models.CharField(_("number of the part"), max_length=60, blank=True)
    # Shelf or box in which it waits.
    shelf = models.CharField(_("where it is kept"), max_length=60, blank=True)
    dispatch = models.ForeignKey(Dispatch, null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    tagged_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["claim", "place"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "place"], name="claims_tag_once"),
            models.CheckConstraint(condition=Q(place__gte=1), name="claims_tag_counts"),
            models.CheckConstraint(condition=~Q(name=""), name="claims_part_has_name"),
        ]
        indexes = [
            models.Index(fields=["claim"], condition=Q(dispatch__isnull=True), name="claims_parts_waiting"),
        ]

    def __str__(self) -> str:
        return self.tag

    @property
    def tag(self) -> str:
        """What stands on the tag: C-1004/1."""
        return f"{self.claim.number}/{self.place}"
