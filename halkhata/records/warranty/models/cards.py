"""What the customer holds of a warranty: the card with its check address, the free services. And what looks wrong."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.choices import CouponState, FlagKind


class Card(models.Model):
    """The public address of one unit's warranty: nobody can guess it, and it says nothing about people."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="warranty_card")
    token = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(token=""), name="warranty_card_token")]

    def __str__(self) -> str:
        return str(self.unit_id)


class CouponQuerySet(models.QuerySet["Coupon"]):
    """Conditions on many free services."""

    def visible_to(self, user: User) -> Self:
        """Those of units inside the user's record scope."""
        return self.filter(unit__in=Unit.objects.visible_to(user))


class Coupon(models.Model):
    """One free service of one unit, with its windows frozen at the sale.

    Used once, whatever happens; due again only when the job it was used on does not do the service.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="coupons", db_index=False)
    number = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()
    from_usage = models.PositiveIntegerField(null=True, blank=True)
    to_usage = models.PositiveIntegerField(null=True, blank=True)
    policy_code = models.CharField(max_length=40, blank=True)
    policy_version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=CouponState.choices, default=CouponState.DUE)
    used_on = models.DateField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_reading = models.PositiveIntegerField(null=True, blank=True)
    used_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    used_branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    job_number = models.CharField(max_length=24, blank=True)
    # Set when a manager let a late, early or second one pass; names the goodwill that stands for it.
    goodwill = models.CharField(max_length=60, blank=True)
    # Made anew after a reversed sale: the round it belongs to.
    round = models.PositiveSmallIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = CouponQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "round", "number"], name="warranty_coupon_once"),
            models.CheckConstraint(condition=Q(state__in=CouponState.values), name="warranty_coupon_state"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="warranty_coupon_days"),
            models.CheckConstraint(
                condition=(Q(state="used") & Q(used_on__isnull=False) & Q(used_at__isnull=False))
                | (~Q(state="used") & Q(used_on__isnull=True) & Q(used_at__isnull=True)),
                name="warranty_coupon_used_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["to_on"], condition=Q(state="due"), name="warranty_coupon_running_out"),
            models.Index(fields=["used_on"], condition=Q(state="used"), name="warranty_coupon_month"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.number}"


class FlagQuerySet(models.QuerySet["Flag"]):
    """Conditions on many flags."""

    def visible_to(self, user: User) -> Self:
        """Those of units inside the user's record scope."""
        return self.filter(unit__in=Unit.objects.visible_to(user))

    def open(self) -> Self:
        """What nobody has looked at."""
        return self.filter(cleared_at__isnull=True)


class Flag(models.Model):
    """Something that looks like an attempt to get more than is due. A list for people: nothing is refused by it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="warranty_flags")
    kind = models.CharField(max_length=18, choices=FlagKind.choices)
    # What makes this one the same as before: the part's number, the year, the second registration.
    key = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict, blank=True)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "key"], name="warranty_flag_once"),
            models.CheckConstraint(condition=Q(kind__in=FlagKind.values), name="warranty_flag_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"
