"""What segments may ask of what a customer owns and has bought (A54.3), and what of it moves somebody in or out."""

from collections.abc import Sequence
from datetime import date
from math import ceil, floor
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from halkhata.engines.segments.parts import codes_of, range_on, rows_hold
from halkhata.engines.segments.registry import Asking, SegmentField
from halkhata.engines.segments.services.membership import review_customer
from halkhata.foundation.core.events import on
from halkhata.records.catalog.events import PurchaseRecorded, PurchaseReversed, UnitStateChanged, UnitTransferred
from halkhata.records.catalog.models import Brand, Ownership, Product, ProductKind, Purchase, Unit
from halkhata.records.catalog.selectors.products import label_of_product

UNITS = _("Units and purchases")
OWNER, BUYER = "owner_id", "customer_id"
MOST_CHOICES = 500


def owned() -> "QuerySet[Unit]":
    """Units somebody owns now."""
    return Unit.objects.filter(owner__isnull=False)


def bought() -> "QuerySet[Purchase]":
    """Purchases that were not taken back."""
    return Purchase.objects.filter(reversed_at__isnull=True)


def number_between(asking: Asking, low: Any, high: Any) -> Q:
    """So many units. Whoever owns none has the number 0."""

    def with_at_least(least: int) -> Q:
        if asking.for_one:
            counted = (
                owned().filter(owner_id=OuterRef("pk")).order_by().values(OWNER).annotate(n=Count("pk")).values("n")
            )
            number = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
            return Q(GreaterThanOrEqual(number, Value(least)))
        return Q(pk__in=owned().order_by().values(OWNER).annotate(n=Count("pk")).filter(n__gte=least).values(OWNER))

    found = ~Q(pk__in=())
    if low is not None and low > 0:
        found &= with_at_least(ceil(low))
    if high is not None:
        found &= Q(pk__in=()) if high < 0 else ~with_at_least(floor(high) + 1)
    return found


def bought_between(asking: Asking, low: date | None, high: date | None) -> Q:
    """A purchase on one of these days."""
    return asking.has(bought().filter(range_on("bought_on", low, high)), BUYER)


def owns(column: str) -> Any:
    """A unit owned now has one of these in ``column``."""

    def one_of(asking: Asking, codes: Sequence[str]) -> Q:
        return asking.has(owned().filter(**{f"{column}__in": codes_of(codes)}), OWNER)

    return one_of


def unit_fields() -> list[SegmentField]:
    """The fields, in order."""
    return [
        SegmentField(
            code="unit.number", label=_("Number of units"), group=UNITS, kind="number", order=50,
            between=number_between, holds=lambda _asking: ~Q(pk__in=()),
        ),
        SegmentField(
            code="unit.product", label=_("Owns the product"), group=UNITS, kind="several", order=51,
            choices=lambda: [
                (str(one.pk), label_of_product(one)) for one in Product.objects.select_related("brand")[:MOST_CHOICES]
            ],
            one_of=owns("product_id"), holds=rows_hold(owned, OWNER),
        ),
        SegmentField(
            code="unit.brand", label=_("Owns something of the brand"), group=UNITS, kind="several", order=52,
            choices=lambda: [(str(one.pk), one.name) for one in Brand.objects.all()[:MOST_CHOICES]],
            one_of=owns("product__brand_id"), holds=rows_hold(owned, OWNER),
        ),
        SegmentField(
            code="unit.kind", label=_("Owns something of the kind"), group=UNITS, kind="several", order=53,
            choices=lambda: [(str(one.pk), one.name) for one in ProductKind.objects.all()[:MOST_CHOICES]],
            one_of=owns("product__kind_id"), holds=rows_hold(owned, OWNER),
        ),
        SegmentField(
            code="unit.bought", label=_("Bought on"), group=UNITS, kind="date", order=54,
            between=bought_between, holds=rows_hold(bought, BUYER),
        ),
    ]  # fmt: skip


@on(PurchaseRecorded)
def place_buyer(event: PurchaseRecorded) -> None:
    """A sale moves its customer."""
    review_customer(event.customer_id)


@on(PurchaseReversed)
def place_buyer_of_reversed_sale(event: PurchaseReversed) -> None:
    """So does one that is taken back."""
    review_customer(event.customer_id)


@on(UnitTransferred)
def place_both_owners(event: UnitTransferred) -> None:
    """A transfer moves both."""
    review_customer(event.from_customer_id)
    review_customer(event.to_customer_id)


@on(UnitStateChanged)
def place_owners_of_unit(event: UnitStateChanged) -> None:
    """A unit that is given back moves whoever had it last."""
    last = Ownership.objects.filter(unit_id=event.unit_id).values_list("customer_id", flat=True).first()
    review_customer(last)
