"""What the tests of the catalogue start from: kinds of every trade, a few products, people who sell."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.services.defaults import create_all_kinds, create_price_list
from halkhata.records.catalog.services.prices import set_price
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

# Fifteen digits with the right check digit, and one more.
IMEI, IMEI2 = "353879234252633", "490154203237518"
CHASSIS, ENGINE = "PSUTEST0000000001", "ENGTEST00001"


@pytest.fixture
def catalog(shop: Any) -> Any:
    """Products of four kinds with prices, a seller and an onlooker of the shop's branch."""
    create_all_kinds()
    prices = create_price_list()
    brand = save_brand(actor=SYSTEM, name_en="Testa", name_bn="টেস্টা")

    def product(kind: str, name: str, model: str, price: str) -> Any:
        row = save_product(
            actor=SYSTEM, brand=brand, kind=ProductKind.objects.get(code=kind), name_en=name, model_code=model
        )
        set_price(actor=SYSTEM, price_list=prices, product=row, amount=Decimal(price), valid_from=today())
        return row

    selling = (*AGENT_PERMISSIONS, "unit.view", "unit.edit", "sale.record")
    seller_role = make_role("seller", level=1, scope="branch", permissions=selling)
    reverse_role = make_role(
        "reverser", level=3, scope="branch", permissions=(*selling, "sale.reverse", "catalog.edit")
    )
    viewer_role = make_role("looker", level=1, scope="branch", permissions=("customer.view", "unit.view"))
    return SimpleNamespace(
        shop=shop,
        branch=shop.branch,
        brand=brand,
        prices=prices,
        bike=product("motorcycle", "Motorcycle 150", "M150", "180000.00"),
        phone=product("phone", "Phone 12", "P12", "25000.00"),
        fridge=product("appliance", "Fridge 220", "F220", "42000.50"),
        cement=product("building-material", "Cement 50 kg", "C50", "560.00"),
        seller=make_user("seller", branch=shop.branch, role=seller_role),
        chief=make_user("chief", branch=shop.branch, role=reverse_role),
        looker=make_user("looker", branch=shop.branch, role=viewer_role),
        role=seller_role,
    )


@pytest.fixture
def rahima(catalog: Any) -> Any:
    """A customer of the branch."""
    return create_customer(actor=catalog.seller, name_en="Rahima Test", phones=["01100000001"], language="en")


@pytest.fixture
def karim(catalog: Any) -> Any:
    """Another one."""
    return create_customer(actor=catalog.seller, name_en="Karim Test", phones=["01100000002"], language="en")


def sell(catalog: Any, customer: Any, product: Any = None, **values: Any) -> Any:
    """One more sale: of a fridge, unless another product is named."""
    product = product or catalog.fridge
    line = NewLine(
        product=product,
        identifiers=values.pop("identifiers", {"serial": "SN-0001"}),
        unit_price=values.pop("unit_price", Decimal("42000.50")),
        discount=values.pop("discount", Decimal(0)),
        quantity=values.pop("quantity", 1),
        unit=values.pop("unit", None),
    )
    return record_purchase(
        **{
            "actor": catalog.seller,
            "customer": customer,
            "branch": catalog.branch,
            "lines": [line],
            "bought_on": today(),
            **values,
        }
    )


@pytest.fixture
def sold(catalog: Any, rahima: Any) -> Any:
    """A fridge that was sold to Rahima: the unit."""
    return sell(catalog, rahima).lines.get().unit


def rows_digest() -> str:
    """One hash of every row that a refused act must not change."""
    import hashlib

    from halkhata.foundation.audit.models import AuditEntry
    from halkhata.foundation.core.models import OutboxEvent
    from halkhata.records.catalog import models
    from halkhata.records.customers.models import Activity, Customer

    text = ""
    for model in (models.Unit, models.UnitIdentifier, models.Ownership, models.Purchase, models.PurchaseLine,
                  models.UnitLife, models.Reading, models.Price, models.Product, AuditEntry, OutboxEvent, Activity,
                  Customer):  # fmt: skip
        text += f"{model.__name__}{list(model.objects.order_by('pk').values_list())}"
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def elsewhere(catalog: Any) -> Any:
    """A branch beside the shop's with a seller of its own."""
    from halkhata.foundation.accounts.services.branches import create_branch

    branch = create_branch(actor=None, name_en="Elsewhere")
    return SimpleNamespace(branch=branch, seller=make_user("elsewhere", branch=branch, role=catalog.role))
