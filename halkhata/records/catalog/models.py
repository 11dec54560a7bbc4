"""What the shop sells: kinds of products with the fields of their units, brands, products, price lists."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, Named, User, in_reader_language
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.choices import UsageUnit


class ProductKind(Named):
    """Motorcycle, refrigerator, phone: decides by which numbers a unit is known and what is written down about it.

    ``identifiers``: list of ``{"code", "label_bn", "label_en", "required", "check"}``; without any, products of this
    kind are sold by number of pieces and have no units. ``extra``: list of ``{"code", "label_bn", "label_en"}``.
    """

    code = models.SlugField(max_length=40, unique=True)
    # Installation.TRADES; "" for every trade.
    trade = models.CharField(_("trade"), max_length=20, blank=True)
    usage_unit = models.CharField(_("use is counted in"), max_length=6, choices=UsageUnit.choices, blank=True)
    identifiers = models.JSONField(default=list, blank=True)
    extra = models.JSONField(default=list, blank=True)
    # A line shown wherever such a unit is sold or looked at: what the law of the country asks of buyer and seller.
    notice_bn = models.CharField(_("notice in Bengali"), max_length=300, blank=True)
    notice_en = models.CharField(_("notice in English"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="catalog_kind_has_name"),
            models.CheckConstraint(condition=Q(usage_unit__in=["", *UsageUnit.values]), name="catalog_kind_usage"),
        ]

    @property
    def makes_units(self) -> bool:
        """Whether each piece is a unit with a life of its own."""
        return bool(self.identifiers)

    @property
    def identifier_labels(self) -> str:
        """What its numbers are called, in the reader's language."""
        return ", ".join(
            in_reader_language(entry.get("label_bn", ""), entry.get("label_en", "")) for entry in self.identifiers
        )


class Brand(Named):
    """Who makes it."""

    code = models.SlugField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="catalog_brand_has_name"),
        ]


class Product(Named):
    """One model of a brand, as it stands in the price list."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", verbose_name=_("brand"))
    kind = models.ForeignKey(ProductKind, on_delete=models.PROTECT, related_name="products", verbose_name=_("kind"))
    model_code = models.CharField(_("model"), max_length=60, blank=True)
    # Brand, names and model code, folded: what the search box of the sale looks through.
    folded = models.CharField(max_length=400, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["folded", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="catalog_product_has_name"),
            models.UniqueConstraint(
                fields=["brand", "model_code"], condition=~Q(model_code=""), name="catalog_model_once_per_brand"
            ),
        ]

    @property
    def full_name(self) -> str:
        """Brand and name; the brand once, where the name begins with it already."""
        brand, name = str(self.brand), self.name
        return name if brand in name else f"{brand} {name}"


class PriceList(Named):
    """A list of prices: of every branch, or of one (which goes before). Its prices are versioned by day."""

    code = models.SlugField(max_length=40, unique=True)
    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch")
    )
    currency = models.CharField(max_length=3, default="BDT")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="catalog_list_has_name"),
            models.CheckConstraint(condition=~Q(currency=""), name="catalog_list_has_currency"),
        ]


class Price(models.Model):
    """What a product costs from a day on, until the next row of the same list and product."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    amount = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField(_("valid from"))
    set_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product", "valid_from"], name="catalog_price_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalog_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


# At the end: their tables name what stands above.
from halkhata.records.catalog.models_sales import Purchase, PurchaseLine  # noqa: E402
from halkhata.records.catalog.models_units import (  # noqa: E402
    Ownership,
    Reading,
    Unit,
    UnitIdentifier,
    UnitLife,
    UnitQuerySet,
    unit_scope,
)

__all__ = [
    "Brand",
    "Ownership",
    "Price",
    "PriceList",
    "Product",
    "ProductKind",
    "Purchase",
    "PurchaseLine",
    "Reading",
    "Unit",
    "UnitIdentifier",
    "UnitLife",
    "UnitQuerySet",
    "unit_scope",
]
