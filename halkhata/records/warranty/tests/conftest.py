"""What the tests of the warranty start from: the catalogue's products, terms for three of them, people with rights."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from halkhata.engines.goodwill.models import GoodwillLimit
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.tests.conftest import CHASSIS, ENGINE, catalog, elsewhere, karim, rahima
from halkhata.records.warranty.services.publishing import Term, Window, publish_policy
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["CHASSIS", "ENGINE", "catalog", "elsewhere", "karim", "rahima"]

COUNTER = ("unit.view", "unit.edit", "sale.record", "warranty.view", "warranty.register", "coupon.use")
CHIEF = (*COUNTER, "sale.reverse", "catalog.edit", "warranty.void", "warranty.settings", "goodwill.grant")
SOLD_ON = date(2026, 3, 12)


@pytest.fixture
def terms(catalog: Any) -> Any:
    """Terms: a bike with km and coupons, a fridge with a compressor, and an extension for the fridge."""
    counter = make_role("counter", level=1, scope="branch", permissions=(*AGENT_PERMISSIONS, *COUNTER))
    chief = make_role("wchief", level=3, scope="branch", permissions=(*AGENT_PERMISSIONS, *CHIEF))
    catalog.counter = make_user("counter", branch=catalog.branch, role=counter)
    catalog.manager = make_user("wmanager", branch=catalog.branch, role=chief)
    GoodwillLimit.objects.create(role=chief, per_case=500, per_month=2000, currency="BDT")
    bike = publish_policy(
        actor=SYSTEM, name_en="Bike", name_bn="বাইক", product_kind=catalog.bike.kind,
        terms=[
            Term(component="all", label_en="Whole bike", label_bn="পুরো গাড়ি", months=12, usage_limit=30_000),
            Term(component="battery", label_en="Battery", label_bn="ব্যাটারি", months=6, labour=False),
        ],
        coupons=[
            Window(from_days=20, to_days=45, from_usage=400, to_usage=1000),
            Window(from_days=60, to_days=120, from_usage=2000, to_usage=3500),
        ],
    )  # fmt: skip
    fridge = publish_policy(
        actor=SYSTEM, name_en="Fridge", product_kind=catalog.fridge.kind,
        terms=[
            Term(component="all", label_en="Parts and service", label_bn="যন্ত্রাংশ ও সার্ভিস", months=12, visit=True),
            Term(component="compressor", label_en="Compressor", label_bn="কম্প্রেসর", months=120, labour=False),
        ],
    )  # fmt: skip
    extra = publish_policy(
        actor=SYSTEM, name_en="One more year", kind="extended", product_kind=catalog.fridge.kind,
        terms=[Term(component="all", label_en="Parts and service", months=12)],
    )  # fmt: skip
    return SimpleNamespace(bike=bike, fridge=fridge, extra=extra)


def sell_unit(catalog: Any, customer: Any, product: Any = None, *, on: date = SOLD_ON, serial: str = "SN-0001") -> Any:
    """One more unit sold by the counter; a fridge unless another product is named."""
    product = product or catalog.fridge
    codes = [str(entry["code"]) for entry in product.kind.identifiers if entry["required"]]
    identifiers = {code: f"{serial}-{code}" if len(codes) > 1 else serial for code in codes}
    line = NewLine(product=product, identifiers=identifiers, unit_price=Decimal("100.00"))
    purchase = record_purchase(
        actor=catalog.seller, customer=customer, branch=catalog.branch, lines=[line], bought_on=on, memo="M-7"
    )
    return purchase.lines.get().unit


@pytest.fixture
def fridge(catalog: Any, terms: Any, rahima: Any) -> Any:
    """Rahima's fridge, sold on 12 March 2026."""
    return sell_unit(catalog, rahima)


@pytest.fixture
def bike(catalog: Any, terms: Any, rahima: Any) -> Any:
    """Rahima's bike, sold on 12 March 2026."""
    return sell_unit(catalog, rahima, catalog.bike, serial="PSU1")


def digest() -> str:
    """One hash of every row that a refused act must not change."""
    import hashlib

    from halkhata.foundation.audit.models import AuditEntry
    from halkhata.records.catalog.models import Unit, UnitLife
    from halkhata.records.warranty import models

    text = ""
    for model in (models.Cover, models.Coupon, models.Registration, models.WarrantyPolicy, models.Flag, models.Card,
                  Unit, UnitLife, AuditEntry):  # fmt: skip
        text += f"{model.__name__}{list(model.objects.order_by('pk').values_list())}"
    return hashlib.sha256(text.encode()).hexdigest()
