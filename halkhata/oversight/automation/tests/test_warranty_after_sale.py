"""Whoever buys a unit has the link to its warranty on the phone, without anybody typing (US-06 AC 1)."""

from typing import Any

import pytest

from halkhata.engines.messaging.models.texts import TextMessage
from halkhata.foundation.core.outbox import run_until_quiet
from halkhata.records.catalog.services.reversing import reverse_purchase
from halkhata.records.catalog.tests.conftest import catalog, rahima, sell
from halkhata.records.warranty.tests.conftest import terms

__all__ = ["catalog", "rahima", "terms"]
pytestmark = pytest.mark.django_db


def texts() -> list[tuple[str, str, int | None]]:
    return list(TextMessage.objects.values_list("to_address", "text", "customer_id"))


def test_buyer_gets_the_end_of_the_warranty_and_its_page_once(catalog: Any, terms: Any, rahima: Any) -> None:
    sell(catalog, rahima)
    run_until_quiet()
    ((number, text, customer),) = texts()
    assert (number, customer) == ("+8801100000001", rahima.pk)
    assert text.startswith("The warranty of SN-0001 is registered. Compressor is covered until ")
    assert "/c/warranty/" in text
    run_until_quiet()
    assert len(texts()) == 1


def test_old_sales_of_a_list_tell_nobody(catalog: Any, terms: Any, rahima: Any) -> None:
    sell(catalog, rahima, channel="import")
    run_until_quiet()
    assert texts() == []


def test_a_sale_taken_back_before_the_worker_came_tells_nobody(catalog: Any, terms: Any, rahima: Any) -> None:
    purchase = sell(catalog, rahima)
    reverse_purchase(actor=catalog.chief, purchase=purchase, reason="Wrong customer")
    run_until_quiet()
    assert texts() == []


def test_without_terms_there_is_no_warranty_to_tell_of(catalog: Any, rahima: Any) -> None:
    sell(catalog, rahima)
    run_until_quiet()
    assert texts() == []
