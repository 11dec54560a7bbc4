"""What the tests of the ledger start from."""

from typing import Any

import pytest

from halkhata.records.catalog.models import Brand, Product, ProductKind
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.stock.choices import PlaceKind
from halkhata.records.stock.services.places import place_of


@pytest.fixture
def fridge(db: None) -> Product:
    """A product whose pieces have serial numbers."""
    kind = ProductKind.objects.create(
        code="test-fridge", name_en="Refrigerator", name_bn="ফ্রিজ",
        identifiers=[{"code": "serial", "label_bn": "সিরিয়াল", "label_en": "Serial", "required": True, "check": ""}],
    )  # fmt: skip
    brand = Brand.objects.create(code="test-brand", name_en="Meghna")
    return Product.objects.create(
        name_en="Fridge 200", name_bn="ফ্রিজ ২০০", brand=brand, kind=kind, model_code="F200", folded="fridge 200"
    )


@pytest.fixture
def fan(fridge: Product) -> Product:
    """A product that is only counted."""
    kind = ProductKind.objects.create(code="test-fan", name_en="Fan", name_bn="পাখা", identifiers=[])
    return Product.objects.create(
        name_en="Fan 56", name_bn="পাখা ৫৬", brand=fridge.brand, kind=kind, model_code="FAN56", folded="fan 56"
    )


@pytest.fixture
def unit(shop: Any, fridge: Product) -> Any:
    """A fridge that the ledger does not know yet."""
    return make_unit(shop, fridge, "F200-0001")


@pytest.fixture
def places(shop: Any) -> dict[str, Any]:
    """All places of the branch by kind."""
    return {kind: place_of(shop.branch, kind) for kind in PlaceKind.values}


def make_unit(shop: Any, product: Product, serial: str) -> Any:
    """One more unit in stock."""
    return create_unit(actor=shop.owner, product=product, identifiers={"serial": serial}, branch=shop.branch)
