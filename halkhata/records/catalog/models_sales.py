"""Sales: what somebody bought, in one memo."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.choices import SaleChannel
from halkhata.records.catalog.models_units import unit_scope

# SQLite calculates amounts in binary: what differs by less than this is the same.
HALF_A_CENT = Decimal("0.005")


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    """Conditions on many purchases."""

    def visible_to(self, user: User) -> "PurchaseQuerySet":
        """Those of the branches in the user's record scope."""
        return self.filter(unit_scope(user))

    def standing(self) -> "PurchaseQuerySet":
        """Not reversed."""
        return self.filter(reversed_at__isnull=True)


class Purchase(models.Model):
    """One memo: recorded as one, reversed as one."""

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="purchases", verbose_name=_("customer")
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    bought_on = models.DateField(_("date"))
    # The number on the shop's own paper.
    memo = models.CharField(_("memo number"), max_length=40, blank=True)
    channel = models.CharField(max_length=8, choices=SaleChannel.choices)
    # What makes a sale that is sent twice one: of the form, the row, the request.
    key = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reverse_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="catalog_sale_once"),
            models.CheckConstraint(condition=Q(channel__in=SaleChannel.values), name="catalog_sale_channel"),
            models.CheckConstraint(condition=Q(total__gte=0), name="catalog_sale_total"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reverse_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reverse_reason="")),
                name="catalog_reversed_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="catalog_sale_recent"),
            models.Index(fields=["branch", "-created_at", "-id"], name="catalog_sale_branch"),
            models.Index(fields=["bought_on"], name="catalog_sale_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_reversed(self) -> bool:
        """Whether it was taken back as a whole."""
        return self.reversed_at is not None


class PurchaseLine(models.Model):
    """One product of a memo: a unit, or so many pieces."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("catalog.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    # The sale by which the unit is with its buyer now; false once it was reversed, given back or replaced.
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="catalog_line_quantity"),
            models.CheckConstraint(condition=Q(unit__isnull=True) | Q(quantity=1), name="catalog_unit_is_one_piece"),
            models.CheckConstraint(
                condition=Q(
                    unit_price__gte=0, discount__gte=0, discount__lte=F("unit_price") * F("quantity") + HALF_A_CENT
                ),
                name="catalog_line_discount",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=F("unit_price") * F("quantity") - F("discount") - HALF_A_CENT,
                    amount__lte=F("unit_price") * F("quantity") - F("discount") + HALF_A_CENT,
                ),
                name="catalog_line_adds_up",
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(unit__isnull=False, stands=True), name="catalog_unit_sold_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.product_id} × {self.quantity}"
