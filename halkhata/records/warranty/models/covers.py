"""Covers: the terms as they were on the day of the sale, frozen on one unit."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.choices import CoverSource, CoverState, VoidReason
from halkhata.records.warranty.models.policies import WarrantyPolicy

LIVE = (CoverState.PENDING, CoverState.ACTIVE)


class CoverQuerySet(models.QuerySet["Cover"]):
    """Conditions on many covers."""

    def visible_to(self, user: User) -> Self:
        """Those of units inside the user's record scope."""
        return self.filter(unit__in=Unit.objects.visible_to(user))

    def live(self) -> Self:
        """What may still cover something."""
        return self.filter(state__in=LIVE)


class Cover(models.Model):
    """One component of one unit, covered from ``starts_on`` through ``ends_on`` or up to ``usage_limit``.

    A copy, not a link: a later version of the policy changes nothing here. The database refuses a change of the terms
    once the cover runs (a pending one still gets its first day).
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="covers", db_index=False)
    component = models.SlugField(max_length=30)
    label_bn = models.CharField(max_length=80, blank=True)
    label_en = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=8, choices=CoverSource.choices, default=CoverSource.BASE)
    covers_parts = models.BooleanField()
    covers_labour = models.BooleanField()
    covers_visit = models.BooleanField(default=False)
    covers_exchange = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    usage_limit = models.PositiveIntegerField(null=True, blank=True)
    exclusions_bn = models.TextField(blank=True)
    exclusions_en = models.TextField(blank=True)
    start_rule = models.CharField(max_length=9, default="invoice")
    replacement = models.CharField(max_length=7, default="inherit")
    on_transfer = models.CharField(max_length=4, default="keep")
    policy = models.ForeignKey(WarrantyPolicy, null=True, blank=True, on_delete=models.PROTECT, related_name="covers")
    policy_version = models.PositiveIntegerField(default=1)
    # The cover of the faulty unit that this one goes on from.
    came_from = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="went_to")
    # The number of the bill an extended warranty was sold with.
    bill = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=7, choices=CoverState.choices, default=CoverState.ACTIVE)
    state_since = models.DateTimeField()
    void_reason = models.CharField(max_length=8, choices=VoidReason.choices, blank=True)
    state_note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            # R7: whoever writes past the services gets no warranty that ends before it begins.
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="warranty_cover_ends_after_start"),
            models.CheckConstraint(condition=Q(state__in=CoverState.values), name="warranty_cover_state"),
            models.CheckConstraint(condition=Q(source__in=CoverSource.values), name="warranty_cover_source"),
            models.CheckConstraint(
                condition=Q(usage_limit__isnull=True) | Q(usage_limit__gte=1), name="warranty_cover_usage"
            ),
            models.CheckConstraint(
                condition=(Q(state="void") & Q(void_reason__in=VoidReason.values))
                | (~Q(state="void") & Q(void_reason="")),
                name="warranty_cover_void_has_reason",
            ),
            # A retried sale, or two tills, make no second cover of the same component.
            models.UniqueConstraint(
                fields=["unit", "component"],
                condition=Q(source="base", state__in=["pending", "active"]),
                name="warranty_cover_one_base",
            ),
            models.UniqueConstraint(
                fields=["unit", "component", "starts_on"],
                condition=Q(source="extended", state__in=["pending", "active"]),
                name="warranty_cover_one_extension",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="warranty_cover_of_unit"),
            models.Index(fields=["ends_on"], condition=Q(state="active"), name="warranty_cover_running_out"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.component} {self.starts_on}–{self.ends_on}"

    @property
    def label(self) -> str:
        """The component in the reader's language."""
        return in_reader_language(self.label_bn, self.label_en)

    @property
    def exclusions(self) -> str:
        """What is not covered, in the reader's language."""
        return in_reader_language(self.exclusions_bn, self.exclusions_en)
