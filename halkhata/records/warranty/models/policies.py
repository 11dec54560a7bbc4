"""Policies: what is covered for how long. A published version never changes; the next one follows it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Named, in_reader_language
from halkhata.records.catalog.models import Brand, Product, ProductKind
from halkhata.records.warranty.choices import OnTransfer, PolicyKind, Replacement, StartRule

# A refrigerator's compressor has ten years, a solar panel twenty-five; more is a typing error.
MAX_MONTHS = 600


class WarrantyPolicy(Named):
    """One version of the terms for some products. Of a ``code`` at most one version is in use.

    The narrowest match wins: the product, then brand and kind, then brand, then kind, then a policy for everything.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=PolicyKind.choices, default=PolicyKind.BASE)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product_kind = models.ForeignKey(ProductKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # An extended warranty is sold as this product, when it is on a bill.
    sold_as = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    start_rule = models.CharField(max_length=9, choices=StartRule.choices, default=StartRule.INVOICE)
    replacement = models.CharField(max_length=7, choices=Replacement.choices, default=Replacement.INHERIT)
    on_transfer = models.CharField(max_length=4, choices=OnTransfer.choices, default=OnTransfer.KEEP)
    is_active = models.BooleanField(default=True)
    # Written by the product at set-up: to be checked against the company's own book before anybody relies on it.
    is_example = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    publisher_label = models.CharField(max_length=150, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="warranty_policy_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(is_active=True), name="warranty_policy_one_in_use"),
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="warranty_policy_has_name"),
            models.CheckConstraint(condition=~Q(code="") & Q(version__gte=1), name="warranty_policy_version"),
            models.CheckConstraint(condition=Q(kind__in=PolicyKind.values), name="warranty_policy_kind"),
            models.CheckConstraint(condition=Q(start_rule__in=StartRule.values), name="warranty_policy_start"),
            models.CheckConstraint(condition=Q(replacement__in=Replacement.values), name="warranty_policy_replaces"),
            models.CheckConstraint(condition=Q(on_transfer__in=OnTransfer.values), name="warranty_policy_transfer"),
        ]


class PolicyTerm(models.Model):
    """What one version says of one component: the whole unit, the battery, the compressor …"""

    policy = models.ForeignKey(WarrantyPolicy, on_delete=models.CASCADE, related_name="terms")
    component = models.SlugField(max_length=30)
    label_bn = models.CharField(max_length=80, blank=True)
    label_en = models.CharField(max_length=80, blank=True)
    covers_parts = models.BooleanField(default=True)
    covers_labour = models.BooleanField(default=True)
    covers_visit = models.BooleanField(default=False)
    covers_exchange = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField()
    usage_limit = models.PositiveIntegerField(null=True, blank=True)
    exclusions_bn = models.TextField(blank=True)
    exclusions_en = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "component"], name="warranty_term_once"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=MAX_MONTHS), name="warranty_term_months"),
            models.CheckConstraint(
                condition=Q(usage_limit__isnull=True) | Q(usage_limit__gte=1), name="warranty_term_usage"
            ),
            models.CheckConstraint(condition=~Q(label_bn="") | ~Q(label_en=""), name="warranty_term_has_label"),
            models.CheckConstraint(
                condition=Q(covers_parts=True) | Q(covers_labour=True) | Q(covers_visit=True) | Q(covers_exchange=True),
                name="warranty_term_covers_something",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The component in the reader's language."""
        return in_reader_language(self.label_bn, self.label_en)

    @property
    def exclusions(self) -> str:
        """What is not covered, in the reader's language."""
        return in_reader_language(self.exclusions_bn, self.exclusions_en)


class PolicyCoupon(models.Model):
    """The n-th free service of a version: a window of days after the sale, and of usage where there is a counter."""

    policy = models.ForeignKey(WarrantyPolicy, on_delete=models.CASCADE, related_name="coupons")
    number = models.PositiveSmallIntegerField()
    from_days = models.PositiveSmallIntegerField(default=0)
    to_days = models.PositiveSmallIntegerField()
    from_usage = models.PositiveIntegerField(null=True, blank=True)
    to_usage = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="warranty_policy_coupon_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=24), name="warranty_policy_coupon_number"),
            models.CheckConstraint(condition=Q(to_days__gt=F("from_days")), name="warranty_policy_coupon_days"),
            models.CheckConstraint(
                condition=Q(to_usage__isnull=True)
                | (Q(from_usage__isnull=True) & Q(to_usage__gte=1))
                | Q(to_usage__gt=F("from_usage")),
                name="warranty_policy_coupon_usage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.number}"


class WarrantySettings(models.Model):
    """The one row of what the shop decides: when a number of claims is many, how early a lost coupon is warned of."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    many_claims = models.PositiveSmallIntegerField(_("claims per year that are looked at"), default=4)
    warn_days = models.PositiveSmallIntegerField(_("days before a free service is lost"), default=14)
    public_registration = models.BooleanField(_("customers register on the web page"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="warranty_settings_one_row"),
            models.CheckConstraint(
                condition=Q(many_claims__gte=1, many_claims__lte=100), name="warranty_settings_claims"
            ),
            models.CheckConstraint(condition=Q(warn_days__gte=1, warn_days__lte=90), name="warranty_settings_days"),
        ]

    def __str__(self) -> str:
        return "warranty"
