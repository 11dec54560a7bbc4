"""By what the shop reminds: rules of service for products, and how early."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from halkhata.records.catalog.models import Brand, Product, ProductKind

MOST_MONTHS = 120
MOST_USAGE = 1_000_000


class ServiceRule(models.Model):
    """After how many months, or after how much use, a unit is due for service: whichever comes first.

    The narrowest rule wins: the product, then brand and kind, then brand, then kind, then the one for everything.
    """

    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(ProductKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    months = models.PositiveSmallIntegerField(_("months between services"), null=True, blank=True)
    # In the unit of the kind: kilometres, hours, cycles.
    usage_every = models.PositiveIntegerField(_("use between services"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(months__isnull=False) | Q(usage_every__isnull=False), name="aftercare_rule_says_something"
            ),
            models.CheckConstraint(
                condition=Q(months__isnull=True) | Q(months__gte=1, months__lte=MOST_MONTHS),
                name="aftercare_rule_months",
            ),
            models.CheckConstraint(
                condition=Q(usage_every__isnull=True) | Q(usage_every__gte=1, usage_every__lte=MOST_USAGE),
                name="aftercare_rule_usage",
            ),
            # A product has its brand and kind already.
            models.CheckConstraint(
                condition=Q(product__isnull=True) | Q(brand__isnull=True, kind__isnull=True),
                name="aftercare_rule_of_one_sort",
            ),
            models.UniqueConstraint(
                Coalesce(F("product"), Value(0)),
                Coalesce(F("brand"), Value(0)),
                Coalesce(F("kind"), Value(0)),
                condition=Q(is_active=True),
                name="aftercare_rule_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months or '-'} / {self.usage_every or '-'}"


class AftercareSettings(models.Model):
    """The one row of what the shop decides about reminders; there is none until somebody changes it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    before_days = models.PositiveSmallIntegerField(_("days before the day"), default=7)
    after_days = models.PositiveSmallIntegerField(_("days after the day"), default=7)
    coupon_days = models.PositiveSmallIntegerField(_("days before a free service is lost"), default=14)
    # Descending: days before a contract ends (A53.6).
    renewal_days = models.JSONField(default=list)
    sends_texts = models.BooleanField(_("send an SMS"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="aftercare_settings_one_row"),
            models.CheckConstraint(
                condition=Q(before_days__gte=1, before_days__lte=60), name="aftercare_settings_before"
            ),
            models.CheckConstraint(condition=Q(after_days__gte=1, after_days__lte=60), name="aftercare_settings_after"),
            models.CheckConstraint(
                condition=Q(coupon_days__gte=1, coupon_days__lte=90), name="aftercare_settings_coupon"
            ),
        ]

    def __str__(self) -> str:
        return "aftercare"
