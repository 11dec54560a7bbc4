"""Two tills at once: one number is sold once, one form makes one sale; without the guard both go wrong."""

import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connections

from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.models import Purchase, Unit, UnitIdentifier
from halkhata.records.catalog.services import units as service
from halkhata.records.catalog.services.purchases import reverse_purchase

from .conftest import sell

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 8


def at_once(act: Any) -> Counter[str]:
    """So many tills do the same at the same moment. Returns how each of them ended."""
    start, ended = threading.Barrier(TILLS), Counter()

    def till() -> None:
        try:
            start.wait(30)
            act()
            ended["done"] += 1
        except DomainError as error:
            ended[error.code] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=till) for _number in range(TILLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def test_one_number_at_many_tills_is_sold_once(catalog: Any, rahima: Any) -> None:
    assert at_once(lambda: sell(catalog, rahima)) == {"done": 1, "identifier_taken": TILLS - 1}
    assert (Unit.objects.count(), Purchase.objects.count()) == (1, 1)


def test_database_alone_lets_one_number_through_once(catalog: Any, rahima: Any, monkeypatch: Any) -> None:
    """The look before the leap is gone: the constraint stands."""
    seen = iter(range(10_000))
    real = service.find_taken
    # Blind at the first look of each till, seeing at the second, which only names the unit in the refusal.
    looked = threading.local()

    def blind(*args: Any, **values: Any) -> Any:
        if not getattr(looked, "once", False):
            looked.once = True
            next(seen)
            return None
        return real(*args, **values)

    monkeypatch.setattr(service, "find_taken", blind)
    monkeypatch.setattr("halkhata.records.catalog.services.purchases.find_taken", lambda *_args, **_values: None)
    assert at_once(lambda: sell(catalog, rahima)) == {"done": 1, "identifier_taken": TILLS - 1}
    assert Unit.objects.count() == 1


def test_twin_without_the_guard_sells_one_number_many_times(catalog: Any, rahima: Any, monkeypatch: Any) -> None:
    def careless(actor: Any, unit: Any, product: Any, read: Any) -> None:
        for one in read:
            UnitIdentifier.objects.create(
                unit=unit, product=product, kind=one.kind, space=uuid.uuid4().hex[:20], value=one.value,
                folded=one.folded,
            )  # fmt: skip

    monkeypatch.setattr(service, "find_taken", lambda *_args, **_values: None)
    monkeypatch.setattr(service, "store_identifiers", careless)
    monkeypatch.setattr("halkhata.records.catalog.services.purchases.find_taken", lambda *_args, **_values: None)
    assert at_once(lambda: sell(catalog, rahima))["done"] > 1
    assert UnitIdentifier.objects.filter(folded="SN0001").count() > 1


def test_one_form_sent_by_many_makes_one_sale(catalog: Any, rahima: Any) -> None:
    ended = at_once(lambda: sell(catalog, rahima, catalog.cement, identifiers=None, key="counter:1:form"))
    assert ended == {"done": TILLS}
    assert Purchase.objects.count() == 1


def test_twin_without_a_key_makes_many_sales(catalog: Any, rahima: Any) -> None:
    at_once(lambda: sell(catalog, rahima, catalog.cement, identifiers=None))
    assert Purchase.objects.count() == TILLS


def test_one_sale_is_taken_back_once_by_many(catalog: Any, rahima: Any) -> None:
    purchase = sell(catalog, rahima)
    ended = at_once(lambda: reverse_purchase(actor=catalog.chief, purchase=purchase, reason="Wrong"))
    assert ended == {"done": 1, "reversed_already": TILLS - 1}
