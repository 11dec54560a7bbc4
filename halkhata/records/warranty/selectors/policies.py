"""Which terms hold for a product."""

from django.db.models import Q, QuerySet

from halkhata.records.catalog.models import Product
from halkhata.records.warranty.choices import PolicyKind
from halkhata.records.warranty.models import WarrantyPolicy


def policy_for(product: Product) -> WarrantyPolicy | None:
    """The terms in use that come with ``product``: the narrowest match wins, then the code; None without any."""
    found = list(matching(product).filter(kind=PolicyKind.BASE).order_by("code").prefetch_related("terms", "coupons"))
    return max(found, key=lambda policy: (narrowness(policy), [-ord(letter) for letter in policy.code]), default=None)


def extensions_for(product: Product) -> list[WarrantyPolicy]:
    """What can be bought on top for ``product``, narrowest first."""
    found = matching(product).filter(kind=PolicyKind.EXTENDED).prefetch_related("terms")
    return sorted(found, key=lambda policy: (-narrowness(policy), policy.code))


def has_extensions(product: Product) -> bool:
    """Whether anything can be bought on top for ``product``. One query."""
    return matching(product).filter(kind=PolicyKind.EXTENDED).exists()


def matching(product: Product) -> QuerySet[WarrantyPolicy]:
    """Every version in use whose match takes ``product``."""
    return WarrantyPolicy.objects.filter(
        Q(product__isnull=True) | Q(product_id=product.pk),
        Q(brand__isnull=True) | Q(brand_id=product.brand_id),
        Q(product_kind__isnull=True) | Q(product_kind_id=product.kind_id),
        is_active=True,
    )


def narrowness(policy: WarrantyPolicy) -> int:
    """How closely the terms are aimed: product, then brand, then kind."""
    return (
        4 * (policy.product_id is not None) + 2 * (policy.brand_id is not None) + (policy.product_kind_id is not None)
    )


def versions_of(code: str) -> QuerySet[WarrantyPolicy]:
    """All versions, the newest first."""
    return WarrantyPolicy.objects.filter(code=code).order_by("-version").prefetch_related("terms", "coupons")
