"""What a product costs: the price in force is found by the day."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.models import Installation
from halkhata.records.catalog.models import Price, Product


def shop_currency() -> str:
    """The currency the shop counts in."""
    found = Installation.objects.filter(pk=1).values_list("currency", flat=True).first()
    return found or "BDT"


def price_in_force(product: Product, *, on: date, branch: Branch | None = None) -> Price | None:
    """The price on that day: of the branch's own list if it has one, else of the list for every branch."""
    return prices_in_force([product.pk], on=on, branch=branch).get(product.pk)


def prices_in_force(product_ids: Collection[int], *, on: date, branch: Branch | None = None) -> dict[int, Price]:
    """Product id -> price on that day, in one query. What has no price is left out."""
    lists = Q(price_list__branch__isnull=True)
    if branch is not None:
        lists |= Q(price_list__branch=branch)
    rows = (
        Price.objects.filter(lists, price_list__is_active=True, product__in=product_ids, valid_from__lte=on)
        .select_related("price_list")
        .order_by("valid_from", "pk")
    )
    found: dict[int, Price] = {}
    for row in rows:
        known = found.get(row.product_id)
        # A later day beats an earlier one within a list; the branch's own list beats the common one.
        if known is None or row.price_list.branch_id or not known.price_list.branch_id:
            found[row.product_id] = row
    return found
