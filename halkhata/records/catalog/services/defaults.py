"""Rows a new shop starts with: the kinds of its trade and one price list."""

from collections.abc import Mapping
from typing import Any

from halkhata.records.catalog.models import PriceList, ProductKind
from halkhata.records.catalog.selectors.prices import shop_currency
from halkhata.records.catalog.trade_packs import all_packs, kinds_of_trade

RETAIL = "retail"


def create_kinds(trade: str, *, is_demo: bool = False) -> int:
    """Make the kinds of a trade that are not there yet. Returns how many were made."""
    return sum(_create(kind, is_demo) for kind in kinds_of_trade(trade))


def create_all_kinds(*, is_demo: bool = False) -> int:
    """Make the kinds of all trades: for a shop that sells everything, and for the demo."""
    return sum(_create(kind, is_demo) for kinds in all_packs().values() for kind in kinds)


def create_price_list() -> PriceList:
    """The list of retail prices, made if it is not there."""
    found, _made = PriceList.objects.get_or_create(
        code=RETAIL,
        defaults={"name_bn": "খুচরা মূল্য", "name_en": "Retail prices", "currency": shop_currency()},
    )
    return found


def prepare_catalog(
    _installation: object = None, _branch: object = None, answers: Mapping[str, Any] | None = None
) -> None:
    """Step of the first-run set-up."""
    create_kinds(str((answers or {}).get("trade", "")))
    create_price_list()


def _create(values: Mapping[str, Any], is_demo: bool) -> bool:
    defaults = {name: value for name, value in values.items() if name != "code"}
    return ProductKind.objects.get_or_create(code=values["code"], defaults={**defaults, "is_demo": is_demo})[1]
