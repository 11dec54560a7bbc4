"""Many grants at once never go over the month."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit, GoodwillMonth
from halkhata.engines.goodwill.services.granting import grant_goodwill
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_shop, make_user


@pytest.mark.django_db(transaction=True)
def test_parallel_grants_stop_at_the_ceiling():
    shop = make_shop()
    role = make_role("giver", level=3, scope="branch", permissions=(*AGENT_PERMISSIONS, "goodwill.grant"))
    GoodwillLimit.objects.create(role=role, per_case=100, per_month=500, currency="BDT")
    giver = make_user("giver", branch=shop.branch, role=role)
    customer = create_customer(actor=giver, name_en="Race Test", phones=["01100000009"])

    def grant(_: int) -> bool:
        try:
            grant_goodwill(
                actor=giver, kind="visit", item=None, customer=customer, branch=shop.branch, reason="Race",
                cost=Decimal(100), currency="BDT",
            )  # fmt: skip
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        given = sum(pool.map(grant, range(16)))
    assert given == 5
    assert Goodwill.objects.count() == 5
    assert GoodwillMonth.objects.get().spent == Decimal(500)
